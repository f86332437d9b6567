/* SPDX-License-Identifier: MIT */
#include "resolver/place.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/audit.h"
#include "resolver/canplace.h"
#include "resolver/collate.h"
#include "resolver/conflict.h"
#include "resolver/flags.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

static struct node *start_node(const struct placing *p)
{
	return deepest_nesting_target(p->parent ? start_node(p->parent) : p->edge->from, p->edge->name);
}

static void warn(struct placing *p, struct edge *e, struct node *dep)
{
	const struct ideal_options *o = p->rules->options;
	struct ideal_event event = {.kind = IDEAL_WARN_ERESOLVE, .data = conflict_explain(p, e, dep)};

	e->peer_conflicted = true;
	if (o->event)
		o->event(&event, o->event_ctx);
}

static int fail(struct placing *p, struct err *err)
{
	struct placing *top = p;

	while (top->parent)
		top = top->parent;
	*p->rules->explanation = conflict_explain(p, top->edge, top->dep);
	return err_set(err, ERR_ERESOLVE, "could not resolve");
}

/* ---- pruning ---- */

static bool valid_and_elsewhere(struct edge *e, void *ctx)
{
	return e->to != ctx && edge_valid(e);
}

static bool elsewhere(struct edge *e, void *ctx)
{
	return e->to != ctx;
}

static bool elsewhere_and_meant(struct edge *e, void *ctx)
{
	return e->to != ctx && !e->peer_conflicted;
}

static bool apart_and_valid(struct edge *e, void *ctx)
{
	return e->from != ctx && e->to != ctx && edge_valid(e);
}

static void remove_all(const struct vec *set)
{
	for (size_t i = 0; i < set->count; i++)
		node_set_root(set->items[i], NULL);
}

static int by_location(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return collate_compare(((const struct node *)a)->location, ((const struct node *)b)->location);
}

static void sorted_children(struct node *n, struct vec *out)
{
	for (struct map_entry *i = map_first(&n->children.map); i; i = map_next(&n->children.map, i))
		vec_add(out, i->value);
	vec_sort(out, by_location, NULL);
}

static void prune_dedupable(struct placing *p, struct node *n, bool descend);

static void prune_children(struct placing *p, struct node *n)
{
	struct vec *kids = tree_scratch(n->tree);

	sorted_children(n, kids);
	for (size_t i = 0; i < kids->count; i++)
		prune_dedupable(p, kids->items[i], true);
	tree_scratch_done(n->tree, kids);
}

static void prune_dedupable(struct placing *p, struct node *n, bool descend)
{
	struct vec *set;

	if (node_can_dedupe(n, p->rules->options->prefer_dedupe, p->explicit_request)) {
		set = tree_scratch(n->tree);
		vec_add(set, n);
		gather_dep_set(set, valid_and_elsewhere, n);
		remove_all(set);
		tree_scratch_done(n->tree, set);
		return;
	}
	if (!descend)
		return;
	prune_children(p, n);
	set = tree_scratch(n->tree);
	for (size_t i = 0; i < n->fs_children.count; i++)
		vec_add(set, n->fs_children.items[i]);
	vec_sort(set, by_location, NULL);
	for (size_t i = 0; i < set->count; i++)
		prune_children(p, set->items[i]);
	tree_scratch_done(n->tree, set);
}

static void prune_for_replacement(struct node *n, const struct vec *old_deps)
{
	struct vec invalid, set;

	vec_init(&invalid, n->tree->arena);
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		struct edge *e = i->value;

		if (e->to && !edge_valid(e) && vec_find(&invalid, e->to) < 0)
			vec_add(&invalid, e->to);
	}
	for (size_t i = 0; i < old_deps->count; i++) {
		vec_init(&set, n->tree->arena);
		vec_add(&set, old_deps->items[i]);
		gather_dep_set(&set, valid_and_elsewhere, old_deps->items[i]);
		for (size_t k = 0; k < set.count; k++)
			if (vec_find(&invalid, set.items[k]) < 0)
				vec_add(&invalid, set.items[k]);
	}
	gather_dep_set(&invalid, apart_and_valid, n);
	remove_all(&invalid);
}

/* ---- replacing ---- */

/* What only the old one needed, and the new one does not. */
static void collect_old_deps(const struct placing *p, struct node *old, struct vec *out)
{
	for (struct map_entry *i = map_first(&old->edges_out.map); i; i = map_next(&old->edges_out.map, i)) {
		struct edge *e = i->value;
		struct vec set;

		if (!e->to || node_edge(p->placed, e->name))
			continue;
		vec_init(&set, old->tree->arena);
		vec_add(&set, e->to);
		gather_dep_set(&set, elsewhere, e->to);
		for (size_t k = 0; k < set.count; k++)
			vec_add(out, set.items[k]);
	}
}

/* A group of peers that cannot live with the new one: it is taken out to be placed again, deeper. */
static void collect_group(struct placing *p, struct edge *in, struct node *target, struct vec *prune)
{
	struct vec entries;

	vec_init(&entries, target->tree->arena);
	peer_entry_sets(in->from, &entries);
	for (size_t i = 0; i < entries.count; i++) {
		struct edge *entry = VEC_AT(&entries, struct peer_entry, i)->edge;
		struct node *n = entry->to;
		struct vec set;

		if (deepest_nesting_target(n, NULL) == target || node_is_project_root(entry->from) ||
			node_is_workspace(entry->from)) {
			warn(p, in, p->dep);
			continue;
		}
		vec_init(&set, n->tree->arena);
		vec_add(&set, n);
		gather_dep_set(&set, elsewhere_and_meant, n);
		for (size_t k = 0; k < set.count; k++)
			vec_add(prune, set.items[k]);
	}
}

static void replace(struct placing *p, struct node *old)
{
	struct arena *a = old->tree->arena;
	struct node *target = old->parent;
	struct vec old_deps, prune;

	vec_init(&old_deps, a);
	vec_init(&prune, a);
	collect_old_deps(p, old, &old_deps);
	for (size_t i = 0; i < old->edges_in.count; i++) {
		struct edge *e = old->edges_in.items[i];

		if (!node_satisfies(p->placed, e) && edge_is_peer(e) && e->from->parent == target && !e->peer_conflicted)
			collect_group(p, e, target, &prune);
	}
	node_replace(p->placed, old);
	prune_for_replacement(p->placed, &old_deps);
	for (size_t i = 0; i < prune.count; i++) {
		struct node *n = prune.items[i];

		for (size_t k = 0; k < n->edges_in.count; k++)
			if (vec_find(&p->evaluate, VEC_AT(&n->edges_in, struct edge, k)->from) < 0)
				vec_add(&p->evaluate, VEC_AT(&n->edges_in, struct edge, k)->from);
		node_set_root(n, NULL);
	}
}

/* ---- placing ---- */

/* Looks at every place from the deepest upwards; the last one that will do is it. */
static void find_target(struct placing *p)
{
	const struct ideal_options *o = p->rules->options;

	for (struct node *at = start_node(p); at; at = node_resolve_parent(at)) {
		struct edge *wanted = node_edge(at, p->edge->name);
		struct can_place *c;
		struct node *above;

		if (!node_is_top(at) && wanted && edge_is_peer(wanted))
			continue;
		c = can_place_ask(&(struct can_place_question){
			.dep = p->dep,
			.edge = p->edge,
			.parent = p->parent ? p->parent->can : NULL,
			.target = at,
			.prefer_dedupe = o->prefer_dedupe,
			.explicit_request = p->explicit_request,
			.audit = p->rules->options->audit,
		});
		if (c->self != PLACE_CONFLICT)
			p->can_self = c;
		if (c->result == PLACE_CONFLICT)
			return;
		p->can = c;
		if (p->dep->errors.count || o->strategy == STRATEGY_NESTED)
			return;
		above = node_resolve_parent(at);
		if (o->strategy == STRATEGY_SHALLOW && above && node_is_project_root(above))
			return;
	}
}

/* The same package above already, endlessly nesting into itself: a link to that one ends it. */
static bool link_to_ancestor(struct placing *p, struct node *target)
{
	for (struct node *at = target; at; at = node_resolve_parent(at)) {
		if (!node_matches(at, p->dep) || node_is_top(at))
			continue;
		p->placed = node_make(at->tree, &(struct node_options){.parent = target, .target = at, .is_link = true, .name = p->dep->name});
		return true;
	}
	return false;
}

static struct node *copy_of(struct node *dep, const struct ideal_options *o)
{
	struct node *n = node_make(dep->tree, &(struct node_options){
		.name = dep->name,
		.manifest = dep->manifest,
		.resolved = dep->is_link ? NULL : dep->resolved,
		.integrity = dep->integrity,
		.install_links = o->install_links,
		.legacy_peer_deps = o->legacy_peer_deps,
		.error = dep->errors.count ? dep->errors.items[0] : NULL,
		.overrides = dep->overrides,
		.is_link = dep->is_link,
		.target = dep->is_link ? dep->target : NULL,
		.realpath = dep->is_link ? dep->realpath : NULL,
	});

	n->extension = dep->extension;
	n->npm_extension = dep->npm_extension;
	return n;
}

static void prune_below(struct placing *p, struct node *target)
{
	const struct vec *named = inventory_named(target->root, p->edge->name);
	struct vec *same = tree_scratch(target->tree), *kids = tree_scratch(target->tree);

	for (size_t i = 0; named && i < named->count; i++)
		vec_add(same, named->items[i]);
	for (size_t i = 0; i < same->count; i++) {
		struct node *n = same->items[i];

		if (n->root != target->root || !node_is_descendant(n, target) || node_is_top(n))
			continue;
		prune_dedupable(p, n, false);
		if (n->root != target->root)
			continue;
		vec_clear(kids);
		for (struct map_entry *k = map_first(&n->children.map); k; k = map_next(&n->children.map, k))
			vec_add(kids, k->value);
		for (size_t k = 0; k < kids->count; k++)
			prune_dedupable(p, kids->items[k], false);
	}
	tree_scratch_done(target->tree, kids);
	tree_scratch_done(target->tree, same);
}

static struct placing *make_placing(const struct place_rules *rules, struct placing *parent, struct edge *e, struct node *dep)
{
	struct arena *a = dep->tree->arena;
	struct placing *p = ARENA_NEW(a, struct placing);

	*p = (struct placing){
		.rules = rules,
		.parent = parent,
		.edge = e,
		.dep = dep,
		.explicit_request = parent && parent->explicit_request,
		.current = e->to,
	};
	vec_init(&p->children, a);
	vec_init(&p->evaluate, a);
	return p;
}

static int place(struct placing *p, struct err *err);

static int place_peers(struct placing *p, struct node *virtual_root, struct err *err)
{
	struct vec edges;

	vec_init(&edges, p->placed->tree->arena);
	for (struct map_entry *i = map_first(&p->placed->edges_out.map); i; i = map_next(&p->placed->edges_out.map, i))
		vec_add(&edges, i->value);
	for (size_t i = 0; i < edges.count; i++) {
		struct edge *e = edges.items[i];
		struct placing *child;
		struct node *peer;

		if (!e->from || edge_valid(e) || !edge_is_peer(e) || e->peer_conflicted)
			continue;
		peer = virtual_root ? node_child(virtual_root, e->name) : NULL;
		if (!peer || !node_satisfies(peer, e))
			continue;
		child = make_placing(p->rules, p, e, peer);
		if (place(child, err) < 0)
			return -1;
		vec_add(&p->children, child);
	}
	return 0;
}

static int place_in_tree(struct placing *p, struct err *err)
{
	struct node *target = p->can->target, *virtual_root = p->dep->parent, *old;
	enum can_place_result how = p->can->result == PLACE_CONFLICT ? p->can->self : p->can->result;

	if (how == PLACE_KEEP) {
		if (edge_is_peer(p->edge) && !edge_valid(p->edge))
			warn(p, p->edge, p->dep);
		prune_dedupable(p, target, true);
		return 0;
	}
	if (link_to_ancestor(p, target))
		return 0;
	p->placed = copy_of(p->dep, p->rules->options);
	old = node_child(target, p->edge->name);
	if (old)
		replace(p, old);
	else
		node_set_parent(p->placed, target);
	if (edge_is_peer(p->edge) && !node_satisfies(p->placed, p->edge))
		warn(p, p->edge, p->dep);
	if (edge_valid(p->edge) && p->edge->to && p->edge->to != p->placed)
		prune_dedupable(p, p->edge->to, false);
	prune_below(p, target);
	return place_peers(p, virtual_root, err);
}

static int place(struct placing *p, struct err *err)
{
	const struct ideal_options *o = p->rules->options;
	bool asked_for = !p->parent && p->rules->is_update_name(p->edge->name, p->rules->ctx);

	if (p->edge->to && edge_valid(p->edge) && !p->explicit_request && !asked_for && !(o->audit && audit_hits(o->audit, p->edge->to)))
		return 0;
	find_target(p);
	if (!p->can) {
		if (!o->force && (conflict_is_mine(p) || o->strict_peer_deps))
			return fail(p, err);
		if (!p->can_self) {
			warn(p, p->edge, p->dep);
			return 0;
		}
		p->can = p->can_self;
	}
	return place_in_tree(p, err);
}

struct placing *place_dep(const struct place_rules *rules, struct edge *e, struct node *dep, bool explicit_request,
			  struct err *err)
{
	struct placing *p = make_placing(rules, NULL, e, dep);

	p->explicit_request = explicit_request;
	return place(p, err) < 0 ? NULL : p;
}
