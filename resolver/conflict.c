/* SPDX-License-Identifier: MIT */
#include "resolver/conflict.h"

#include "base/arena.h"
#include "base/json.h"
#include "resolver/canplace.h"
#include "resolver/explain.h"
#include "resolver/flags.h"
#include "resolver/ideal.h"
#include "resolver/place.h"
#include "resolver/tree.h"

static bool is_project(const struct node *n)
{
	return node_is_workspace(n) || node_is_project_root(n);
}

bool conflict_is_mine(const struct placing *p)
{
	struct node *n;
	struct vec entries;
	bool has_peers = false;

	while (p->parent)
		p = p->parent;
	n = p->edge->from;
	if (is_project(n))
		return true;
	if (!edge_is_peer(p->edge))
		return false;
	for (size_t i = 0; i < n->edges_in.count; i++) {
		struct edge *e = n->edges_in.items[i];

		if (edge_is_peer(e))
			has_peers = true;
		else if (is_project(e->from))
			return true;
	}
	if (!has_peers)
		return false;
	vec_init(&entries, n->tree->arena);
	peer_entry_sets(n, &entries);
	for (size_t i = 0; i < entries.count; i++)
		if (is_project(VEC_AT(&entries, struct peer_entry, i)->edge->from))
			return true;
	return false;
}

static struct json *both(struct arena *a, struct json *current, struct json *peer)
{
	struct json *v = json_object(a);

	if (current)
		json_put(a, v, "current", current);
	json_put(a, v, "peer", peer);
	return v;
}

/* Which peers of which clash. */
static struct json *peer_conflict(struct placing *p)
{
	struct arena *a = p->dep->tree->arena;
	struct can_place *clash;

	if (p->parent)
		return p->current ? node_explain(p->current, p->edge) : NULL;
	if (!p->can_self || p->can_self->self == PLACE_CONFLICT)
		return both(a, p->current ? node_explain(p->current, NULL) : NULL, node_explain(p->dep, p->edge));
	clash = can_place_conflict(p->can_self);
	return clash ? both(a, node_explain(clash->current, NULL), node_explain(clash->dep, clash->edge)) : NULL;
}

struct json *conflict_explain(struct placing *p, struct edge *e, struct node *dep)
{
	struct arena *a = dep->tree->arena;
	const struct ideal_options *o = p->rules->options;
	struct node *current = node_resolve(e->from, e->name);
	struct json *v = json_object(a), *clash;

	json_put_text(a, v, "code", "ERESOLVE");
	json_put(a, v, "edge", edge_explain(e));
	json_put(a, v, "dep", node_explain(dep, e));
	json_put_bool(a, v, "force", o->force);
	json_put_bool(a, v, "isMine", conflict_is_mine(p));
	json_put_bool(a, v, "strictPeerDeps", o->strict_peer_deps);
	if (current)
		json_put(a, v, "current", node_explain(current, p->parent ? e : NULL));
	clash = peer_conflict(p);
	if (clash)
		json_put(a, v, "peerConflict", clash);
	return v;
}

struct json *conflict_explain_peers(struct edge *e, struct edge *current_edge, const struct ideal_options *o)
{
	struct arena *a = e->from->tree->arena;
	struct node *current = node_resolve(e->from, e->name);
	struct json *v = json_object(a);

	json_put_text(a, v, "code", "ERESOLVE");
	if (current)
		json_put(a, v, "current", node_explain(current, NULL));
	json_put(a, v, "currentEdge", current_edge ? edge_explain(current_edge) : json_null(a));
	json_put(a, v, "edge", edge_explain(e));
	json_put_bool(a, v, "strictPeerDeps", o->strict_peer_deps);
	json_put_bool(a, v, "force", o->force);
	return v;
}
