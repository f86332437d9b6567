/* SPDX-License-Identifier: MIT */
#include "resolver/canplace.h"

#include "base/arena.h"
#include "base/str.h"
#include "resolver/audit.h"
#include "resolver/flags.h"
#include "resolver/semver.h"
#include "resolver/tree.h"

static struct edge *entry_edge(struct can_place *c)
{
	while (c->parent)
		c = c->parent;
	return c->edge;
}

static struct node *deepest_target(struct can_place *c)
{
	return deepest_nesting_target(c->parent ? deepest_target(c->parent) : c->edge->from, c->edge->name);
}

static enum can_place_result ask_peers(struct can_place *c, enum can_place_result state, const struct vec *path)
{
	struct vec with_me;
	bool conflict = false;

	c->self = state;
	if (c->asked_peers)
		return c->peers;
	vec_init(&with_me, c->dep->tree->arena);
	for (size_t i = 0; path && i < path->count; i++)
		vec_add(&with_me, path->items[i]);
	vec_add(&with_me, c->dep);
	for (struct map_entry *i = map_first(&c->dep->edges_out.map); i; i = map_next(&c->dep->edges_out.map, i)) {
		struct edge *e = i->value;
		struct can_place *peer;

		if (!edge_is_peer(e) || !e->to || vec_find(&with_me, e->to) >= 0)
			continue;
		peer = can_place_ask(&(struct can_place_question){
			.dep = e->to,
			.target = deepest_nesting_target(c->target, e->to->name),
			.parent = c,
			.edge = e,
			.peer_path = &with_me,
			.audit = c->audit,
			.prefer_dedupe = true,
		});
		vec_add(&c->children, peer);
		conflict = conflict || peer->result == PLACE_CONFLICT;
	}
	c->asked_peers = true;
	c->peers = conflict ? PLACE_CONFLICT : state;
	return c->peers;
}

/* The candidate's own peer of that name, in its virtual root. */
static struct node *own_peer(const struct can_place *c, const char *name)
{
	return c->dep->parent ? node_child(c->dep->parent, name) : NULL;
}

/* May a group of peers that the candidate has no replacement for itself stay as it is, with those it does replace? */
static bool can_clobber(struct can_place *c, struct node *entry)
{
	struct vec walk;

	vec_init(&walk, entry->tree->arena);
	vec_add(&walk, entry);
	for (size_t i = 0; i < walk.count; i++) {
		struct node *peer = walk.items[i];

		for (struct map_entry *k = map_first(&peer->edges_out.map); k; k = map_next(&peer->edges_out.map, k)) {
			struct edge *e = k->value;
			struct node *replacement;

			if (!edge_is_peer(e) || !edge_valid(e))
				continue;
			replacement = own_peer(c, e->name);
			if (replacement && !node_satisfies(replacement, e))
				return false;
			if (!replacement && e->to && vec_find(&walk, e->to) < 0)
				vec_add(&walk, e->to);
		}
	}
	return true;
}

/* Could everything in a group of peers go deeper into the tree than the target? */
static bool can_nest(const struct can_place *c, const struct peer_entry *entry)
{
	for (size_t i = 0; i < entry->peers->count; i++) {
		const char *name = VEC_AT(entry->peers, struct node, i)->name;
		struct node *deepest = deepest_nesting_target(entry->edge->from, name);

		if (deepest == c->target || node_is_descendant(c->target, deepest))
			return false;
	}
	return true;
}

/* All groups of peers that what is there belongs to: each can live with the candidate, or go elsewhere. */
static bool groups_can_give_way(struct can_place *c)
{
	struct vec entries;
	bool can = true;

	vec_init(&entries, c->dep->tree->arena);
	peer_entry_sets(c->current, &entries);
	for (size_t i = 0; i < entries.count; i++) {
		const struct peer_entry *entry = entries.items[i];
		struct node *replacement;

		if (entry->edge == c->edge || entry->edge == entry_edge(c))
			continue;
		replacement = own_peer(c, entry->edge->to->name);
		if (replacement && node_can_replace(replacement, entry->edge->to, &c->dep->parent->children))
			continue;
		if (!replacement && can_clobber(c, entry->edge->to))
			continue;
		if (!can_nest(c, entry))
			can = false;
	}
	return can;
}

static bool try_replace(struct can_place *c, const struct vec *path, enum can_place_result *out)
{
	if (!node_can_replace(c->dep, c->current, NULL))
		return false;
	*out = ask_peers(c, PLACE_REPLACE, path);
	return *out != PLACE_CONFLICT;
}

static bool is_newer(const struct can_place *c)
{
	const char *now = node_version(c->current), *new = node_version(c->dep);

	if (!now[0] || !new[0])
		return false;
	if (c->audit && audit_hits(c->audit, c->current) && !audit_hits(c->audit, c->dep))
		return true;
	return semver_compare_text(new, now, 0) >= 0;
}

/* It conflicts with what is there; it may still go here when it can go nowhere deeper. */
static enum can_place_result in_spite_of_current(struct can_place *c, const struct vec *path)
{
	if (c->target != deepest_target(c))
		return PLACE_CONFLICT;
	if (!edge_is_peer(c->edge) && c->target == c->edge->from)
		return ask_peers(c, PLACE_REPLACE, path);
	if (!c->parent && !edge_is_peer(c->edge))
		return PLACE_CONFLICT;
	return groups_can_give_way(c) ? ask_peers(c, PLACE_REPLACE, path) : PLACE_CONFLICT;
}

static enum can_place_result with_current(struct can_place *c, const struct vec *path)
{
	bool newer = is_newer(c), will_do = node_satisfies(c->current, c->edge);
	enum can_place_result result;

	if ((will_do || c->edge_override) && node_matches(c->dep, c->current))
		return c->explicit_request ? PLACE_REPLACE : PLACE_KEEP;
	if (newer && try_replace(c, path, &result))
		return result;
	if (will_do && (!c->explicit_request || c->prefer_dedupe))
		return PLACE_KEEP;
	if (c->prefer_dedupe && !newer && try_replace(c, path, &result))
		return result;
	return in_spite_of_current(c, path);
}

/* Nothing of the name is there: but what is above may be in use below, and would be hidden. */
static enum can_place_result without_current(struct can_place *c, const struct vec *path)
{
	struct node *hidden = c->target != entry_edge(c)->from ? node_resolve(c->target, c->edge->name) : NULL;

	for (size_t i = 0; hidden && i < hidden->edges_in.count; i++) {
		struct edge *e = hidden->edges_in.items[i];

		if (node_is_descendant(e->from, c->target) && edge_valid(e) && !node_satisfies(c->dep, e))
			return PLACE_CONFLICT;
	}
	return ask_peers(c, PLACE_OK, path);
}

static enum can_place_result decide(struct can_place *c, const struct vec *path)
{
	struct edge *wanted = node_edge(c->target, c->edge->name);

	if (c->dep->errors.count)
		return c->current ? PLACE_REPLACE : PLACE_OK;
	if (wanted && edge_is_peer(wanted) && !node_is_top(c->target))
		return PLACE_CONFLICT;
	if (!c->current && wanted && wanted != c->edge && !node_satisfies(c->dep, wanted))
		return PLACE_CONFLICT;
	return c->current ? with_current(c, path) : without_current(c, path);
}

struct can_place *can_place_ask(const struct can_place_question *q)
{
	struct can_place *c = ARENA_NEW(q->dep->tree->arena, struct can_place);

	*c = (struct can_place){
		.dep = q->dep,
		.target = q->target,
		.edge = q->edge,
		.parent = q->parent,
		.current = node_child(q->target, q->edge->name),
		.prefer_dedupe = q->prefer_dedupe || edge_is_peer(q->edge),
		.explicit_request = q->explicit_request,
		.audit = q->audit,
		.edge_override = !node_satisfies(q->dep, q->edge),
	};
	vec_init(&c->children, q->dep->tree->arena);
	c->result = decide(c, q->peer_path);
	if (c->self == PLACE_NONE)
		c->self = c->result;
	return c;
}

struct can_place *can_place_conflict(struct can_place *c)
{
	struct vec all;

	vec_init(&all, c->dep->tree->arena);
	for (size_t i = 0; i < c->children.count; i++)
		vec_add(&all, c->children.items[i]);
	for (size_t i = 0; i < all.count; i++) {
		struct can_place *one = all.items[i];

		if (one->result == PLACE_CONFLICT && one->current)
			return one;
		for (size_t k = 0; k < one->children.count; k++)
			if (vec_find(&all, one->children.items[k]) < 0)
				vec_add(&all, one->children.items[k]);
	}
	return NULL;
}
