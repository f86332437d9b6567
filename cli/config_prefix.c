/* SPDX-License-Identifier: MIT
 *
 * Where the project is: the nearest folder upwards with a package.json or node_modules, then the workspace root
 * that lists it.
 */
#include "cli/config_room.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/workspaces.h"

#define MAX_PACKAGE ((size_t)64 << 20)

static bool has_package(struct arena *a, const char *dir)
{
	return fs_stat(path_join(a, dir, "package.json")).kind == FS_FILE;
}

static bool has_modules(struct arena *a, const char *dir)
{
	return fs_stat(path_join(a, dir, "node_modules")).kind == FS_DIR;
}

/* Does dir's package.json name `workspace` (a folder) among its workspaces? */
static bool is_root_of(struct config *c, const char *dir, const char *workspace)
{
	struct err err = ERR_INIT;
	struct str text;
	const char *file = path_join(c->arena, dir, "package.json");
	if (fs_read(c->arena, file, MAX_PACKAGE, &text, &err))
		return false;
	const struct json *pkg = json_parse_fast(c->arena, text, file, &err);
	return workspaces_take(c->arena, pkg, path_relative(c->arena, dir, workspace));
}

static void enter_workspace(struct config *c, const char *root)
{
	struct json *list = json_array(c->arena);
	if (fs_stat(path_join(c->arena, c->local_prefix, ".npmrc")).kind == FS_FILE)
		report_warn(c->reporter, "config", "ignoring workspace config at %s/.npmrc", c->local_prefix);
	c->workspace = c->local_prefix;
	json_add(c->arena, list, json_string(c->arena, c->workspace));
	json_put(c->arena, c->layers[CONFIG_DEFAULT].data, "workspace", list);
	c->local_prefix = root;
}

/* The folder above; NULL at the top. */
static const char *above(const struct config *c, const char *dir)
{
	return streq(dir, "/") || streq(dir, ".") ? NULL : path_dir(c->arena, dir);
}

/* The first folder upwards that is a project; NULL when there is none. */
static const char *nearest(const struct config *c, const char *dir)
{
	for (; dir; dir = above(c, dir))
		if (has_package(c->arena, dir) || has_modules(c->arena, dir))
			return dir;
	return NULL;
}

void config_find_local_prefix(struct config *c)
{
	const char *given = json_text(config_get_at(c, "prefix", CONFIG_CLI));
	const struct json *workspaces = config_get_at(c, "workspaces", CONFIG_CLI);
	bool alone = config_is_global(c) || (json_is(workspaces, JSON_BOOL) && !workspaces->boolean);
	c->local_prefix = given && *given ? given : c->cwd;
	if (given && *given)
		return;
	const char *found = nearest(c, c->cwd);
	if (!found)
		return;
	c->local_prefix = found;
	for (const char *dir = above(c, found); dir && !alone; dir = above(c, dir)) {
		if (!has_package(c->arena, dir) || !is_root_of(c, dir, found))
			continue;
		enter_workspace(c, dir);
		return;
	}
}
