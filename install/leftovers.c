/* SPDX-License-Identifier: MIT */
#include "install/leftovers.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/vec.h"
#include "install/due.h"
#include "install/reify.h"
#include "lockfile/lockfile.h"

static bool is_left_in_modules(const char *name)
{
	return cstr_starts(name, STAGE_PREFIX) || fs_is_leftover(name, DUE_FILE) || fs_is_leftover(name, DUE_TREE_FILE) ||
	       fs_is_leftover(name, path_base(LOCKFILE_HIDDEN_NAME));
}

static bool is_left_in_root(const char *name)
{
	return cstr_starts(name, STAGE_PREFIX) || fs_is_leftover(name, "package.json") || fs_is_leftover(name, "package-lock.json") ||
	       fs_is_leftover(name, "npm-shrinkwrap.json");
}

static void find(struct arena *a, const char *dir, bool (*is_left)(const char *), struct vec *found)
{
	struct err ignored = ERR_INIT;
	struct vec names;

	if (fs_lstat(dir).kind != FS_DIR || fs_list(a, dir, &names, &ignored) < 0)
		return;
	for (size_t i = 0; i < names.count; i++)
		if (is_left(names.items[i]))
			vec_add(found, (void *)path_join(a, dir, names.items[i]));
}

void leftovers_find(struct arena *a, const char *root, struct vec *found)
{
	vec_init(found, a);
	find(a, path_join(a, root, "node_modules"), is_left_in_modules, found);
	find(a, root, is_left_in_root, found);
}

void leftovers_remove(struct arena *a, const char *root)
{
	struct err ignored = ERR_INIT;
	struct vec found;

	leftovers_find(a, root, &found);
	for (size_t i = 0; i < found.count; i++)
		(void)!fs_remove_tree(found.items[i], &ignored);
}
