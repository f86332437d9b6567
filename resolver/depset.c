/* SPDX-License-Identifier: MIT */
#include "resolver/depset.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "resolver/tree.h"

static void add_once(struct vec *set, struct node *n)
{
	if (n && vec_find(set, n) < 0)
		vec_add(set, n);
}

void workspace_dep_set(const struct tree *t, const struct vec *workspaces, bool with_root, struct vec *set)
{
	const struct node *root = node_target(t->root);
	struct vec extraneous;
	vec_init(&extraneous, t->arena);
	for (size_t i = 0; i < workspaces->count; i++)
		add_once(set, workspaces->items[i]);
	for (struct map_entry *e = with_root ? map_first(&root->edges_out.map) : NULL; e;
	     e = map_next(&root->edges_out.map, e)) {
		const struct edge *edge = e->value;
		if (edge->type != EDGE_WORKSPACE)
			add_once(set, edge->to);
	}
	for (size_t i = 0; i < set->count; i++) {
		const struct node *n = set->items[i];
		for (struct map_entry *e = map_first(&n->edges_out.map); e; e = map_next(&n->edges_out.map, e)) {
			const struct edge *edge = e->value;
			add_once(set, edge->to);
			add_once(set, edge->to && edge->to->is_link ? edge->to->target : NULL);
		}
		for (struct map_entry *e = map_first(&n->children.map); e; e = map_next(&n->children.map, e)) {
			struct node *kid = e->value;
			if (kid->flags.extraneous)
				add_once(&extraneous, kid);
		}
	}
	for (size_t i = 0; i < extraneous.count; i++)
		add_once(set, extraneous.items[i]);
}

/* Is something that is no workspace's own reason to have n? */
static bool wanted_by_root(const struct node *n, const struct vec *set)
{
	for (size_t i = 0; i < n->edges_in.count; i++) {
		const struct edge *e = n->edges_in.items[i];
		if (node_is_root(e->from) || vec_find(set, e->from) >= 0)
			return true;
	}
	return false;
}

void root_dep_set(struct tree *t, struct vec *set)
{
	struct vec stack;
	struct map seen;

	vec_init(&stack, t->arena);
	map_init(&seen, t->arena);
	vec_add(&stack, node_target(t->root));
	for (struct node *n = vec_pop(&stack); n; n = vec_pop(&stack)) {
		if (map_has(&seen, n->path))
			continue;
		map_put(&seen, n->path, n);
		for (struct map_entry *e = map_first(&n->edges_out.map); e; e = map_next(&n->edges_out.map, e)) {
			struct node *to = ((struct edge *)e->value)->to;
			if (!to)
				continue;
			if (!node_is_workspace(to) && wanted_by_root(to, set))
				add_once(set, to);
			vec_add(&stack, to);
		}
	}
}
