/* SPDX-License-Identifier: MIT
 *
 * When a package comes to a place or leaves it, every edge below that asks for its name is checked again. npm walks the
 * whole branch for that; here edges are listed by name, and taken in the order of that walk.
 */
#include "base/arena.h"
#include "base/str.h"
#include "resolver/inventory.h"
#include "resolver/tree.h"
#include "resolver/tree_int.h"

#include <string.h>

void tree_list_edge(struct edge *e)
{
	struct tree *t = e->from->tree;
	const char *key = name_map_key(&e->from->edges_out, e->name);
	struct vec *list = map_find(&t->edges, key);

	if (!list) {
		list = ARENA_NEW(t->arena, struct vec);
		vec_init(list, t->arena);
		map_put(&t->edges, arena_strdup(t->arena, key), list);
	}
	e->listed = list->count;
	vec_add(list, e);
}

void tree_unlist_edge(struct edge *e)
{
	struct vec *list = map_find(&e->from->tree->edges, name_map_key(&e->from->edges_out, e->name));
	struct edge *last = vec_pop(list);

	if (last == e)
		return;
	last->listed = e->listed;
	list->items[e->listed] = last;
}

void node_change_tree(struct node *n, struct tree *t)
{
	if (n->tree == t)
		return;
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i))
		tree_unlist_edge(i->value);
	n->tree = t;
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i))
		tree_list_edge(i->value);
}

/* npm's condition, with its blind spot: below the root itself it never holds. */
static bool is_direct_child(const struct edge *e, const char *parent_location)
{
	size_t len = strlen(parent_location);
	const char *loc = e->to ? e->to->location : NULL;

	return loc && strncmp(loc, parent_location, len) == 0 && cstr_starts(loc + len, "/node_modules/") &&
	       streq(loc + len + strlen("/node_modules/"), e->name);
}

/* A name as all maps by name have it, hashed once. */
struct wanted_name {
	struct str key;
	uint32_t hash;
	const char *location;	/* of the branch's first node */
};

static struct node *resolve_name(const struct node *n, const struct wanted_name *name)
{
	for (; n; n = node_resolve_parent(n)) {
		struct node *mine = map_find_hashed(&n->children.map, name->key, name->hash);

		if (mine)
			return mine;
	}
	return NULL;
}

static void reload(struct edge *e, const struct wanted_name *name)
{
	if (resolve_name(e->from, name) != e->to || is_direct_child(e, name->location))
		edge_reload(e, true);
}

static void reload_branch(struct node *n, const struct wanted_name *name)
{
	struct edge *e = map_find_hashed(&n->edges_out.map, name->key, name->hash);

	if (e)
		reload(e, name);
	for (struct map_entry *c = map_first(&n->children.map); c; c = map_next(&n->children.map, c))
		reload_branch(c->value, name);
	for (size_t i = 0; i < n->fs_children.count; i++)
		reload_branch(n->fs_children.items[i], name);
}

/* The node that a walk comes to n from. */
static struct node *above(const struct node *n)
{
	return n->parent ? n->parent : n->fs_parent;
}

static bool is_below(const struct node *n, const struct node *top)
{
	for (; n; n = above(n))
		if (n == top)
			return true;
	return false;
}

static int depth_of(const struct node *n)
{
	int depth = 0;

	while ((n = above(n)))
		depth++;
	return depth;
}

/* Which of two nodes with one node above a walk visits first: children before those in the directory. */
static int order_of_siblings(const struct node *x, const struct node *y)
{
	const struct node *top = above(x);

	if (!x->parent != !y->parent)
		return x->parent ? -1 : 1;
	if (!x->parent)
		return vec_find(&top->fs_children, x) < vec_find(&top->fs_children, y) ? -1 : 1;
	return name_map_entry(&top->children, x->name) < name_map_entry(&top->children, y->name) ? -1 : 1;
}

/* A walk visits what is above first. */
static int by_walk(const void *a, const void *b, void *ctx)
{
	const struct node *x = ((const struct edge *)a)->from, *y = ((const struct edge *)b)->from;
	int deeper = depth_of(x) - depth_of(y);

	(void)ctx;
	for (int i = deeper; i > 0; i--)
		x = above(x);
	for (int i = deeper; i < 0; i++)
		y = above(y);
	if (x == y)
		return deeper;
	while (above(x) != above(y)) {
		x = above(x);
		y = above(y);
	}
	return order_of_siblings(x, y);
}

void node_reload_named(struct node *n, const char *name)
{
	struct wanted_name wanted = {.key = str_from(name_map_key(&n->children, name)), .location = n->location};
	const struct vec *list = map_find_str(&n->tree->edges, wanted.key);
	struct vec *found;

	if (!list || !list->count)
		return;
	wanted.hash = map_hash(wanted.key.ptr, wanted.key.len);
	/* Lists hold edges of trees that were given up, too: where they have grown long, the branch is shorter.
	 * While a family moves, its members are still among the children of parents they do not name any more. */
	if (n->tree->moving || list->count > inventory_count(n->root)) {
		reload_branch(n, &wanted);
		return;
	}
	found = tree_scratch(n->tree);
	for (size_t i = 0; i < list->count; i++)
		if (is_below(VEC_AT(list, struct edge, i)->from, n))
			vec_add(found, list->items[i]);
	if (found->count > 1)
		vec_sort(found, by_walk, NULL);
	for (size_t i = 0; i < found->count; i++)
		reload(found->items[i], &wanted);
	tree_scratch_done(n->tree, found);
}
