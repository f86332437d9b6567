/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "install/project.h"
#include "resolver/manifest.h"
#include "tests/unit/test.h"

#include <string.h>

static void add(const char *folder, const char *name)
{
	struct err err = ERR_INIT;
	const char *dir = path_join(test_arena(), test_dir(), folder);
	const char *text = arena_printf(test_arena(), "{\"name\":\"%s\",\"version\":\"1.0.0\"}", name);
	CHECK_INT(fs_mkdirs(dir, &err), 0);
	CHECK_INT(fs_write(path_join(test_arena(), dir, "package.json"), str_from(text), 0644, &err), 0);
}

static struct manifest *root(const char *workspaces)
{
	struct err err = ERR_INIT;
	const char *text = arena_printf(test_arena(), "{\"workspaces\":%s}", workspaces);
	struct manifest *m = manifest_parse(test_arena(), str_from(text), "package.json", &err);
	CHECK(m);
	return m;
}

/* "name=folder name=folder" in npm's order. */
static const char *found(const char *workspaces)
{
	struct err err = ERR_INIT;
	struct buf b = BUF_INIT(1 << 16);
	struct map *m = workspaces_find(test_arena(), root(workspaces), test_dir(), &err);
	if (!m)
		test_fail(__FILE__, __LINE__, "%s", err.text);
	for (struct map_entry *e = map_first(m); e; e = map_next(m, e))
		buf_printf(&b, "%s%s=%s", b.len ? " " : "", e->key, path_relative(test_arena(), test_dir(), e->value));
	const char *out = buf_dup(test_arena(), &b);
	buf_release(&b);
	return out;
}

TEST(workspaces_by_pattern)
{
	add("packages/b", "wb");
	add("packages/a", "wa");
	add("packages/a/node_modules/x", "x");
	add("packages/.hidden", "h");
	add("apps/web/one", "one");
	add("apps/skip", "skip");
	CHECK_STR(found("[\"packages/*\"]"), "wa=packages/a wb=packages/b");
	CHECK_STR(found("[\"apps/**\", \"packages/b\"]"), "skip=apps/skip one=apps/web/one wb=packages/b");
	CHECK_STR(found("[\"apps/**\", \"!apps/skip\"]"), "one=apps/web/one");
	CHECK_STR(found("[\"!packages/a\", \"./packages/{a,b}/\"]"), "wb=packages/b");
	CHECK_STR(found("{\"packages\":[\"packages/a\"]}"), "wa=packages/a");
	CHECK_STR(found("[\"**\"]"), "skip=apps/skip one=apps/web/one wa=packages/a wb=packages/b");
	CHECK_STR(found("[\"nothing/*\"]"), "");
}

TEST(workspaces_of_one_name_are_an_error)
{
	struct err err = ERR_INIT;
	add("a", "same");
	add("b", "same");
	CHECK(!workspaces_find(test_arena(), root("[\"*\"]"), test_dir(), &err));
	CHECK_STR(err_name(&err), "EDUPLICATEWORKSPACE");
	CHECK(strstr(err.text, "package 'same' has conflicts in the following paths:"));
	err_clear(&err);
	CHECK(!workspaces_find(test_arena(), root("\"a\""), test_dir(), &err));
	CHECK_STR(err_name(&err), "EWORKSPACESCONFIG");
}

TEST(workspaces_are_chosen_by_name_or_folder)
{
	struct err err = ERR_INIT;
	static const char *const by_folder[] = {"./packages"}, *const by_name[] = {"wb"}, *const none[] = {"zz"};
	add("packages/a", "wa");
	add("packages/b", "wb");
	struct map *all = workspaces_find(test_arena(), root("[\"packages/*\"]"), test_dir(), &err);
	CHECK(all);
	struct workspace_choice c = {.path = test_dir(), .cwd = test_dir(), .filters = by_folder, .n_filters = 1};
	CHECK_INT(workspaces_choose(test_arena(), all, &c, &err)->count, 2);
	c.filters = by_name;
	CHECK(map_has(workspaces_choose(test_arena(), all, &c, &err), "wb"));
	c.filters = none;
	CHECK(!workspaces_choose(test_arena(), all, &c, &err));
	CHECK_STR(err.text, "No workspaces found:\n  --workspace=zz");
}
