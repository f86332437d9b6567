/* SPDX-License-Identifier: MIT */
#include "install/bundle.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "install/project.h"
#include "resolver/flags.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#define MAX_DEPTH 64

struct walk {
	struct arena *arena;
	struct node *node;	/* whose node_modules is read */
	const char *dir;	/* where node's files are */
	unsigned depth;
};

static int load_below(const struct walk *w, struct err *err);

/* A folder without a package.json that says what it is, is none of the tree's. */
static int load_package(const struct walk *w, const char *name, struct err *err)
{
	const char *dir = arena_printf(w->arena, "%s/node_modules/%s", w->dir, name);
	struct err unreadable = ERR_INIT;
	struct package_file file;
	struct walk deeper;

	if (package_read(w->arena, dir, &file, &unreadable) < 0 || !file.manifest->name)
		return 0;
	deeper = (struct walk){
		.arena = w->arena,
		.node = node_make(w->node->tree, &(struct node_options){
			.path = arena_printf(w->arena, "%s/node_modules/%s", w->node->path, name),
			.name = name,
			.manifest = file.manifest,
			.parent = w->node,
		}),
		.dir = dir,
		.depth = w->depth + 1,
	};
	return load_below(&deeper, err);
}

static int load_scope(const struct walk *w, const char *scope, struct err *err)
{
	struct vec names;

	if (fs_list(w->arena, arena_printf(w->arena, "%s/node_modules/%s", w->dir, scope), &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++)
		if (load_package(w, arena_printf(w->arena, "%s/%s", scope, VEC_AT(&names, char, i)), err) < 0)
			return -1;
	return 0;
}

static int load_below(const struct walk *w, struct err *err)
{
	struct vec names;

	if (w->depth > MAX_DEPTH)
		return err_set(err, ERR_ETOOBIG, "'%s' bundles packages more than %d levels deep", w->dir, MAX_DEPTH);
	if (fs_list(w->arena, arena_printf(w->arena, "%s/node_modules", w->dir), &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];

		if (name[0] == '.')
			continue;
		if (name[0] == '@' ? load_scope(w, name, err) : load_package(w, name, err))
			return -1;
	}
	return 0;
}

int bundle_load(struct arena *a, struct node *node, const char *dir, struct vec *missing, struct err *err)
{
	struct walk w = {.arena = a, .node = node, .dir = dir};
	struct vec before;

	vec_init(&before, a);
	for (struct map_entry *i = map_first(&node->children.map); i; i = map_next(&node->children.map, i))
		vec_add(&before, i->value);
	if (load_below(&w, err) < 0)
		return -1;
	flags_calc(node, false);
	for (size_t i = 0; missing && i < before.count; i++)
		if (VEC_AT(&before, struct node, i)->parent == node)
			vec_add(missing, before.items[i]);
	return 0;
}
