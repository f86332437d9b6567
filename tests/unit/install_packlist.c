/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/ignore.h"
#include "install/packlist.h"
#include "tests/unit/test.h"

static void put(const char *path, const char *text)
{
	struct err err = ERR_INIT;
	const char *full = path_join(test_arena(), test_dir(), path);
	CHECK(fs_mkdirs(path_dir(test_arena(), full), &err) == 0);
	CHECK(fs_write(full, str_from(text), 0644, &err) == 0);
}

static const char *packed(void)
{
	struct err err = ERR_INIT;
	struct vec files;
	struct buf out = BUF_INIT(65536);
	CHECK(packlist(test_arena(), test_dir(), &files, &err) == 0);
	for (size_t i = 0; i < files.count; i++)
		buf_printf(&out, "%s%s", i ? " " : "", VEC_AT(&files, const char, i));
	const char *text = buf_dup(test_arena(), &out);
	buf_release(&out);
	return text;
}

TEST(packlist_files_field)
{
	put("package.json", "{\"files\":[\"lib\",\"!lib/x.js\",\"*.txt\"],\"main\":\"main.js\",\"bin\":{\"b\":\"cli.js\"}}");
	put("main.js", "");
	put("cli.js", "");
	put("other.js", "");
	put("LICENSE", "");
	put("lib/a.js", "");
	put("lib/x.js", "");
	put("lib/.npmrc", "");
	put("t.txt", "");
	put("node_modules/dep/index.js", "");
	CHECK_STR(packed(), "LICENSE lib/a.js cli.js main.js package.json t.txt");
}

TEST(packlist_ignore_files)
{
	struct err err = ERR_INIT;
	put("package.json", "{}");
	put(".gitignore", "*.js\n");
	put(".npmignore", "secret\n!keep/secret\n/build/\n");
	put("a.js", "");
	put("secret", "");
	put("keep/secret", "");
	put("build/out", "");
	put("deep/.gitignore", "*.tmp\n");
	put("deep/x.tmp", "");
	put("deep/build/out", "");
	CHECK(fs_symlink("a.js", path_join(test_arena(), test_dir(), "link.js"), &err) == 0);
	CHECK_STR(packed(), "deep/build/out keep/secret a.js package.json");
}

TEST(packlist_bundles_what_they_need)
{
	put("package.json", "{\"dependencies\":{\"a\":\"1\"},\"bundleDependencies\":[\"a\",\"missing\"]}");
	put("node_modules/a/package.json", "{\"name\":\"a\",\"dependencies\":{\"b\":\"1\"}}");
	put("node_modules/b/package.json", "{\"name\":\"b\",\"dependencies\":{\"a\":\"1\"}}");
	put("node_modules/c/package.json", "{\"name\":\"c\"}");
	CHECK_STR(packed(), "node_modules/a/package.json node_modules/b/package.json package.json");
}

static bool in_after(const char *rules_text, const char *entry, bool partial)
{
	struct vec rules;
	struct ignore_query q = {.entry = entry, .partial = partial};
	vec_init(&rules, test_arena());
	ignore_parse(test_arena(), str_from(rules_text), &rules);
	return ignore_apply(&rules, &q, true);
}

TEST(ignore_rules)
{
	CHECK(!in_after("*.js", "x/y.js", false));
	CHECK(in_after("/*.js", "x/y.js", false));
	CHECK(!in_after("A\n", "a", false));
	CHECK(in_after("# x\n\n*\n!x", "x", false));
	CHECK(in_after("x/", "x", false));
	CHECK(!in_after("x/", "x", true));
	CHECK(!in_after("**/x/**", "a/x/b/c", false));
	CHECK(in_after("*\n!/a/b/**", "a", true));
}
