/* SPDX-License-Identifier: MIT
 *
 * Overrides on their way through the tree: from a node to its edges, from an edge to what it points at.
 */
#include "base/arena.h"
#include "base/str.h"
#include "resolver/inventory.h"
#include "resolver/overrides.h"
#include "resolver/tree.h"
#include "resolver/tree_int.h"

/* Does any rule speak of something that can be reached from target? Else a link need not carry them over. */
static bool rules_matter_below(struct override_set *rules, struct node *target)
{
	struct vec *todo = tree_scratch(target->tree);
	uint64_t mark = tree_new_mark(target->tree);
	bool found = false;

	vec_add(todo, target);
	while (todo->count && !found) {
		struct node *n = node_target(vec_pop(todo));

		if (!n || n->mark == mark)
			continue;
		n->mark = mark;
		for (struct map_entry *i = map_first(&n->edges_out.map); i && !found; i = map_next(&n->edges_out.map, i)) {
			struct edge *e = i->value;

			found = streq(override_edge_rule(n->tree->arena, rules, e)->name, e->name);
			if (e->to)
				vec_add(todo, e->to);
		}
	}
	tree_scratch_done(target->tree, todo);
	return found;
}

static void reload_out(struct node *n)
{
	if (n->is_link) {
		if (n->target && n->overrides && rules_matter_below(n->overrides, n->target))
			node_overrides_in_added(n->target, n->overrides);
		return;
	}
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		struct edge *e = i->value;

		edge_reload(e, true);
		if (e->to)
			node_overrides_in_added(e->to, e->overrides);
	}
}

void tree_spread_overrides(struct node *root)
{
	for (struct map_entry *i = root->overrides ? inventory_first(root) : NULL; i; i = inventory_next(root, i)) {
		struct node *n = i->value;

		if (n->is_link && n->overrides)
			reload_out(n);
	}
}

/* The more specific rules win where two edges bring different ones. */
void node_overrides_in_added(struct node *n, struct override_set *set)
{
	struct override_set *now;

	if (!set || (n->overrides && override_equal(n->overrides, set)))
		return;
	now = n->overrides ? override_specific(n->tree->arena, n->overrides, set) : set;
	if (!now || (n->overrides && override_equal(n->overrides, now)))
		return;
	n->overrides = now;
	reload_out(n);
}

void node_overrides_in_removed(struct node *n, struct override_set *set)
{
	struct override_set *now = NULL;

	if (!n->overrides || !override_equal(n->overrides, set))
		return;
	for (size_t i = 0; i < n->edges_in.count; i++) {
		struct edge *e = VEC_AT(&n->edges_in, struct edge, i);

		now = now && e->overrides ? override_specific(n->tree->arena, e->overrides, now) : e->overrides;
	}
	if (override_equal(n->overrides, now))
		return;
	n->overrides = now;
	if (now)
		reload_out(n);
}

void edge_removed_in(struct edge *e)
{
	struct node *n = e->to;

	vec_remove(&n->edges_in, e);
	if (e->overrides)
		node_overrides_in_removed(n, e->overrides);
}

void edge_added_in(struct edge *e)
{
	struct node *n = e->to;

	if (e->overrides && (!n->overrides || !override_equal(n->overrides, e->overrides)))
		node_overrides_in_added(n, e->overrides);
	vec_add(&n->edges_in, e);
	if (n->tree->edge_added && n->tree->root && n->root == n->tree->root)
		n->tree->edge_added(e, n->tree->edge_added_ctx);
}
