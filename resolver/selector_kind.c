/* SPDX-License-Identifier: MIT
 *
 * How nodes are related: kinds of dependencies (.dev), and parents, ancestors and siblings (>, blank, ~).
 *
 * arborist walks up from every node; here what is true of a node is handed down once along all ways that arborist would
 * come up, which gives the same answer in one pass over the tree.
 */
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "resolver/selector.h"
#include "resolver/selector_int.h"
#include "resolver/tree.h"
#include "resolver/tree_int.h"

/* ---- Kinds ---- */

struct kind {
	const char *name;
	enum edge_type type;
	bool (*is)(const struct node_flags *f);
};

static bool is_dev(const struct node_flags *f) { return f->dev; }
static bool is_optional(const struct node_flags *f) { return f->optional; }
static bool is_peer(const struct node_flags *f) { return f->peer; }

static bool is_hot(const struct kind *k, const struct edge *e)
{
	return e->type == k->type || k->is(&e->from->flags);
}

static void mark_below(struct tree *t, struct vec *todo, uint64_t mark)
{
	while (todo->count) {
		struct node *n = vec_pop(todo);

		for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
			struct node *to = ((struct edge *)i->value)->to;

			if (to && to->mark != mark) {
				to->mark = mark;
				vec_add(todo, to);
			}
		}
	}
	tree_scratch_done(t, todo);
}

static bool has_hot_edge(const struct kind *k, const struct node *n)
{
	for (size_t i = 0; i < n->edges_in.count; i++)
		if (is_hot(k, n->edges_in.items[i]))
			return true;
	return false;
}

/* Only what lies below is marked by the walk; a node of the inventory with an edge of the kind is where it begins. */
static uint64_t mark_kind(const struct sel_results *r, const struct kind *k)
{
	struct tree *t = r->run->target->tree;
	struct vec *todo = tree_scratch(t);
	uint64_t mark = tree_new_mark(t);

	for (size_t i = 0; i < r->inventory->count; i++) {
		struct node *n = r->inventory->items[i];

		if (has_hot_edge(k, n)) {
			n->mark = mark;
			vec_add(todo, n);
		}
	}
	mark_below(t, todo, mark);
	return mark;
}

static bool is_marked_above(const struct kind *k, const struct node *n, uint64_t mark)
{
	if (n->mark == mark || k->is(&n->flags) || has_hot_edge(k, n))
		return true;
	for (size_t i = 0; i < n->edges_in.count; i++)
		if (VEC_AT(&n->edges_in, struct edge, i)->from->mark == mark)
			return true;
	return false;
}

int sel_choose_class(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err)
{
	static const struct kind kinds[] = {
		{".dev", EDGE_DEV, is_dev}, {".optional", EDGE_OPTIONAL, is_optional}, {".peer", EDGE_PEER, is_peer},
	};
	const char *name = sel_string(r->run->arena, r->at);
	const struct kind *k = NULL;
	uint64_t mark = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (streq(name, kinds[i].name))
			k = &kinds[i];
	if (k)
		mark = mark_kind(r, k);
	else if (!streq(name, ".prod") && !streq(name, ".workspace") && !streq(name, ".bundled"))
		return err_set_as(err, "EQUERYNODEPTYPE", "`%s` is not a supported dependency type.", name);
	for (size_t i = 0; i < items->count; i++) {
		struct node *n = items->items[i];
		bool take = k ? is_marked_above(k, n, mark) : false;

		if (!k)
			take = name[1] == 'p' ? !n->flags.dev : name[1] == 'w' ? node_is_workspace(n) : node_in_bundle(n);
		if (take)
			vec_add(out, n);
	}
	return 0;
}

/* ---- Relations ---- */

bool sel_is_combinator(const char *text)
{
	return streq(text, ">") || streq(text, " ") || streq(text, "~");
}

/* A link in the tree whose target lies outside any node_modules: its parent is the target's too. */
static bool is_linked_from(const struct node *n, const struct node *parent)
{
	for (size_t i = 0; i < n->links_in.count && !n->in_store; i++)
		if (VEC_AT(&n->links_in, struct node, i)->parent == parent)
			return true;
	return false;
}

static bool has_marked_parent(const struct node *n, uint64_t mark)
{
	const struct node *above = node_is_top(n) ? node_resolve_parent(n) : NULL;

	if (above && above->mark == mark && is_linked_from(n, above))
		return true;
	for (size_t i = 0; i < n->edges_in.count; i++)
		if (VEC_AT(&n->edges_in, struct edge, i)->from->mark == mark)
			return true;
	return false;
}

static uint64_t mark_parents(struct tree *t, const struct vec *parents)
{
	uint64_t mark = tree_new_mark(t);

	for (size_t i = 0; i < parents->count; i++)
		if (node_target(parents->items[i]))
			node_target(parents->items[i])->mark = mark;
	return mark;
}

static void keep_children(struct tree *t, const struct vec *parents, const struct vec *next, struct vec *out)
{
	uint64_t mark = mark_parents(t, parents);

	for (size_t i = 0; i < next->count; i++)
		if (has_marked_parent(next->items[i], mark))
			vec_add(out, next->items[i]);
}

static void mark_one(struct vec *todo, struct node *n, uint64_t mark)
{
	if (!n || n->mark == mark)
		return;
	n->mark = mark;
	vec_add(todo, n);
}

/* Down every way that a walk up could have come: dependencies, folders inside, links. */
static void hand_down(struct vec *todo, struct node *n, uint64_t mark)
{
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i))
		mark_one(todo, ((struct edge *)i->value)->to, mark);
	for (size_t i = 0; i < n->fs_children.count; i++)
		if (node_is_top(n->fs_children.items[i]))
			mark_one(todo, n->fs_children.items[i], mark);
	for (struct map_entry *i = map_first(&n->children.map); i; i = map_next(&n->children.map, i))
		if (node_is_top(i->value))
			mark_one(todo, i->value, mark);
	if (n->is_link)
		mark_one(todo, n->target, mark);
}

static bool has_marked_above(const struct node *n, uint64_t mark)
{
	for (size_t i = 0; i < n->edges_in.count; i++)
		if (VEC_AT(&n->edges_in, struct edge, i)->from->mark == mark)
			return true;
	return n->mark == mark;
}

static void keep_descendants(const struct sel_results *r, const struct vec *above, const struct vec *next,
			     struct vec *out)
{
	struct tree *t = r->run->target->tree;
	struct vec *todo = tree_scratch(t), *direct = tree_scratch(t);

	keep_children(t, above, r->inventory, todo);
	keep_children(t, above, next, direct);
	uint64_t mark = tree_new_mark(t);
	for (size_t i = 0; i < todo->count; i++)
		VEC_AT(todo, struct node, i)->mark = mark;
	for (size_t i = 0; i < direct->count; i++)
		VEC_AT(direct, struct node, i)->mark = mark;
	while (todo->count)
		hand_down(todo, vec_pop(todo), mark);
	for (size_t i = 0; i < next->count; i++)
		if (has_marked_above(next->items[i], mark))
			vec_add(out, next->items[i]);
	tree_scratch_done(t, direct);
	tree_scratch_done(t, todo);
}

static void keep_siblings(struct tree *t, const struct vec *before, const struct vec *next, struct vec *out)
{
	struct vec *parents = tree_scratch(t), *others = tree_scratch(t);
	uint64_t mark = tree_new_mark(t);

	for (size_t i = 0; i < before->count; i++) {
		struct node *n = before->items[i];

		n->mark = mark;
		for (size_t k = 0; k < n->edges_in.count; k++)
			vec_add(parents, VEC_AT(&n->edges_in, struct edge, k)->from);
	}
	for (size_t i = 0; i < next->count; i++)
		if (VEC_AT(next, struct node, i)->mark != mark)
			vec_add(others, next->items[i]);
	keep_children(t, parents, others, out);
	tree_scratch_done(t, others);
	tree_scratch_done(t, parents);
}

void sel_combine(const struct sel_results *r, const struct vec *before, const struct vec *next, struct vec *out)
{
	struct tree *t = r->run->target->tree;

	if (*r->pending == '>')
		keep_children(t, before, next, out);
	else if (*r->pending == ' ')
		keep_descendants(r, before, next, out);
	else
		keep_siblings(t, before, next, out);
}
