/* SPDX-License-Identifier: MIT */
#include "resolver/diff.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/ssri.h"
#include "resolver/tree.h"

struct walk {
	struct arena *arena;
	const struct diff_options *options;
	uint64_t filter;	/* mark of nodes in the filter; 0: all count */
	struct vec *filtered;	/* the nodes with that mark */
};

/* Lists that a walk over one branch fills. */
struct branch {
	struct vec *children, *unchanged, *removed;
};

/* ---- which nodes count ---- */

static void add_to_filter(struct vec *set, struct node *n, uint64_t mark)
{
	if (!n || n->mark == mark)
		return;
	n->mark = mark;
	vec_add(set, n);
}

static void add_edges(struct vec *set, struct node *n, uint64_t mark)
{
	for (struct map_entry *i = n ? map_first(&n->edges_out.map) : NULL; i; i = map_next(&n->edges_out.map, i))
		add_to_filter(set, ((struct edge *)i->value)->to, mark);
}

/* What stands in actual below a filtered node and is extraneous counts too, so that it is taken away. */
static void add_extraneous(struct vec *extraneous, struct node *n)
{
	for (struct map_entry *i = n ? map_first(&n->children.map) : NULL; i; i = map_next(&n->children.map, i))
		if (((struct node *)i->value)->flags.extraneous)
			vec_add(extraneous, i->value);
}

/* The nodes given, all they need in either tree, and the roots. */
static void make_filter(struct walk *w, struct node *actual, struct node *ideal)
{
	struct vec *set = w->filtered, extraneous;
	uint64_t mark;

	if (!w->options->filter_count)
		return;
	vec_init(&extraneous, w->arena);
	mark = ++ideal->tree->mark;
	if (actual->tree->mark > mark)
		mark = actual->tree->mark;
	mark++;
	ideal->tree->mark = actual->tree->mark = mark;
	w->filter = mark;
	for (size_t i = 0; i < w->options->filter_count; i++) {
		add_to_filter(set, w->options->filter[i], mark);
		add_to_filter(set, node_target(w->options->filter[i]), mark);
	}
	for (size_t i = 0; i < set->count; i++) {
		struct node *n = node_target(set->items[i]);
		struct node *in_actual = n->location ? inventory_find(actual, n->location) : NULL;

		add_to_filter(set, n, mark);
		add_edges(set, n->location ? inventory_find(ideal, n->location) : NULL, mark);
		add_edges(set, in_actual, mark);
		add_extraneous(&extraneous, in_actual);
	}
	for (size_t i = 0; i < extraneous.count; i++)
		add_to_filter(set, extraneous.items[i], mark);
	add_to_filter(set, actual, mark);
	add_to_filter(set, ideal, mark);
	add_to_filter(set, node_target(actual), mark);
	add_to_filter(set, node_target(ideal), mark);
}

static bool counts(const struct walk *w, const struct node *actual, const struct node *ideal)
{
	return !w->filter || (actual && actual->mark == w->filter) || (ideal && ideal->mark == w->filter);
}

/* ---- one place ---- */

static const char *patch_of(const struct node *n)
{
	return json_find_text(n->patched, "integrity");
}

static bool same_bits(const struct walk *w, struct node *actual, struct node *ideal)
{
	const char *have = node_resolved(actual), *want = node_resolved(ideal);
	bool bins = !w->options->bins_exist || w->options->bins_exist(ideal, w->options->ctx);

	if (!actual->integrity && !ideal->integrity && bins && ((!have && !want) || (want && streq(have, want))))
		return true;
	return bins && actual->integrity && ideal->integrity && ssri_match_text(ideal->integrity, actual->integrity);
}

static enum diff_action action_of(const struct walk *w, struct node *actual, struct node *ideal)
{
	if (!ideal)
		return DIFF_REMOVE;
	if (!actual)
		return ideal->in_place || node_in_dep_bundle(ideal) ? DIFF_NONE : DIFF_ADD;
	if (node_is_root(ideal) && node_is_root(actual))
		return DIFF_NONE;
	if (!streq(node_version(ideal), node_version(actual)) || !streq(patch_of(ideal), patch_of(actual)) || ideal->patch_removed)
		return DIFF_CHANGE;
	return same_bits(w, actual, ideal) ? DIFF_NONE : DIFF_CHANGE;
}

/* ---- the walk ---- */

static void collect_kids(struct map *kids, struct node *n)
{
	for (struct map_entry *i = map_first(&n->children.map); i; i = map_next(&n->children.map, i))
		map_put(kids, ((struct node *)i->value)->path, i->value);
}

static bool has_kids(struct node *n)
{
	n = n && node_is_root(n) ? node_target(n) : n;
	return n && (n->children.map.count || n->fs_children.count);
}

/* Children of a node, and those of the workspaces and link targets in its folder, by path. */
static struct map *kids_of(struct walk *w, struct node *n)
{
	struct map *kids = ARENA_NEW(w->arena, struct map);

	map_init(kids, w->arena);
	if (n && node_is_root(n))
		n = node_target(n);
	if (!n)
		return kids;
	collect_kids(kids, n);
	for (size_t i = 0; i < n->fs_children.count; i++)
		collect_kids(kids, n->fs_children.items[i]);
	return kids;
}

static void walk_children(struct walk *w, struct node *actual, struct node *ideal, const struct branch *b);

/* What an unchanged package bundles is not known to the ideal tree: it is taken over, all at once. */
static void move_bundled(struct walk *w, struct node *actual, struct node *ideal)
{
	struct vec bundled;

	vec_init(&bundled, w->arena);
	for (struct map_entry *i = map_first(&actual->children.map); i; i = map_next(&actual->children.map, i))
		if (node_in_bundle(i->value))
			vec_add(&bundled, i->value);
	for (size_t i = 0; i < bundled.count; i++)
		node_set_parent(bundled.items[i], ideal);
}

static struct diff *make(struct walk *w, struct node *actual, struct node *ideal, enum diff_action action)
{
	struct diff *d = ARENA_NEW(w->arena, struct diff);

	*d = (struct diff){.actual = actual, .ideal = ideal, .action = action};
	vec_init(&d->children, w->arena);
	vec_init(&d->leaves, w->arena);
	vec_init(&d->unchanged, w->arena);
	vec_init(&d->removed, w->arena);
	vec_init(&d->filtered, w->arena);
	return d;
}

static void append(struct vec *to, const struct vec *from)
{
	for (size_t i = 0; i < from->count; i++)
		vec_add(to, from->items[i]);
}

/* A diff with everything below it. */
static void fill(struct walk *w, struct diff *d)
{
	struct branch b = {&d->children, &d->unchanged, &d->removed};

	walk_children(w, d->actual, d->ideal, &b);
	if (!d->children.count)
		vec_add(&d->leaves, d);
	for (size_t i = 0; i < d->children.count; i++) {
		struct diff *kid = d->children.items[i];

		fill(w, kid);
		kid->parent = d;
		append(&d->leaves, &kid->leaves);
		append(&d->unchanged, &kid->unchanged);
		append(&d->removed, &kid->removed);
	}
}

static void walk_place(struct walk *w, struct node *actual, struct node *ideal, const struct branch *b)
{
	enum diff_action action;

	if (!counts(w, actual, ideal))
		return;
	if (ideal && node_should_omit(ideal, w->options->omit))
		ideal->inert = true;
	if (ideal && ideal->inert)
		ideal = NULL;
	if (!actual && !ideal)
		return;
	action = action_of(w, actual, ideal);
	if (action == DIFF_REMOVE)
		vec_add(b->removed, actual);
	if (action != DIFF_NONE) {
		vec_add(b->children, make(w, actual, ideal, action));
		return;
	}
	vec_add(b->unchanged, ideal);
	if (actual && ideal->manifest->bundle_dependencies.count)
		move_bundled(w, actual, ideal);
	walk_children(w, actual, ideal, b);
}

static void walk_children(struct walk *w, struct node *actual, struct node *ideal, const struct branch *b)
{
	struct map *have, *want;

	if (!has_kids(actual) && !has_kids(ideal))
		return;
	have = kids_of(w, actual);
	want = kids_of(w, ideal);
	for (struct map_entry *i = map_first(have); i; i = map_next(have, i))
		walk_place(w, i->value, map_find(want, i->key), b);
	for (struct map_entry *i = map_first(want); i; i = map_next(want, i))
		if (!map_has(have, i->key))
			walk_place(w, NULL, i->value, b);
}

struct diff *diff_make(struct node *actual, struct node *ideal, const struct diff_options *o)
{
	struct walk w = {.arena = ideal->tree->arena, .options = o};
	struct diff *d = make(&w, actual, ideal, DIFF_NONE);

	w.filtered = &d->filtered;
	make_filter(&w, actual, ideal);
	fill(&w, d);
	return d;
}
