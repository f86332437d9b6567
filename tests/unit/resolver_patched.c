/* SPDX-License-Identifier: MIT */
#include "resolver/patched.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "tests/unit/test.h"

#include <string.h>

/* The path of the patch for name@version under these rules; NULL: none; "!" and the code on an error. */
static const char *patch_for(const char *rules, const char *name, const char *version)
{
	struct err err = ERR_INIT;
	struct patch_rules r;
	struct patch_rule *found;

	patch_rules_read(test_arena(), json_parse(test_arena(), str_from(rules), "rules", &err), &r);
	if (patch_rules_find(&r, name, version, &found, &err) < 0)
		return arena_printf(test_arena(), "!%s", err_name(&err));
	return found ? found->path : NULL;
}

TEST(patched_selectors_match_by_name_and_version)
{
	static const char rules[] = "{\"a\":\"name\",\"@s/b@^1\":\"range\",\"c@1.0.0\":\"exact\"}";

	CHECK_STR(patch_for(rules, "a", "3.0.0"), "name");
	CHECK_STR(patch_for(rules, "a", ""), "name");
	CHECK_STR(patch_for(rules, "@s/b", "1.5.0"), "range");
	CHECK(!patch_for(rules, "@s/b", "2.0.0"));
	CHECK_STR(patch_for(rules, "c", "1.0.0+build"), "exact");
	CHECK(!patch_for(rules, "c", "1.0.1"));
	CHECK(!patch_for(rules, "b", "1.0.0"));
	CHECK(!patch_for("[]", "b", "1.0.0"));
}

TEST(patched_selectors_narrower_ones_win)
{
	static const char rules[] = "{\"a\":\"name\",\"a@1\":\"wide\",\"a@~1.2.0\":\"narrow\",\"a@1.2.3\":\"exact\"}";

	CHECK_STR(patch_for(rules, "a", "1.2.3"), "exact");
	CHECK_STR(patch_for(rules, "a", "1.2.4"), "narrow");
	CHECK_STR(patch_for(rules, "a", "1.9.0"), "wide");
	CHECK_STR(patch_for(rules, "a", "2.0.0"), "name");
}

TEST(patched_selectors_that_overlap_are_refused)
{
	CHECK_STR(patch_for("{\"a@>=1 <3\":\"x\",\"a@>=2 <4\":\"y\"}", "a", "2.5.0"), "!EPATCHAMBIGUOUS");
	CHECK_STR(patch_for("{\"a@>=1 <3\":\"x\",\"a@>=2 <4\":\"y\"}", "a", "1.5.0"), "x");
	CHECK_STR(patch_for("{\"a@>=1 <3\":\"x\",\"a@>=2 <4\":\"y\",\"a@2.5.0\":\"z\"}", "a", "2.5.0"), "z");
}
