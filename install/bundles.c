/* SPDX-License-Identifier: MIT */
#include "install/bundles.h"

#include "base/arena.h"
#include "base/err.h"
#include "install/bundle.h"
#include "install/install.h"
#include "install/nodebins.h"
#include "install/reify.h"
#include "resolver/diff.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

static void add_filter(struct vec *filter, struct node *n)
{
	if (n && vec_find(filter, n) < 0)
		vec_add(filter, n);
}

static void add_root_deps(struct vec *filter, struct tree *t)
{
	struct node *root = node_target(t->root);

	for (struct map_entry *i = map_first(&root->edges_out.map); i; i = map_next(&root->edges_out.map, i)) {
		struct edge *e = i->value;

		if (e->type != EDGE_WORKSPACE && e->to)
			add_filter(filter, e->to);
	}
}

static void add_children(struct vec *filter, struct reify *r, const char *name)
{
	add_filter(filter, node_child(node_target(r->ideal->root), name));
	add_filter(filter, node_child(node_target(r->actual->root), name));
}

/* Only chosen workspaces, or only the root's own dependencies, are touched when that is asked for. */
static void make_filter(struct reify *r, struct vec *filter)
{
	const struct install_options *o = r->options;

	if (o->ideal.global && o->ideal.add_count)
		add_root_deps(filter, r->ideal);
	for (size_t i = 0; o->ideal.global && i < o->ideal.update_count; i++)
		add_children(filter, r, o->ideal.update[i]);
	if (o->ideal.global)
		return;
	for (size_t i = 0; !o->no_workspaces && i < o->ideal.workspace_count; i++)
		add_children(filter, r, o->ideal.workspaces[i]);
	if (o->no_workspaces || (o->ideal.include_workspace_root && o->ideal.workspace_count)) {
		add_root_deps(filter, r->ideal);
		add_root_deps(filter, r->actual);
	}
}

void bundles_diff(struct reify *r)
{
	struct vec filter;

	vec_init(&filter, r->arena);
	make_filter(r, &filter);
	r->diff = diff_make(r->actual->root, r->ideal->root, &(struct diff_options){
		.filter = (struct node **)filter.items,
		.filter_count = filter.count,
		.omit = r->options->omit,
		.bins_exist = bins_of_node_exist,
		.ctx = r->arena,
	});
}

static void collect(struct reify *r, const struct diff *d, struct vec *bundlers)
{
	for (size_t i = 0; i < d->children.count; i++) {
		const struct diff *c = d->children.items[i];
		struct node *n = c->ideal;

		if (n && !node_is_project_root(n) && !n->is_link && n->manifest->bundle_dependencies.count)
			vec_add(bundlers, n);
		collect(r, c, bundlers);
	}
}

static int by_depth(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return node_depth(a) - node_depth(b);
}

static bool is_in_tree(const struct reify *r, const struct node *n)
{
	return n->root == r->ideal->root || n->root == node_target(r->ideal->root);
}

static int stage_one(struct reify *r, struct node *n, struct err *err)
{
	struct place *p = stage_place(r, n);
	struct vec missing;

	if (stage_all(r, err) < 0)
		return -1;
	vec_init(&missing, r->arena);
	if (p->dropped || bundle_load(r->arena, n, p->staged, &missing, err) < 0)
		return p->dropped ? 0 : -1;
	for (size_t i = 0; i < missing.count; i++)
		map_put(&r->bundle_missing, VEC_AT(&missing, struct node, i)->path, missing.items[i]);
	return 0;
}

static void add_shadowed(struct vec *set, struct node *n)
{
	if (!n || vec_find(set, n) >= 0)
		return;
	vec_add(set, n);
	n->flags.extraneous = true;
}

/* Wanted by something that stays? */
static bool is_needed(const struct vec *shadowed, const struct node *n)
{
	for (size_t i = 0; i < n->edges_in.count; i++)
		if (vec_find(shadowed, VEC_AT(&n->edges_in, struct edge, i)->from) < 0)
			return true;
	return false;
}

static void keep_needed(struct vec *shadowed)
{
	bool changed;

	do {
		changed = false;
		for (size_t i = 0; i < shadowed->count; i++) {
			struct node *n = shadowed->items[i];

			if (!is_needed(shadowed, n))
				continue;
			n->flags.extraneous = false;
			vec_remove_at(shadowed, i--);
			changed = true;
		}
	} while (changed);
}

/*
 * A bundle may bring what the resolver, not knowing that, had placed above it. What is above and is now hidden from
 * the only ones who wanted it, and what only that wanted, goes.
 */
static void prune_shadowed(struct reify *r, const struct vec *bundlers)
{
	struct vec shadowed;

	vec_init(&shadowed, r->arena);
	for (size_t i = 0; i < bundlers->count; i++) {
		struct node *b = bundlers->items[i];

		if (!b->parent)
			continue;
		for (struct map_entry *k = map_first(&b->children.map); k; k = map_next(&b->children.map, k))
			add_shadowed(&shadowed, node_resolve(b->parent, ((struct node *)k->value)->name));
	}
	for (size_t i = 0; i < shadowed.count; i++) {
		struct node *n = shadowed.items[i];

		for (struct map_entry *k = map_first(&n->edges_out.map); k; k = map_next(&n->edges_out.map, k))
			add_shadowed(&shadowed, ((struct edge *)k->value)->to);
	}
	keep_needed(&shadowed);
	for (size_t i = 0; i < shadowed.count; i++)
		node_set_root(shadowed.items[i], NULL);
}

int bundles_stage(struct reify *r, struct err *err)
{
	struct vec bundlers;

	vec_init(&bundlers, r->arena);
	collect(r, r->diff, &bundlers);
	if (!bundlers.count)
		return 0;
	vec_sort(&bundlers, by_depth, NULL);
	for (size_t i = 0; i < bundlers.count; i++) {
		struct node *n = bundlers.items[i];

		if (!is_in_tree(r, n) || n->inert || map_has(&r->staged, n->path) || node_in_dep_bundle(n))
			continue;
		if (stage_one(r, n, err) < 0)
			return -1;
	}
	prune_shadowed(r, &bundlers);
	bundles_diff(r);
	return 0;
}
