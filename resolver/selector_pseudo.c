/* SPDX-License-Identifier: MIT
 *
 * Pseudo classes.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/glob.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/manifest.h"
#include "resolver/selector.h"
#include "resolver/selector_int.h"
#include "resolver/spec.h"
#include "resolver/tree.h"
#include "resolver/tree_int.h"

/* ---- Those that ask one thing of each node ---- */

typedef bool node_test(const struct sel_results *r, struct node *n);

static bool is_empty(UNUSED const struct sel_results *r, struct node *n)
{
	return n->edges_out.map.count == 0;
}

static bool is_extraneous(UNUSED const struct sel_results *r, struct node *n)
{
	return n->flags.extraneous;
}

static bool is_invalid(UNUSED const struct sel_results *r, struct node *n)
{
	for (size_t i = 0; i < n->edges_in.count; i++)
		if (edge_error(n->edges_in.items[i]) == EDGE_INVALID)
			return true;
	return false;
}

static bool is_linked(UNUSED const struct sel_results *r, struct node *n)
{
	return n->is_link || (node_is_top(n) && !node_is_root(n));
}

static bool is_overridden(UNUSED const struct sel_results *r, struct node *n)
{
	return node_overridden(n);
}

static bool is_private(UNUSED const struct sel_results *r, struct node *n)
{
	return json_truthy(json_find(n->manifest->raw, "private"));
}

static bool is_the_root(const struct sel_results *r, struct node *n)
{
	return r->scope && n == r->scope->root;
}

static bool is_the_scope(const struct sel_results *r, struct node *n)
{
	return n == r->scope;
}

static bool is_deduped(UNUSED const struct sel_results *r, struct node *n)
{
	const struct node *target = node_target(n);

	return target && target->edges_in.count > 1;
}

static bool is_at_path(const struct sel_results *r, struct node *n)
{
	const char *pattern = r->at->arg, *root = n->root->realpath;

	if (!*pattern)
		return true;
	return n->realpath && root && glob_match(path_resolve(r->run->arena, root, pattern), n->realpath, 0);
}

static bool has_lookup(const struct sel_results *r, struct node *n)
{
	struct err ignored = ERR_INIT;
	struct vec objects;

	sel_lookup(r->run->arena, n->manifest->raw, &r->at->lookup, &objects);
	for (size_t i = 0; i < objects.count; i++)
		if (sel_matches(r->run->arena, &r->at->match, objects.items[i], &ignored) > 0)
			return true;
	return false;
}

static node_test *find_test(const char *name)
{
	static const struct {
		const char *name;
		node_test *test;
	} tests[] = {
		{":attr", has_lookup},	       {":deduped", is_deduped},   {":empty", is_empty},
		{":extraneous", is_extraneous}, {":invalid", is_invalid},   {":link", is_linked},
		{":overridden", is_overridden}, {":path", is_at_path},	    {":private", is_private},
		{":root", is_the_root},	       {":scope", is_the_scope},
	};

	for (size_t i = 0; i < ARRAY_LEN(tests); i++)
		if (streq(tests[i].name, name))
			return tests[i].test;
	return NULL;
}

/* ---- Those that look at the whole list ---- */

/* Stands for a dependency that is not there: a node of its own, in no tree. */
static struct node *missing_node(const struct sel_results *r, struct edge *e)
{
	struct arena *a = r->run->arena;
	struct json *pkg = json_object(a);

	json_put_text(a, pkg, "name", e->name);
	json_put_text(a, pkg, "version", edge_spec(e));
	struct node *n = node_make(r->run->target->tree, &(struct node_options){.manifest = manifest_from_json(a, pkg)});
	vec_add(&n->edges_in, e);
	json_put_bool(a, selector_context(a, n), "missing", true);
	return n;
}

static int choose_missing(const struct sel_results *r, UNUSED const struct vec *items, struct vec *out,
			  UNUSED struct err *err)
{
	for (size_t i = 0; i < r->inventory->count; i++) {
		const struct node *n = r->inventory->items[i];

		for (struct map_entry *k = map_first(&n->edges_out.map); k; k = map_next(&n->edges_out.map, k))
			if (edge_error(k->value) == EDGE_MISSING)
				vec_add(out, missing_node(r, k->value));
	}
	return 0;
}

static int choose_type(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err)
{
	const char *cwd = r->run->cwd ? r->run->cwd : "/", *type = r->at->arg;

	if (!type) {
		*out = *items;
		return 0;
	}
	for (size_t i = 0; i < items->count; i++) {
		const struct node *n = items->items[i];

		for (size_t k = 0; k < n->edges_in.count; k++) {
			struct edge *e = n->edges_in.items[k];
			const char *text = arena_printf(r->run->arena, "%s@%s", e->name, edge_spec(e));
			const struct spec *s = spec_parse(r->run->arena, text, cwd, err);

			if (!s)
				return -1;
			if (e->to && (streq(type, "registry") ? s->registry : streq(type, spec_type_name(s->type))))
				vec_add(out, e->to);
		}
	}
	return 0;
}

/* The nested query over what it is asked of; npm loses what :root and :scope are on the way. */
static int run_nested(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err)
{
	struct sel_results inner = *r;

	inner.initial = items;
	inner.scope = NULL;
	return sel_run(&inner, r->at->nested, out, err);
}

static int choose_not(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err)
{
	struct vec inside;

	vec_init(&inside, r->run->arena);
	if (run_nested(r, items, &inside, err) < 0)
		return -1;
	uint64_t mark = tree_new_mark(r->run->target->tree);
	for (size_t i = 0; i < inside.count; i++)
		VEC_AT(&inside, struct node, i)->mark = mark;
	for (size_t i = 0; i < items->count; i++)
		if (VEC_AT(items, struct node, i)->mark != mark)
			vec_add(out, items->items[i]);
	return 0;
}

static int choose_having(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err)
{
	for (size_t i = 0; i < items->count; i++) {
		struct sel_results inner = *r;
		struct vec one, found;

		vec_init(&one, r->run->arena);
		vec_init(&found, r->run->arena);
		vec_add(&one, items->items[i]);
		inner.initial = &one;
		inner.scope = items->items[i];
		if (sel_run(&inner, r->at->nested, &found, err) < 0)
			return -1;
		if (found.count)
			vec_add(out, items->items[i]);
	}
	return 0;
}

int sel_choose_pseudo(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err)
{
	static const struct {
		const char *name;
		int (*choose)(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err);
	} known[] = {
		{":has", choose_having},	    {":is", run_nested},	  {":missing", choose_missing},
		{":not", choose_not},		    {":outdated", sel_choose_outdated}, {":semver", sel_choose_semver},
		{":type", choose_type},		    {":vuln", sel_choose_vuln},
	};
	const char *name = r->at->value;
	node_test *test = find_test(name);

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (streq(known[i].name, name))
			return known[i].choose(r, items, out, err);
	if (!test)
		return err_set_as(err, "EQUERYNOPSEUDO", "`%s` is not a supported pseudo selector.", name);
	for (size_t i = 0; i < items->count; i++)
		if (test(r, items->items[i]))
			vec_add(out, items->items[i]);
	return 0;
}
