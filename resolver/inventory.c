/* SPDX-License-Identifier: MIT */
#include "resolver/inventory.h"

#include "base/arena.h"
#include "resolver/tree.h"

struct inventory *inventory_make(struct arena *a)
{
	struct inventory *inv = ARENA_NEW(a, struct inventory);

	map_init(&inv->by_location, a);
	map_init(&inv->by_name, a);
	map_init(&inv->by_realpath, a);
	return inv;
}

static void index_add(struct map *index, const char *key, struct node *n, bool listed)
{
	struct vec *v;

	if (!key)
		return;
	v = map_find(index, key);
	if (!v) {
		v = ARENA_NEW(index->arena, struct vec);
		vec_init(v, index->arena);
		map_put(index, key, v);
	}
	/* A million packages may have one name: looked for only where it can be. */
	if (!listed || vec_find(v, n) < 0)
		vec_add(v, n);
}

static void index_delete(struct map *index, const char *key, struct node *n)
{
	struct vec *v = key ? map_find(index, key) : NULL;

	if (v)
		vec_remove(v, n);
}

/* A node of another tree is not taken, which happens in the middle of moves. */
void inventory_add(struct inventory *inv, struct node *n)
{
	struct node *root = map_find(&inv->by_location, "");
	struct node *current;

	if (root && n->root != root && n->root != root->root)
		return;
	current = map_find(&inv->by_location, n->location);
	if (current == n)
		return;
	if (current)
		inventory_delete(inv, current);
	map_put(&inv->by_location, n->location, n);
	index_add(&inv->by_name, n->name, n, n->listed_in == inv);
	index_add(&inv->by_realpath, n->realpath, n, n->listed_in == inv);
	n->listed_in = inv;
}

void inventory_delete(struct inventory *inv, struct node *n)
{
	if (!n->location || map_find(&inv->by_location, n->location) != n)
		return;
	map_remove(&inv->by_location, n->location);
	index_delete(&inv->by_name, n->name, n);
	index_delete(&inv->by_realpath, n->realpath, n);
	if (n->listed_in == inv)
		n->listed_in = NULL;
}

struct node *inventory_find(const struct node *root, const char *location)
{
	if (!root->inventory)
		return root->location && streq(root->location, location) ? (struct node *)root : NULL;
	return map_find(&root->inventory->by_location, location);
}

const struct vec *inventory_named(const struct node *root, const char *name)
{
	return root->inventory ? map_find(&root->inventory->by_name, name) : NULL;
}

const struct vec *inventory_at_realpath(const struct node *root, const char *realpath)
{
	return root->inventory ? map_find(&root->inventory->by_realpath, realpath) : NULL;
}

struct map_entry *inventory_first(const struct node *root)
{
	return root->inventory ? map_first(&root->inventory->by_location) : NULL;
}

struct map_entry *inventory_next(const struct node *root, struct map_entry *at)
{
	return map_next(&root->inventory->by_location, at);
}

size_t inventory_count(const struct node *root)
{
	return root->inventory ? root->inventory->by_location.count : 0;
}
