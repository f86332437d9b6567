/* SPDX-License-Identifier: MIT
 *
 * The packages of a layout by the package at the top of node_modules that they lie in.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "install/laid.h"
#include "install/layout_int.h"
#include "install/notetext.h"

#include <string.h>

struct grouping {
	struct arena *arena;
	const char *modules;
	struct map by_name;		/* struct layout_group by the name of the package at the top; "": none */
	struct vec *groups;
};

/* ---- making ---- */

/* How much of the path is the name of the package it begins with, which may have a scope. */
static size_t name_length(const char *path)
{
	size_t n = strcspn(path, "/");

	return path[0] == '@' && path[n] ? n + 1 + strcspn(path + n + 1, "/") : n;
}

static struct layout_group *group_of(struct grouping *g, const char *path)
{
	const char *name = path[0] == '.' ? "" : str_dup(g->arena, (struct str){path, name_length(path)});
	struct layout_group *group = map_find(&g->by_name, name);

	if (group)
		return group;
	group = ARENA_NEW(g->arena, struct layout_group);
	vec_init(&group->packages, g->arena);
	vec_init(&group->bins, g->arena);
	vec_init(&group->runnable, g->arena);
	map_put(&g->by_name, name, group);
	vec_add(g->groups, group);
	return group;
}

static void add_item(struct arena *a, struct vec *items, const char *path, const char *text)
{
	struct layout_item *i = ARENA_NEW(a, struct layout_item);

	*i = (struct layout_item){path, text};
	vec_add(items, i);
}

/* Files with other names are the store's, and stay as they are. False: what it leads to is no package's. */
static bool add_bin(struct grouping *g, const char *path, const char *to)
{
	struct layout_group *group = group_of(g, path);
	const char *bins = path_dir(g->arena, path), *file, *package;
	struct fs_stat st;

	if (!cstr_starts(to, "../"))
		return false;
	file = path_resolve(g->arena, path_join(g->arena, g->modules, bins), to);
	if (!path_is_in(file, g->modules))
		return false;
	add_item(g->arena, &group->bins, path, to);
	st = fs_stat(file);
	if (st.kind != FS_FILE || st.nlink > 1)
		return true;
	to += strlen("../");
	package = path_join(g->arena, path_dir(g->arena, bins), str_dup(g->arena, (struct str){to, name_length(to)}));
	file = path_relative(g->arena, g->modules, file);
	add_item(g->arena, &group_of(g, file)->runnable, package, file);
	return true;
}

static bool add_bins(struct grouping *g, const char *dir)
{
	const char *full = path_join(g->arena, g->modules, dir);
	struct err ignored = ERR_INIT;
	struct vec names;

	if (fs_lstat(full).kind == FS_NONE)
		return true;
	if (fs_list(g->arena, full, &names, &ignored) < 0)
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *to = fs_readlink(g->arena, path_join(g->arena, full, names.items[i]));

		if (!to || !add_bin(g, path_join(g->arena, dir, names.items[i]), to))
			return false;
	}
	return true;
}

static int by_path(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return strcmp(((const struct layout_item *)a)->path, ((const struct layout_item *)b)->path);
}

static int by_weight(const void *a, const void *b, void *ctx)
{
	uint64_t x = ((const struct layout_group *)a)->weight, y = ((const struct layout_group *)b)->weight;

	(void)ctx;
	return (x < y) - (x > y);
}

bool layout_groups_make(struct arena *a, const char *modules, const struct laid *laid, struct vec *groups)
{
	struct grouping g = {.arena = a, .modules = modules, .groups = groups};

	vec_init(groups, a);
	map_init(&g.by_name, a);
	group_of(&g, ".")->weight = UINT64_MAX;
	for (size_t i = 0; i < laid->packages.count; i++) {
		const struct laid_package *p = laid->packages.items[i];
		struct layout_group *group = group_of(&g, p->path);

		group->weight += p->weight;
		add_item(a, &group->packages, p->path, p->integrity);
	}
	for (size_t i = 0; i < laid->bins.count; i++)
		if (!add_bins(&g, laid->bins.items[i]))
			return false;
	for (size_t i = 0; i < groups->count; i++)
		vec_sort(&VEC_AT(groups, struct layout_group, i)->packages, by_path, NULL);
	vec_sort(groups, by_weight, NULL);
	return true;
}

/* ---- in the note ---- */

static void put_items(struct buf *b, const struct vec *items)
{
	note_put_number(b, items->count);
	for (size_t i = 0; i < items->count; i++) {
		const struct layout_item *item = items->items[i];

		note_put_text(b, item->path);
		note_put_text(b, item->text);
	}
}

static void get_items(struct note_reader *r, struct vec *items)
{
	vec_init(items, r->arena);
	for (uint64_t n = note_number(r); n && !r->bad; n--) {
		const char *path = note_path(r), *text = note_text(r);

		r->bad = r->bad || !text;
		add_item(r->arena, items, path, text);
	}
}

void layout_groups_put(struct buf *b, const struct vec *groups)
{
	note_put_number(b, groups->count);
	for (size_t i = 0; i < groups->count; i++) {
		const struct layout_group *g = groups->items[i];

		put_items(b, &g->packages);
		put_items(b, &g->bins);
		put_items(b, &g->runnable);
	}
}

void layout_groups_get(struct note_reader *r, struct vec *groups)
{
	vec_init(groups, r->arena);
	for (uint64_t n = note_number(r); n && !r->bad; n--) {
		struct layout_group *g = ARENA_NEW(r->arena, struct layout_group);

		get_items(r, &g->packages);
		get_items(r, &g->bins);
		get_items(r, &g->runnable);
		vec_add(groups, g);
	}
}
