/* SPDX-License-Identifier: MIT
 *
 * All nodes of one root: by location, in the order they came, and by name and real path.
 * Only tree_*.c change it; others look.
 *
 *	for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i))
 *		struct node *n = i->value;
 *
 * A node may be taken out of the tree while walking; nodes that come while walking are seen.
 */
#pragma once

#include "base/map.h"
#include "base/vec.h"

struct arena;
struct node;

struct inventory {
	struct map by_location;		/* struct node */
	struct map by_name;		/* struct vec of struct node */
	struct map by_realpath;
};

/* NULL when nothing is there. location as in a lockfile, "" is the root. */
struct node *inventory_find(const struct node *root, const char *location);
/* All nodes installed as `name` in order of arrival; NULL or empty when there are none. */
const struct vec *inventory_named(const struct node *root, const char *name);
const struct vec *inventory_at_realpath(const struct node *root, const char *realpath);
struct map_entry *inventory_first(const struct node *root);
struct map_entry *inventory_next(const struct node *root, struct map_entry *at);
size_t inventory_count(const struct node *root);

struct inventory *inventory_make(struct arena *a);
void inventory_add(struct inventory *inv, struct node *n);
void inventory_delete(struct inventory *inv, struct node *n);
