/* SPDX-License-Identifier: MIT
 *
 * Edges: what they ask for, what they get, and what is wrong with that.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/manifest.h"
#include "resolver/dep_valid.h"
#include "resolver/overrides.h"
#include "resolver/tree.h"
#include "resolver/tree_int.h"

static const char *const type_names[] = {"prod", "dev", "optional", "peer", "peerOptional", "workspace"};

const char *edge_type_name(enum edge_type type)
{
	return type_names[type];
}

const char *edge_error_name(enum edge_error e)
{
	static const char *const names[] = {NULL, NULL, "MISSING", "INVALID", "PEER LOCAL", "DETACHED"};

	return names[e];
}

struct edge *edge_make(struct node *from, enum edge_type type, const char *name, const char *spec, const char *accept)
{
	struct arena *a = from->tree->arena;
	struct edge *e = ARENA_NEW(a, struct edge);
	struct edge *old = node_edge(from, name);

	*e = (struct edge){.from = from, .type = type, .name = name, .raw_spec = spec};
	if (accept)
		e->accept = accept[0] ? accept : "*";
	if (old)
		edge_detach(old);
	if (from->overrides)
		e->overrides = override_edge_rule(a, from->overrides, e);
	name_map_put(&from->edges_out, name, e);
	tree_list_edge(e);
	edge_reload(e, true);
	return e;
}

/* The rules for this edge under what holds for its dependent now; true when they changed to other rules. */
static bool update_rules(struct edge *e)
{
	struct override_set *rules;

	if (!e->from || !e->from->overrides) {
		e->overrides = NULL;
		return false;
	}
	rules = override_edge_rule(e->from->tree->arena, e->from->overrides, e);
	if (!rules || override_equal(rules, e->overrides))
		return false;
	e->overrides = rules;
	return true;
}

void edge_reload(struct edge *e, bool hard)
{
	struct override_set *old = e->overrides;
	bool changed = update_rules(e);
	struct node *to = e->from ? node_resolve(e->from, e->name) : NULL;

	e->explanation = NULL;
	if (to != e->to) {
		if (e->to)
			edge_removed_in(e);
		e->to = to;
		e->state = EDGE_UNKNOWN;
		if (to)
			edge_added_in(e);
	} else if (hard) {
		e->state = EDGE_UNKNOWN;
	} else if (changed && to) {
		node_overrides_in_removed(to, old);
		node_overrides_in_added(to, e->overrides);
	}
}

void edge_detach(struct edge *e)
{
	e->explanation = NULL;
	if (e->to)
		edge_removed_in(e);
	if (e->from) {
		name_map_remove(&e->from->edges_out, e->name);
		tree_unlist_edge(e);
	}
	e->to = NULL;
	e->state = EDGE_DETACHED;
	e->from = NULL;
}

bool edge_is_bundled(const struct edge *e)
{
	const struct text_list *list = e->from ? &e->from->manifest->bundle_dependencies : NULL;

	for (size_t i = 0; list && i < list->count; i++)
		if (streq(list->items[i], e->name))
			return true;
	return false;
}

static const char *spec_in(const struct manifest *m, const char *name)
{
	const struct dep_list *lists[] = {&m->dev_dependencies, &m->optional_dependencies, &m->dependencies,
					  &m->peer_dependencies};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct dep *d = dep_list_find(lists[i], name);

		if (d && d->spec[0])
			return d->spec;
	}
	return NULL;
}

/* "$name": what the project itself, or else the dependent, says about name. */
static const char *referenced_spec(const struct edge *e, const char *name)
{
	const struct node *from = e->from;
	const char *spec;
	struct err err = ERR_INIT;

	if (!from)
		return e->raw_spec;
	spec = spec_in((from->source ? from->source->root : from->root)->manifest, name);
	if (!spec)
		spec = spec_in(from->manifest, name);
	if (spec)
		return spec;
	err_set(&err, ERR_EGENERIC, "Unable to resolve reference $%s", name);
	tree_fail(from->tree, &err);
	return e->raw_spec;
}

const char *edge_spec(const struct edge *e)
{
	const struct override_set *o = e->overrides;

	if (!o || !o->value || streq(o->value, "*") || !streq(o->name, e->name))
		return e->raw_spec;
	return o->value[0] == '$' ? referenced_spec(e, o->value + 1) : o->value;
}

/* Under an override: the new spec, or the written one where that is not what the override is about. */
bool edge_satisfied_by(struct edge *e, struct node *n)
{
	if (!e->from || !streq(n->name, e->name))
		return false;
	if (node_in_dep_bundle(n))
		return dep_valid(n, e->raw_spec, e);
	if (dep_valid(n, edge_spec(e), e))
		return true;
	if (!e->overrides || !e->overrides->key_spec)
		return false;
	return dep_valid(n, e->raw_spec, e) && !dep_valid(n, e->overrides->key_spec, e);
}

static enum edge_error find_error(struct edge *e)
{
	if (!e->to)
		return EDGE_MISSING;
	if (edge_is_peer(e) && e->from == e->to->parent && e->from && !node_is_top(e->from))
		return EDGE_PEER_LOCAL;
	if (!edge_satisfied_by(e, e->to))
		return EDGE_INVALID;
	if (e->overrides && e->to->overrides && e->to->edges_out.map.count &&
	    override_conflict(e->from->tree->arena, e->overrides, e->to->overrides))
		return EDGE_INVALID;
	return EDGE_OK;
}

enum edge_error edge_error(struct edge *e)
{
	if (e->state == EDGE_UNKNOWN && !e->to && edge_is_optional(e))
		return EDGE_OK;
	if (e->state == EDGE_UNKNOWN)
		e->state = find_error(e);
	return e->state;
}
