/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/engines.h"
#include "test.h"

static struct err err;

static struct json *failures(const char *wanted)
{
	struct arena *a = test_arena();
	err = (struct err)ERR_INIT;
	struct json *now = json_parse(a, STR("{\"runtime\":{\"name\":\"node\",\"version\":\"v26.1.0\"},\"os\":{\"name\":\"linux\"}}"),
				      "now", &err);
	struct json *v = json_parse(a, str_from(wanted), "wanted", &err);
	return engines_failures(a, v, now, &err);
}

TEST(engines_met)
{
	CHECK_INT(json_count(failures("{\"runtime\":{\"name\":\"node\",\"version\":\">=26\"},\"os\":[]}")), 0);
	CHECK_INT(json_count(failures("{\"os\":[{\"name\":\"darwin\"},{\"name\":\"linux\"}]}")), 0);
}

TEST(engines_not_met)
{
	struct json *f = failures("{\"runtime\":{\"name\":\"node\",\"version\":\"^20\",\"onFail\":\"warn\"}}");
	CHECK_INT(json_count(f), 1);
	CHECK_STR(json_find_text(f->items[0], "message"),
		  "Invalid devEngines.runtime\nInvalid semver version \"^20\" does not match \"v26.1.0\" for \"runtime\"");
	CHECK_STR(json_find_text(f->items[0], "onFail"), "warn");
	f = failures("{\"os\":{\"name\":\"win32\",\"onFail\":\"download\"}}");
	CHECK_STR(json_find_text(f->items[0], "onFail"), "error");
}

TEST(engines_that_make_no_sense)
{
	CHECK(!failures("[]"));
	CHECK(!failures("{\"shell\":{\"name\":\"sh\"}}"));
	CHECK_STR(err.text, "Invalid property \"devEngines.shell\"");
	CHECK(!failures("{\"os\":{\"name\":\"linux\",\"onFail\":\"never\"}}"));
	CHECK(!failures("{\"os\":{}}"));
	CHECK(!failures("{\"cpu\":{\"name\":\"x64\"}}"));
}
