/* SPDX-License-Identifier: MIT */
#include "install/shared.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "base/vec.h"
#include "resolver/isolated.h"
#include "runtime/confine.h"

#include <string.h>

bool shared_holds(struct arena *a, const char *path)
{
	const char *store = strstr(path, "/" ISOLATED_STORE "/"), *end;

	end = store ? strstr(store + strlen("/" ISOLATED_STORE "/"), "/node_modules/") : NULL;
	return end && fs_lstat(arena_strndup(a, path, (size_t)(end - path))).kind == FS_LINK;
}

static void add_way(struct arena *a, const char *path, struct map *out)
{
	const char *to = fs_readlink(a, path);

	if (to)
		map_put(out, to, (void *)path);
}

void shared_ways(struct arena *a, const char *root, struct map *out)
{
	const char *store = path_join(a, root, ISOLATED_STORE);
	struct err ignored = ERR_INIT;
	struct vec names, scoped;

	map_init(out, a);
	if (fs_list(a, store, &names, &ignored) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		const char *path = path_join(a, store, VEC_AT(&names, char, i));

		if (path[strlen(store) + 1] != '@') {
			add_way(a, path, out);
			continue;
		}
		if (fs_list(a, path, &scoped, &ignored) < 0)
			continue;
		for (size_t k = 0; k < scoped.count; k++)
			add_way(a, path_join(a, path, VEC_AT(&scoped, char, k)), out);
	}
}

const char *shared_way(struct arena *a, const struct map *ways, const char *real)
{
	const char *at = real;

	while (ways->count && at && (at = strstr(at, "/node_modules/"))) {
		const char *way = map_find(ways, arena_strndup(a, real, (size_t)(at - real)));

		if (way)
			return arena_printf(a, "%s%s", way, at);
		at++;
	}
	return real;
}

static void keep_outside(struct arena *a, const char *shared, const struct vec *from, struct vec *out)
{
	vec_init(out, a);
	for (size_t i = 0; i < from->count; i++) {
		const char *real = fs_realpath(a, from->items[i]);

		if (!real || !path_is_in(real, shared))
			vec_add(out, from->items[i]);
	}
}

const struct confine_grants *shared_grants(struct arena *a, const struct confine_grants *g, const char *dir)
{
	const char *store = strstr(dir, "/" ISOLATED_STORE "/"), *shared;
	struct confine_grants *out;
	struct map ways;

	if (!store)
		return g;
	shared_ways(a, arena_strndup(a, dir, (size_t)(store - dir)), &ways);
	if (!ways.count)
		return g;
	shared = path_dir(a, map_first(&ways)->key);
	out = ARENA_NEW(a, struct confine_grants);
	*out = *g;
	keep_outside(a, shared, &g->writes, &out->writes);
	keep_outside(a, shared, &g->files, &out->files);
	vec_add(&out->reads, (void *)shared);
	return out;
}
