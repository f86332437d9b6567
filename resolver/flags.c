/* SPDX-License-Identifier: MIT */
#include "resolver/flags.h"

#include "base/arena.h"
#include "resolver/inventory.h"
#include "resolver/tree.h"

void flags_reset(struct node *root)
{
	for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i))
		node_reset_flags(i->value);
}

/* The walk: a stack of nodes whose dependencies are to be looked at (again). */
struct walk {
	struct vec *stack;
	struct vec *seen;
	uint64_t mark;
};

static void see(struct walk *w, struct node *n)
{
	if (n->mark == w->mark)
		return;
	n->mark = w->mark;
	vec_add(w->seen, n);
}

static bool unset(bool *flag, bool now)
{
	if (!*flag || !now)
		return false;
	*flag = false;
	return true;
}

/* Only unsetting, so that several links to one target cannot undo each other. */
static void walk_link(struct walk *w, struct node *n)
{
	struct node_flags *to;
	bool changed = false;

	if (!n->target)
		return;
	to = &n->target->flags;
	changed |= unset(&to->dev, !n->flags.dev);
	changed |= unset(&to->optional, !n->flags.optional);
	changed |= unset(&to->dev_optional, !n->flags.dev_optional);
	changed |= unset(&to->peer, !n->flags.peer);
	changed |= unset(&to->extraneous, !n->flags.extraneous);
	if (changed || n->target->mark != w->mark)
		vec_add(w->stack, n->target);
}

static void walk_edge(struct walk *w, const struct node *n, struct edge *e)
{
	const struct node_flags *from = &n->flags;
	bool peer = edge_is_peer(e), optional = edge_is_optional(e), dev = e->type == EDGE_DEV;
	struct node_flags *to;
	bool changed = false;

	if (!e->to)
		return;
	to = &e->to->flags;
	changed |= unset(&to->extraneous, !from->extraneous && !(peer && optional));
	changed |= unset(&to->dev, !from->dev && !dev);
	changed |= unset(&to->optional, !from->optional && !optional);
	changed |= unset(&to->dev_optional,
			 !from->dev_optional && !from->dev && !from->optional && !dev && !optional);
	changed |= unset(&to->peer, !from->peer && !peer);
	if (changed)
		vec_add(w->stack, e->to);
}

static void walk_node(struct walk *w, struct node *n)
{
	see(w, n);
	if (!n->flags.extraneous)
		for (struct node *p = node_resolve_parent(n); p && p->flags.extraneous; p = node_resolve_parent(p))
			p->flags.extraneous = false;
	if (n->is_link) {
		walk_link(w, n);
		return;
	}
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i))
		walk_edge(w, n, i->value);
}

void flags_calc(struct node *root, bool reset_root)
{
	struct walk w = {tree_scratch(root->tree), tree_scratch(root->tree), ++root->tree->mark};

	if (reset_root)
		node_unset_flags(root);
	vec_add(w.stack, root);
	while (w.stack->count)
		walk_node(&w, vec_pop(w.stack));
	for (size_t i = 0; i < w.seen->count; i++) {
		struct node *n = w.seen->items[i];

		if (n != root && (n->flags.dev || n->flags.optional))
			n->flags.dev_optional = false;
	}
	tree_scratch_done(root->tree, w.stack);
	tree_scratch_done(root->tree, w.seen);
}
