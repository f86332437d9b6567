/* SPDX-License-Identifier: MIT
 *
 * Between layout.c, layout_links.c, layout_groups.c and lay.c.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"
#include "base/vec.h"

struct arena;
struct buf;
struct cache;
struct laid;
struct links;
struct note_reader;
struct state_made;

#define LAYOUT_MODULES "node_modules"

/* A package at the top of node_modules and those in it, the outer before the inner: nobody else works there. Or none, and the bins at
 * the top. */
struct layout_group {
	uint64_t weight;		/* while it is made */
	struct vec packages;		/* struct layout_item: path, integrity */
	struct vec bins;		/* struct layout_item: path, what it leads to */
	struct vec runnable;		/* struct layout_item: package, the bin's file: it is not executable in the store */
};

struct layout_item {
	const char *path, *text;	/* path: below node_modules */
};

/* ---- layout_links.c ---- */

/* What is in node_modules; links is where shared packages are. False for what is not to be made again. */
bool layout_links_make(struct arena *a, const char *modules, const char *links, struct vec *entries);
void layout_links_put(struct buf *b, const struct vec *entries);
void layout_links_get(struct note_reader *r, struct vec *entries);
/* Makes node_modules, which is not there. False: nothing is left of it. */
bool layout_links_lay(struct arena *a, const char *modules, const struct links *links, const struct vec *entries, struct str hidden);

/* ---- layout_groups.c ---- */

/* What was laid, the largest group first, and in front one without packages, which has the bins at the top; groups gets struct
 * layout_group. False for what is not to be made again. */
bool layout_groups_make(struct arena *a, const char *modules, const struct laid *laid, struct vec *groups);
void layout_groups_put(struct buf *b, const struct vec *groups);
void layout_groups_get(struct note_reader *r, struct vec *groups);

/* ---- lay.c ---- */

struct lay {
	struct arena *arena;
	struct cache *cache;
	const char *modules;		/* node_modules, which is not there */
	const struct vec *groups;
	struct str hidden;		/* its hidden lockfile */
	struct state_made *made;	/* gets what was written */
};

/* Makes node_modules. False: nothing is left of it. */
bool lay_packages(const struct lay *l);
