/* SPDX-License-Identifier: MIT */
#include "cli/audit_report.h"

#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/paint.h"
#include "test.h"

static struct json *document(const char *vulnerabilities, const char *counts)
{
	struct err e = ERR_INIT;
	const char *text = arena_printf(test_arena(), "{\"vulnerabilities\":{%s},\"metadata\":{\"vulnerabilities\":{%s}}}",
					vulnerabilities, counts);
	return json_parse(test_arena(), str_from(text), "report", &e);
}

#define BAD "\"bad\":{\"name\":\"bad\",\"severity\":\"high\",\"via\":[{\"title\":\"t\",\"url\":\"u\"}],\"effects\":[\"user\"],"      \
	    "\"range\":\"<2\",\"nodes\":[\"node_modules/bad\"],\"fixAvailable\":{\"name\":\"user\",\"version\":\"3.0.0\","             \
	    "\"isSemVerMajor\":true}}"
#define USER "\"user\":{\"name\":\"user\",\"severity\":\"high\",\"via\":[\"bad\"],\"effects\":[],\"range\":\"*\","                     \
	     "\"nodes\":[\"node_modules/user\"],\"fixAvailable\":false}"

TEST(audit_report_for_a_person)
{
	struct paint p = {test_arena(), false};
	struct json *none = document("", "\"total\":0"), *two = document(BAD "," USER, "\"high\":2,\"total\":2");
	CHECK_STR(audit_summary(none, &p), "found 0 vulnerabilities");
	CHECK_STR(audit_details(none, &p), "found 0 vulnerabilities");
	CHECK_STR(audit_details(two, &p),
		  "# lode audit report\n\nbad  <2\nSeverity: high\nt - u\nfix available via `lode audit fix --force`\n"
		  "Will install user@3.0.0, which is a breaking change\nnode_modules/bad\n  user  *\n"
		  "  Depends on vulnerable versions of bad\n  node_modules/user\n\n2 high severity vulnerabilities\n\n"
		  "To address all issues possible (including breaking changes), run:\n  lode audit fix --force\n\n"
		  "Some issues need review, and may require choosing\na different dependency.");
	CHECK(strstr(audit_summary(two, &p), "\n\nRun `lode audit` for details."));
	CHECK_STR(audit_summary(document("", "\"low\":1,\"critical\":2,\"total\":3"), &p),
		  "3 vulnerabilities (1 low, 2 critical)\n\nRun `lode audit` for details.");
}

TEST(audit_levels)
{
	struct json *some = document("", "\"info\":1,\"moderate\":1,\"total\":2");
	CHECK(audit_is_bad(some, "low") && audit_is_bad(some, "moderate") && audit_is_bad(some, "info"));
	CHECK(!audit_is_bad(some, "high") && !audit_is_bad(some, "none"));
}
