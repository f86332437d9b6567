/* SPDX-License-Identifier: MIT */
#include "lockfile/commit_legacy.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "lockfile/commit.h"
#include "lockfile/lockfile.h"
#include "lockfile/resolved.h"
#include "resolver/collate.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#include <string.h>

struct writer {
	struct arena *arena;
	const char *path;
	const struct tree *tree;
	const struct commit_options *o;
	struct vec above;	/* real paths of the nodes on the way down */
};

/* How deep a dependent lies, and what its location ends in: npm's order of who is named as asking. */
static int locations_order(const char *a, const char *b)
{
	int na = 0, nb = 0;
	const char *last_a = a, *last_b = b;
	for (const char *at = a; (at = strstr(at, "node_modules")); at += 12, last_a = at)
		na++;
	for (const char *at = b; (at = strstr(at, "node_modules")); at += 12, last_b = at)
		nb++;
	return na != nb ? na - nb : collate_compare(last_a, last_b);
}

/* The edge that counts as the one that brought n here. */
static struct edge *first_edge(const struct node *n)
{
	struct edge *best = NULL;
	for (size_t i = 0; i < n->edges_in.count; i++) {
		struct edge *e = n->edges_in.items[i];
		if (edge_valid(e) && (!best || locations_order(e->from->location, best->from->location) < 0))
			best = e;
	}
	return best;
}

/* What n was asked for as and what it was resolved to; either may be NULL. */
struct origin {
	const struct spec *asked, *got;
};

static struct origin origin_of(struct writer *w, struct node *n)
{
	struct err ignored = ERR_INIT;
	const char *resolved = resolved_normal(w->arena, node_resolved(n), w->path, w->path, true);
	struct origin o = {NULL, resolved ? spec_parse(w->arena, resolved, w->path, &ignored) : NULL};
	const struct edge *e = first_edge(n);
	o.asked = e ? spec_resolve(w->arena, n->name, edge_spec(e), e->from->realpath, &ignored) : o.got;
	return o;
}

static bool has_type(const struct spec *s, enum spec_type type)
{
	return s && s->type == type;
}

static void put_version(struct writer *w, struct json *out, struct node *n, const struct origin *o)
{
	struct arena *a = w->arena;
	const char *name = node_package_name(n), *version = node_version(n);
	if (n->is_link) {
		json_put_text(a, out, "version", arena_printf(a, "file:%s", path_relative(a, w->path, n->realpath)));
	} else if (has_type(o->asked, SPEC_FILE) || has_type(o->asked, SPEC_REMOTE)) {
		json_put_text(a, out, "version", o->asked->save_spec);
	} else if (has_type(o->asked, SPEC_GIT) || has_type(o->got, SPEC_GIT)) {
		if (node_resolved(n))
			json_put_text(a, out, "version", node_resolved(n));
		if (o->asked && o->asked->raw)
			json_put_text(a, out, "from", o->asked->raw);
	} else if (!node_is_root(n) && name && *name && !streq(name, n->name)) {
		json_put_text(a, out, "version", arena_printf(a, "npm:%s@%s", name, version));
	} else if (*version) {
		json_put_text(a, out, "version", version);
	}
}

static bool is_plain(const struct spec *s)
{
	return !s || (s->type != SPEC_GIT && s->type != SPEC_FILE && s->type != SPEC_DIRECTORY);
}

static void put_origin(struct writer *w, struct json *out, struct node *n, const struct origin *o)
{
	const char *resolved = node_resolved(n);
	bool plain = is_plain(o->got) && is_plain(o->asked) && !has_type(o->asked, SPEC_REMOTE);
	if (resolved && !n->is_link && plain && !w->o->omit_registry_resolved)
		json_put_text(w->arena, out, "resolved", resolved);
	if (n->integrity && *n->integrity)
		json_put_text(w->arena, out, "integrity", n->integrity);
}

static void put_flags(struct writer *w, struct json *out, const struct node *n)
{
	const struct node_flags *f = &n->flags;
	if (f->extraneous)
		json_put_bool(w->arena, out, "extraneous", true);
	if (f->extraneous || n->is_link)
		return;
	if (f->peer)
		json_put_bool(w->arena, out, "peer", true);
	if (f->dev_optional && !f->dev && !f->optional)
		json_put_bool(w->arena, out, "devOptional", true);
	if (f->dev)
		json_put_bool(w->arena, out, "dev", true);
	if (f->optional)
		json_put_bool(w->arena, out, "optional", true);
}

/* Peers are left out: npm 6 does not know what to do with them. */
static void put_requires(struct writer *w, struct json *out, struct node *n)
{
	struct arena *a = w->arena;
	const struct node *from = node_target(n);
	if (!from || !map_first(&from->edges_out.map))
		return;
	if (n == w->tree->root) {
		json_put_bool(a, out, "requires", true);
		return;
	}
	struct json *list = json_object(a);
	for (struct map_entry *i = map_first(&from->edges_out.map); i; i = map_next(&from->edges_out.map, i)) {
		const struct edge *e = i->value;
		const char *spec = edge_spec(e);
		if (edge_is_peer(e))
			continue;
		if (cstr_starts(spec, "file:"))
			spec = arena_printf(a, "file:%s",
					    path_relative(a, n->realpath, path_resolve(a, n->realpath, spec + 5)));
		json_put_text(a, list, e->name, spec);
	}
	json_put(a, out, "requires", list);
}

static bool is_above(const struct writer *w, const char *realpath, size_t limit)
{
	for (size_t i = 0; i < limit; i++)
		if (streq(VEC_AT(&w->above, char, i), realpath))
			return true;
	return false;
}

static void put_node(struct writer *w, struct json *out, struct node *n);

static void put_children(struct writer *w, struct json *out, struct node *n)
{
	const struct node *holder = node_target(n);
	struct json *list = json_object(w->arena);
	size_t limit = w->above.count;
	vec_add(&w->above, (void *)n->realpath);
	for (struct map_entry *i = holder ? map_first(&holder->children.map) : NULL; i;
	     i = map_next(&holder->children.map, i)) {
		struct node *kid = i->value;
		if (is_above(w, kid->realpath, limit))
			continue;
		struct json *entry = json_object(w->arena);
		put_node(w, entry, kid);
		json_put(w->arena, list, kid->name, entry);
	}
	vec_pop(&w->above);
	if (list->count)
		json_put(w->arena, out, "dependencies", list);
}

static void put_node(struct writer *w, struct json *out, struct node *n)
{
	struct origin o = origin_of(w, n);
	put_version(w, out, n, &o);
	if (node_in_dep_bundle(n))
		json_put_bool(w->arena, out, "bundled", true);
	put_origin(w, out, n, &o);
	put_flags(w, out, n);
	put_requires(w, out, n);
	put_children(w, out, n);
}

void commit_legacy(struct arena *a, struct lockfile *lf, struct tree *t, const struct commit_options *o)
{
	struct writer w = {.arena = a, .path = lf->path, .tree = t, .o = o};
	vec_init(&w.above, a);
	put_node(&w, lf->data, t->root);
}
