/* SPDX-License-Identifier: MIT */
#include "cli/listing.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "resolver/collate.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#include <string.h>

/* The item that stands for a node itself; every node has one while a listing is made. */
static struct item *item_of(struct listing *l, struct node *n)
{
	if (n->extra)
		return n->extra;
	struct item *it = ARENA_NEW(l->arena, struct item);
	it->node = n;
	it->name = n->name;
	it->id = node_id(n);
	n->extra = it;
	return it;
}

static struct item *missing_item(struct listing *l, const struct edge *e)
{
	struct item *it = ARENA_NEW(l->arena, struct item);
	it->name = e->name;
	it->id = arena_printf(l->arena, "%s@%s", e->name, edge_spec(e));
	it->missing_from = node_id(e->from);
	return it;
}

/* The text as JSON writes it, quotes and all. */
static const char *quoted(struct arena *a, const char *text)
{
	struct buf b = BUF_INIT(1 << 20);
	json_format_string(&b, text, strlen(text));
	const char *out = buf_dup(a, &b);
	buf_release(&b);
	return out;
}

/* What an edge leads to. What it says of that place is remembered there, so that the last edge wins, as in npm. */
static struct item *follow(struct listing *l, struct edge *e)
{
	enum edge_error error = edge_error(e);
	struct item *it = error == EDGE_MISSING || !e->to ? missing_item(l, e) : item_of(l, e->to);
	const char *spec = edge_spec(e);
	it->now.required = *spec ? spec : "*";
	it->now.optional = edge_is_optional(e);
	if (error == EDGE_INVALID) {
		const char *from = e->from->location[0] ? e->from->location : "the root project";
		const char *before = it->now.invalid;
		it->now.invalid = arena_printf(l->arena, "%s%s%s from %s", before ? before : "", before ? ", " : "",
					       quoted(l->arena, it->now.required), from);
	}
	return it;
}

static bool passes_workspaces(const struct listing *l, const struct edge *e)
{
	const struct listing_options *o = l->o;
	bool from_root = node_is_project_root(e->from);
	bool to_workspace = e->to && node_is_workspace(e->to);
	if (o->workspaces_off && from_root && to_workspace)
		return false;
	if (!o->only || !o->only->count || (o->with_root && e->to && !to_workspace))
		return true;
	return !from_root || (to_workspace && vec_find(o->only, node_target(e->to)) >= 0);
}

/* At the top, kinds that are left out are not walked into. */
static bool passes_kinds(const struct listing_options *o, const struct edge *e)
{
	if ((o->omit & OMIT_DEV) && e->type == EDGE_DEV)
		return false;
	if ((o->omit & OMIT_OPTIONAL) && edge_is_optional(e))
		return false;
	if ((o->omit & OMIT_PEER) && edge_is_peer(e))
		return false;
	return !o->link || (e->to && e->to->is_link);
}

/* Does the node satisfy a spec given as argument? */
static bool satisfies(struct listing *l, struct node *n, const char *arg)
{
	struct err ignored = ERR_INIT;
	const struct spec *spec = spec_parse(l->arena, arg, l->o->cwd, &ignored);
	if (!spec)
		return false;
	const char *name = spec->name ? spec->name : n->name;
	if (!streq(name, n->name))
		return false;
	struct node *from = node_make(l->tree, &(struct node_options){.path = node_target(n->root)->realpath});
	struct edge *e = edge_make(from, EDGE_PROD, name, spec->raw_spec, NULL);
	return node_satisfies(n, e);
}

static bool is_chosen(struct listing *l, struct node *n)
{
	if (!l->o->n_args)
		return true;
	for (int i = 0; n && i < l->o->n_args; i++)
		if (satisfies(l, n, l->o->args[i]))
			return true;
	return false;
}

/* An item as it is put below its parent: a copy when its place has been shown. */
static struct item *place(struct listing *l, struct item *it, struct item *parent, int depth)
{
	if (it->seen) {
		struct item *copy = ARENA_NEW(l->arena, struct item);
		*copy = *it;
		copy->deduped = true;
		copy->seen = false;
		memset(&copy->problems, 0, sizeof(copy->problems));
		it = copy;
	} else if (it->node) {
		it->seen = true;
		vec_add(&l->shown, it);
	} else {
		/* npm takes all that is missing for one place, and forgets what was asked for but the first time */
		it->now.required = l->missing_shown ? NULL : it->now.required;
		l->missing_shown = true;
	}
	it->parent = parent;
	it->depth = depth;
	it->chosen = it->kept = is_chosen(l, it->node);
	return it;
}

static int item_order(const void *a, const void *b, UNUSED void *ctx)
{
	return collate_compare(((const struct item *)a)->id, ((const struct item *)b)->id);
}

/* How deep the walk may go. */
static int depth_limit(const struct listing_options *o)
{
	if (o->depth >= 0)
		return o->depth;
	return o->all || o->n_args ? INT32_MAX : 0;
}

/* What the linked strategy installs are tops, as workspaces are; devDependencies count for the project's only. */
static bool is_foreign_dev(const struct listing_options *o, const struct edge *e, int depth)
{
	return o->linked && depth > 0 && e->type == EDGE_DEV;
}

static void add_wanted(struct listing *l, const struct node *from, int depth, struct vec *found)
{
	for (struct map_entry *i = map_first(&from->edges_out.map); i; i = map_next(&from->edges_out.map, i)) {
		struct edge *e = i->value;
		if (passes_workspaces(l, e) && (depth > 0 || passes_kinds(l->o, e)) && !is_foreign_dev(l->o, e, depth))
			vec_add(found, follow(l, e));
	}
}

/* What is in a package's folder though nothing asks for it. */
static void add_unwanted(struct listing *l, const struct node *in, struct vec *found)
{
	for (struct map_entry *i = map_first(&in->children.map); i; i = map_next(&in->children.map, i)) {
		struct node *kid = i->value;
		if (kid->flags.extraneous && vec_find(found, item_of(l, kid)) < 0)
			vec_add(found, item_of(l, kid));
	}
}

/* What is below an item, in order; items to be walked go to the queue. */
static void add_children(struct listing *l, struct item *it, struct vec *queue)
{
	if (!it->node || it->deduped)
		return;
	int depth = node_is_workspace(it->node) ? 0 : it->depth;
	const struct node *target = it->node->is_link ? it->node->target : it->node;
	struct vec found;
	vec_init(&found, l->arena);
	if (depth > depth_limit(l->o))
		return;
	if (target)
		add_wanted(l, target, depth, &found);
	if (!it->node->is_link)
		add_unwanted(l, it->node, &found);
	vec_sort(&found, item_order, NULL);
	for (size_t i = 0; i < found.count; i++)
		vec_add(queue, place(l, found.items[i], it, depth + 1));
}

static void add_problem(struct listing *l, struct item *it, const char *text)
{
	vec_add(&it->problems, (void *)text);
	for (size_t i = 0; it->chosen && i < l->problems.count; i++)
		if (streq(VEC_AT(&l->problems, char, i), text))
			return;
	if (it->chosen)
		vec_add(&l->problems, (void *)text);
}

static bool is_extraneous(const struct listing *l, const struct item *it)
{
	return it->node && !it->deduped && it->node->flags.extraneous && !l->o->global;
}

static void visit(struct listing *l, struct item *it)
{
	const char *path = it->node ? it->node->path : "undefined";
	vec_init(&it->problems, l->arena);
	vec_init(&it->children, l->arena);
	vec_add(&l->visited, it);
	it->said = it->now;
	if (it->missing_from && !it->said.optional)
		add_problem(l, it, arena_printf(l->arena, "missing: %s, required by %s", it->id, it->missing_from));
	if (it->said.invalid)
		add_problem(l, it, arena_printf(l->arena, "invalid: %s %s", it->id, path));
	if (is_extraneous(l, it))
		add_problem(l, it, arena_printf(l->arena, "extraneous: %s %s", it->id, path));
	for (struct item *up = it->chosen ? it->parent : NULL; up; up = up->parent)
		up->kept = true;
}

static int check_args(struct listing *l, struct err *err)
{
	for (int i = 0; i < l->o->n_args; i++)
		if (!spec_parse(l->arena, l->o->args[i], l->o->cwd, err))
			return -1;
	return 0;
}

int listing_make(struct arena *a, struct tree *t, const struct listing_options *o, struct listing *out,
		 struct err *err)
{
	struct vec queue;
	*out = (struct listing){.arena = a, .o = o, .tree = t};
	vec_init(&queue, a);
	vec_init(&out->visited, a);
	vec_init(&out->shown, a);
	vec_init(&out->problems, a);
	if (check_args(out, err) < 0)
		return -1;
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i))
		((struct node *)i->value)->extra = NULL;
	out->root = item_of(out, t->root);
	out->root->seen = true;
	out->root->chosen = out->root->kept = o->n_args == 0;
	vec_add(&out->shown, out->root);
	vec_add(&queue, out->root);
	for (size_t i = 0; i < queue.count; i++) {
		struct item *it = queue.items[i];
		visit(out, it);
		add_children(out, it, &queue);
	}
	for (size_t i = 0; i < out->visited.count; i++) {
		struct item *it = out->visited.items[i];
		if (it->kept && it->parent)
			vec_add(&it->parent->children, it);
	}
	return 0;
}

bool listing_has_problems(const struct listing *l)
{
	for (size_t i = 0; i < l->problems.count; i++)
		if (!cstr_starts(l->problems.items[i], "extraneous:"))
			return true;
	return false;
}
