/* SPDX-License-Identifier: MIT */
#include "cli/outdated.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "resolver/inventory.h"
#include "resolver/packument.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

struct finder {
	struct tree *tree;
	const struct outdated_options *o;
	struct vec *out;
	struct map seen;	/* edges and nodes by address */
};

static bool first_time(struct finder *f, const void *what)
{
	const char *key = arena_printf(f->tree->arena, "%p", what);
	if (map_has(&f->seen, key))
		return false;
	map_put(&f->seen, key, f);
	return true;
}

static const char *edge_kind(const struct edge *e)
{
	if (edge_is_optional(e))
		return "optionalDependencies";
	if (edge_is_peer(e))
		return "peerDependencies";
	return e->type == EDGE_DEV ? "devDependencies" : "dependencies";
}

static bool omitted(const struct finder *f, const struct edge *e)
{
	const struct node *n = e->to;
	bool dev = n ? n->flags.dev : e->type == EDGE_DEV;
	bool optional = n ? n->flags.optional : edge_is_optional(e);
	bool peer = n ? n->flags.peer : edge_is_peer(e);
	return ((f->o->omit & OMIT_DEV) && dev) || ((f->o->omit & OMIT_OPTIONAL) && optional) ||
	       ((f->o->omit & OMIT_PEER) && peer);
}

static void add_edge(struct finder *f, struct edge *e)
{
	struct err ignored = ERR_INIT;
	struct arena *a = f->tree->arena;
	const struct vec *scope = f->o->scope;
	if (scope && scope->count && vec_find(scope, node_target(e->from)) < 0)
		return;
	const char *kind = edge_kind(e), *text = edge_spec(e);
	if (!first_time(f, e) || omitted(f, e) || (edge_error(e) == EDGE_MISSING && !streq(kind, "dependencies")))
		return;
	const struct spec *s = spec_resolve(a, e->name, text, e->from->realpath, &ignored);
	if (!s || !s->registry)
		return;
	struct outdated *d = ARENA_NEW(a, struct outdated);
	*d = (struct outdated){.edge = e, .node = e->to, .fetch = e->name, .wants = text, .name = e->name, .type = kind};
	if (s->type == SPEC_ALIAS) {
		d->fetch = s->sub->name;
		d->wants = s->sub->fetch_spec;
		d->name = arena_printf(a, "%s%s", e->name, cstr_starts(text, "npm:") ? text + 3 : text);
	}
	vec_add(f->out, d);
}

static void add_global(struct finder *f, struct node *n)
{
	if (!first_time(f, n))
		return;
	struct outdated *d = ARENA_NEW(f->tree->arena, struct outdated);
	*d = (struct outdated){.node = n, .fetch = n->name, .name = n->name, .type = "dependencies"};
	vec_add(f->out, d);
}

/* What a node wants; globally, what is installed. */
static void add_from(struct finder *f, const struct node *n)
{
	const struct map *m = f->o->global ? &n->children.map : &n->edges_out.map;
	for (struct map_entry *i = map_first(m); i; i = map_next(m, i)) {
		if (f->o->global)
			add_global(f, i->value);
		else
			add_edge(f, i->value);
	}
}

static void add_direct(struct finder *f)
{
	const struct node *root = node_target(f->tree->root);
	add_from(f, root);
	for (struct map_entry *i = f->o->global ? NULL : map_first(&root->edges_out.map); i;
	     i = map_next(&root->edges_out.map, i)) {
		const struct edge *e = i->value;
		if (e->to && node_is_workspace(node_target(e->to)))
			add_from(f, node_target(e->to));
	}
}

void outdated_find(struct tree *t, const struct outdated_options *o, struct vec *out)
{
	struct finder f = {.tree = t, .o = o, .out = out};
	map_init(&f.seen, t->arena);
	for (int i = 0; i < o->n_args; i++) {
		const struct vec *nodes = inventory_named(t->root, o->args[i]);
		for (size_t n = 0; nodes && n < nodes->count; n++) {
			const struct node *node = nodes->items[n];
			for (size_t e = 0; e < node->edges_in.count; e++)
				add_edge(&f, node->edges_in.items[e]);
		}
	}
	if (o->n_args)
		return;
	for (struct map_entry *i = o->all ? inventory_first(t->root) : NULL; i; i = inventory_next(t->root, i))
		add_from(&f, i->value);
	add_direct(&f);
}

static bool is_no_answer(const struct err *e)
{
	return e->code == ERR_ETARGET || e->code == ERR_E403 || e->code == ERR_E404;
}

/* 1: picked, 0: the registry has nothing of the kind. */
static int pick(struct arena *a, const struct packument *p, const struct pick_options *o, struct pick *got,
		struct err *err)
{
	struct err local = ERR_INIT;
	if (pick_version(a, p, o, got, &local) == 0)
		return 1;
	if (is_no_answer(&local))
		return 0;
	*err = local;
	return -1;
}

int outdated_compare(struct arena *a, struct outdated *d, const struct packument *p, const struct pick_options *o,
		     struct err *err)
{
	struct pick_options asked = *o, any = *o;
	struct pick wanted, latest;
	asked.wanted = d->wants;
	any.wanted = "*";
	int rc = pick(a, p, &asked, &wanted, err);
	if (rc > 0)
		rc = pick(a, p, &any, &latest, err);
	if (rc <= 0)
		return rc;
	const char *current = d->node ? node_version(d->node) : "";
	d->wanted = arena_strdup(a, wanted.version);
	d->latest = arena_strdup(a, latest.version);
	if (*current && streq(current, d->wanted) && streq(d->wanted, d->latest))
		return 0;
	struct err ignored = ERR_INIT;
	const struct json *m = latest.index < 0 ? NULL : packument_manifest(a, p, (uint32_t)latest.index, &ignored);
	d->homepage = json_find_text(m, "homepage");
	return 1;
}
