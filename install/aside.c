/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "install/reify.h"

#include <string.h>

/* The node_modules a path is in, its folder where it is in none. */
static const char *modules_of(struct arena *a, const char *path)
{
	const char *dir = path_dir(a, path);

	for (const char *d = dir; strrchr(d, '/') != d; d = path_dir(a, d))
		if (streq(path_base(d), "node_modules"))
			return d;
	return dir;
}

const char *aside_path(struct reify *r, const char *path, struct err *err)
{
	const char *modules = modules_of(r->arena, path), *dir = map_find(&r->asides, modules);

	if (!dir) {
		dir = fs_mkdtemp(r->arena, arena_printf(r->arena, "%s/" STAGE_PREFIX, modules), err);
		if (!dir)
			return NULL;
		map_put(&r->asides, modules, (char *)dir);
	}
	return arena_printf(r->arena, "%s/%u", dir, r->serial++);
}

void aside_remove(struct reify *r)
{
	struct err ignored = ERR_INIT;

	for (struct map_entry *i = map_first(&r->asides); i; i = map_next(&r->asides, i))
		(void)!fs_remove_tree(i->value, &ignored);
}
