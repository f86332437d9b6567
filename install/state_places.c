/* SPDX-License-Identifier: MIT
 *
 * What an install looks at.
 */
#include "install/state_places.h"

#include "base/arena.h"
#include "base/checksum.h"
#include "base/map.h"
#include "base/path.h"
#include "install/npmext.h"
#include "install/project.h"
#include "install/state.h"
#include "lockfile/lockfile.h"
#include "lockfile/yarn.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <string.h>

#define MODULES "node_modules"

uint64_t state_folders(struct arena *a, const struct manifest *root, const char *dir)
{
	struct vec folders;
	uint64_t h = 1;

	if (!root->workspaces.count)
		return 0;
	vec_init(&folders, a);
	workspaces_folders(a, root, dir, &folders);
	for (size_t i = 0; i < folders.count; i++)
		h = checksum64(folders.items[i], strlen(folders.items[i]) + 1, h);
	return h ? h : 1;
}

/* Paths in the project are kept as what is below it: shorter to write, and to walk. */
static const char *shortened(const char *project, const char *path)
{
	return path_is_in(path, project) && !streq(path, project) ? path + strlen(project) + 1 : path;
}

static void watch_file(struct state_places *s, const char *project, const char *dir, const char *name)
{
	vec_add(&s->files, (void *)shortened(project, path_join(s->arena, dir, name)));
}

static void watch_dir(struct state_places *s, struct map *seen, const char *path)
{
	if (map_has(seen, path))
		return;
	map_put(seen, path, s);
	vec_add(&s->dirs, (void *)path);
}

/* A folder of packages, with its bins. */
static void watch_modules(struct state_places *s, struct map *seen, const char *path)
{
	if (map_has(seen, path))
		return;
	watch_dir(s, seen, path);
	watch_dir(s, seen, arena_printf(s->arena, "%s/.bin", path));
}

/* One more in it; true when it is the first. */
static bool count(struct state_places *s, const char *dir)
{
	uint32_t *n = map_find(&s->counts, dir);
	bool first = !n;

	if (first) {
		n = ARENA_NEW(s->arena, uint32_t);
		*n = 0;
		map_put(&s->counts, dir, n);
	}
	++*n;
	return first;
}

/* The package, and the folders it stands in up to node_modules. */
static void watch_package(struct state_places *s, struct map *seen, const struct node *n)
{
	const char *in = path_dir(s->arena, n->location);
	bool more = count(s, in);

	if (!n->is_link)
		watch_dir(s, seen, n->location);
	if (path_base(in)[0] == '@') {
		watch_dir(s, seen, in);
		in = path_dir(s->arena, in);
		if (more)
			count(s, in);
	}
	watch_modules(s, seen, in);
}

/* A folder that is the user's own: its package.json, and the packages in it. */
static void watch_target(struct state_places *s, struct map *seen, const char *project, const struct node *n)
{
	watch_file(s, project, n->realpath, "package.json");
	watch_modules(s, seen, shortened(project, path_join(s->arena, n->realpath, MODULES)));
}

static bool is_installed(const struct node *n)
{
	return cstr_starts(n->location, MODULES "/") || strstr(n->location, "/" MODULES "/");
}

static void watch_project(struct state_places *s, const char *path, const struct manifest *m)
{
	static const char *const names[] = {"package.json", LOCKFILE_NAME, LOCKFILE_HIDDEN_NAME, YARN_NAME};
	struct vec extensions, folders;

	vec_init(&extensions, s->arena);
	vec_init(&folders, s->arena);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		watch_file(s, path, path, names[i]);
	npmext_places(&extensions);
	for (size_t i = 0; i < extensions.count; i++)
		watch_file(s, path, path, extensions.items[i]);
	s->folders = state_folders(s->arena, m, path);
	workspaces_folders(s->arena, m, path, &folders);
	for (size_t i = 0; i < folders.count; i++)
		watch_file(s, path, path_join(s->arena, path, folders.items[i]), "package.json");
}

void state_watch(struct arena *a, const char *project, const struct tree *actual, struct state_places *out)
{
	const struct node *root = node_target(actual->root);
	struct map seen;

	*out = (struct state_places){.arena = a};
	vec_init(&out->files, a);
	vec_init(&out->dirs, a);
	map_init(&out->counts, a);
	map_init(&seen, a);
	watch_project(out, project, root->manifest);
	watch_modules(out, &seen, MODULES);
	for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i)) {
		const struct node *n = i->value;

		if (n == root)
			continue;
		if (is_installed(n))
			watch_package(out, &seen, n);
		else
			watch_target(out, &seen, project, n);
	}
}
