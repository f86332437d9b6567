/* SPDX-License-Identifier: MIT
 *
 * Sets of nodes that stand or fall together.
 */
#include "base/arena.h"
#include "resolver/flags.h"
#include "resolver/tree.h"

static void add_marked(struct vec *set, struct node *n, uint64_t mark)
{
	if (n->mark == mark)
		return;
	n->mark = mark;
	vec_add(set, n);
}

static bool has_outside_dependent(const struct node *n, uint64_t mark, edge_filter *filter, void *ctx)
{
	for (size_t i = 0; i < n->edges_in.count; i++) {
		struct edge *e = VEC_AT(&n->edges_in, struct edge, i);

		if (e->from->mark != mark && filter(e, ctx))
			return true;
	}
	return false;
}

static void compact(struct vec *set, uint64_t mark)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++)
		if (VEC_AT(set, struct node, i)->mark == mark)
			set->items[kept++] = set->items[i];
	set->count = kept;
}

uint64_t gather_dep_set(struct vec *set, edge_filter *filter, void *ctx)
{
	struct tree *t = set->count ? VEC_AT(set, struct node, 0)->tree : NULL;
	uint64_t mark = t ? ++t->mark : 0;
	bool changed = true;

	for (size_t i = 0; i < set->count; i++)
		VEC_AT(set, struct node, i)->mark = mark;
	for (size_t i = 0; i < set->count; i++) {
		struct node *n = set->items[i];

		for (struct map_entry *o = map_first(&n->edges_out.map); o; o = map_next(&n->edges_out.map, o)) {
			struct edge *e = o->value;

			if (e->to && e->to->mark != mark && filter(e, ctx))
				add_marked(set, e->to, mark);
		}
	}
	while (changed) {
		changed = false;
		for (size_t i = 0; i < set->count; i++) {
			struct node *n = set->items[i];

			if (n->mark != mark || !has_outside_dependent(n, mark, filter, ctx))
				continue;
			n->mark = 0;
			changed = true;
		}
	}
	compact(set, mark);
	return mark;
}

/* The set as it was before gathering, and the edges that count: those that lead out of it from what can be here. */
static bool leaves_set(struct edge *e, void *ctx)
{
	return vec_find(ctx, e->to) < 0 && !(e->from && e->from->inert);
}

void optional_set(struct node *n, struct vec *set)
{
	struct vec *boundary = tree_scratch(n->tree);
	uint64_t mark = ++n->tree->mark;

	add_marked(boundary, n, mark);
	for (size_t i = 0; i < boundary->count; i++) {
		struct node *at = boundary->items[i];

		for (size_t k = 0; k < at->edges_in.count; k++) {
			struct edge *e = VEC_AT(&at->edges_in, struct edge, k);

			if (!edge_is_optional(e))
				add_marked(boundary, e->from, mark);
		}
	}
	for (size_t i = 0; i < boundary->count; i++)
		vec_add(set, boundary->items[i]);
	gather_dep_set(set, leaves_set, boundary);
	tree_scratch_done(n->tree, boundary);
}

static void add_peers_out(struct vec *set, struct node *n, uint64_t mark)
{
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		struct edge *e = i->value;

		if (e->to && edge_is_peer(e) && edge_valid(e))
			add_marked(set, e->to, mark);
	}
}

static void add_peers_in(struct vec *set, struct node *n, uint64_t mark)
{
	for (size_t i = 0; i < n->edges_in.count; i++) {
		struct edge *e = VEC_AT(&n->edges_in, struct edge, i);

		if (edge_is_peer(e) && edge_valid(e))
			add_marked(set, e->from, mark);
	}
}

/* What `peer` brings along; NULL when n is not among it. */
static struct vec *brought_along(struct node *peer, struct node *n)
{
	struct vec *sub = ARENA_NEW(n->tree->arena, struct vec);
	uint64_t mark = ++n->tree->mark;

	vec_init(sub, n->tree->arena);
	add_marked(sub, peer, mark);
	for (size_t i = 0; i < sub->count; i++)
		add_peers_out(sub, sub->items[i], mark);
	return n->mark == mark ? sub : NULL;
}

static void add_entries(struct node *peer, struct node *n, struct vec *out)
{
	struct vec *sub = NULL;
	bool known = false;

	for (size_t i = 0; i < peer->edges_in.count; i++) {
		struct edge *e = VEC_AT(&peer->edges_in, struct edge, i);
		struct peer_entry *entry;

		if (!edge_valid(e) || (edge_is_peer(e) && !node_is_top(e->from)))
			continue;
		if (!known)
			sub = brought_along(peer, n);
		known = true;
		if (!sub)
			return;
		entry = ARENA_NEW(n->tree->arena, struct peer_entry);
		*entry = (struct peer_entry){e, sub};
		vec_add(out, entry);
	}
}

void peer_entry_sets(struct node *n, struct vec *out)
{
	struct vec *group = tree_scratch(n->tree);
	uint64_t mark = ++n->tree->mark;

	add_marked(group, n, mark);
	for (size_t i = 0; i < group->count; i++) {
		add_peers_out(group, group->items[i], mark);
		add_peers_in(group, group->items[i], mark);
	}
	for (size_t i = 0; i < group->count; i++)
		add_entries(group->items[i], n, out);
	tree_scratch_done(n->tree, group);
}

struct node *deepest_nesting_target(struct node *start, const char *name)
{
	struct node *at = start;

	for (; node_resolve_parent(at); at = node_resolve_parent(at)) {
		const struct edge *e;

		if (node_is_project_root(at) || node_is_global_top(at))
			return at;
		e = name ? node_edge(at, name) : NULL;
		if (!e || !edge_is_peer(e))
			return at;
	}
	return at;
}
