/* SPDX-License-Identifier: MIT */
#include "install/merge.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/reify.h"
#include "resolver/diff.h"
#include "resolver/flags.h"
#include "resolver/inventory.h"
#include "resolver/tree.h"

struct merge {
	struct node *actual, *ideal;
	struct vec filtered;	/* struct node that counted, by address */
	struct map seen;	/* locations */
	struct vec moved;	/* struct node of the actual tree */
};

static int by_address(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ((uintptr_t)a > (uintptr_t)b) - ((uintptr_t)a < (uintptr_t)b);
}

static bool counted(const struct merge *m, const struct node *n)
{
	size_t low = 0, high = m->filtered.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = by_address(m->filtered.items[middle], n, NULL);

		if (!order)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool counted_link_leads_to(const struct merge *m, const struct node *n)
{
	for (size_t i = 0; i < n->links_in.count; i++)
		if (counted(m, n->links_in.items[i]))
			return true;
	return false;
}

/* An ideal node that did not count: it is as it was on disk, or it is not there. */
static void take_old(struct merge *m, struct node *ideal)
{
	struct node *old = inventory_find(m->actual, ideal->location);

	if (!old)
		node_set_root(ideal, NULL);
	else if (!counted_link_leads_to(m, old) &&
		!(old->is_link && ideal->is_link && streq(old->realpath, ideal->realpath)))
		vec_add(&m->moved, old);
}

/* Nodes of root at this moment. Walking, one may be gone before its turn. */
static void list_nodes(struct node *root, struct vec *out)
{
	vec_init(out, root->tree->arena);
	for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i))
		vec_add(out, i->value);
}

static void choose(struct merge *m)
{
	struct vec nodes;

	list_nodes(m->ideal, &nodes);
	for (size_t i = 0; i < nodes.count; i++) {
		struct node *n = nodes.items[i];

		if (inventory_find(m->ideal, n->location) != n)
			continue;
		map_put(&m->seen, n->location, m);
		if (!counted(m, n))
			take_old(m, n);
	}
	list_nodes(m->actual, &nodes);
	for (size_t i = 0; i < nodes.count; i++) {
		struct node *n = nodes.items[i];

		if (!map_has(&m->seen, n->location) && !counted(m, n))
			vec_add(&m->moved, n);
	}
}

/* Tops that no link leads to are no longer of interest. */
static void drop_unlinked(struct node *root)
{
	struct vec tops;

	vec_init(&tops, root->tree->arena);
	for (size_t i = 0; i < root->tops.count; i++)
		vec_add(&tops, root->tops.items[i]);
	for (size_t i = 0; i < tops.count; i++) {
		struct node *n = tops.items[i];

		if (!n->links_in.count && vec_find(&root->tops, n) >= 0)
			node_set_root(n, NULL);
	}
}

/* Both trees become one, with one count of marks. */
static void unite(struct merge *m)
{
	struct tree *t = m->ideal->tree;
	struct vec nodes;

	if (m->actual->tree->mark > t->mark)
		t->mark = m->actual->tree->mark;
	list_nodes(m->actual, &nodes);
	for (size_t i = 0; i < nodes.count; i++)
		VEC_AT(&nodes, struct node, i)->tree = t;
}

void merge_untouched(struct reify *r)
{
	struct merge m = {0};

	if (!r->diff || !r->diff->filtered.count)
		return;
	m.actual = r->actual->root;
	m.ideal = r->ideal->root;
	map_init(&m.seen, r->arena);
	vec_init(&m.moved, r->arena);
	vec_init(&m.filtered, r->arena);
	for (size_t i = 0; i < r->diff->filtered.count; i++)
		vec_add(&m.filtered, r->diff->filtered.items[i]);
	vec_sort(&m.filtered, by_address, NULL);
	unite(&m);
	choose(&m);
	for (size_t i = 0; i < m.moved.count; i++)
		node_set_root(m.moved.items[i], m.ideal);
	drop_unlinked(m.ideal);
	flags_calc(m.ideal, true);
}
