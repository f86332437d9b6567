/* SPDX-License-Identifier: MIT
 *
 * The queue of nodes whose dependencies have to be looked at, shallow ones first, and what is done for each.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "resolver/canplace.h"
#include "resolver/collate.h"
#include "resolver/dep_valid.h"
#include "resolver/ideal_int.h"
#include "resolver/manifest.h"
#include "resolver/place.h"
#include "resolver/spec.h"
#include "resolver/tree_int.h"

#include <string.h>

/* ---- the queue ---- */

void ideal_queue(struct ideal *id, struct node *n)
{
	if (n->queued)
		return;
	n->queued = true;
	vec_add(&id->queue, n);
}

static int by_depth_and_path(const struct node *a, const struct node *b)
{
	int x = node_depth(a), y = node_depth(b);

	if (x != y)
		return x - y;
	return collate_compare(a->path ? a->path : "", b->path ? b->path : "");
}

static int by_place(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return by_depth_and_path(a, b);
}

static void drop_taken(struct ideal *id)
{
	struct vec *q = &id->queue;

	if (id->taken)
		memmove(q->items, q->items + id->taken, (q->count - id->taken) * sizeof(*q->items));
	q->count -= id->taken;
	id->sorted -= id->taken;
	id->taken = 0;
}

/* Nodes that were moved or taken out are not where they belong any more. */
static void sort_all(struct ideal *id)
{
	drop_taken(id);
	vec_sort(&id->queue, by_place, NULL);
	id->sorted = id->queue.count;
	id->tree->queue_moved = false;
}

/* What came last goes where it belongs; behind what is equal, as a stable sort would have it. */
static void sort_queue(struct ideal *id)
{
	struct vec *q = &id->queue;

	if (id->sorted < q->count && id->tree->queue_moved)
		sort_all(id);
	for (; id->sorted < q->count; id->sorted++) {
		struct node *n = q->items[id->sorted];
		size_t low = id->taken, high = id->sorted;

		while (low < high) {
			size_t mid = low + (high - low) / 2;

			if (by_depth_and_path(q->items[mid], n) <= 0)
				low = mid + 1;
			else
				high = mid;
		}
		vec_remove_at(q, id->sorted);
		vec_insert(q, low, n);
	}
}

static struct node *next_node(struct ideal *id)
{
	struct node *n;

	if (id->taken == id->queue.count)
		return NULL;
	sort_queue(id);
	n = id->queue.items[id->taken++];
	if (id->taken * 2 > id->queue.count)
		drop_taken(id);
	n->queued = false;
	return n;
}

/* ---- problem edges ---- */

static bool is_explicit(const struct ideal *id, const struct edge *e)
{
	return vec_find(&id->explicit_edges, e) >= 0;
}

static bool is_problem(struct ideal *id, struct edge *e)
{
	if (e->to && ideal_note(id, e->to)->failed)
		return false;
	if (!e->to)
		return e->type != EDGE_PEER_OPTIONAL || is_explicit(id, e);
	if (!edge_valid(e))
		return e->type != EDGE_PEER_OPTIONAL || !id->options.no_save || id->requested;
	if (node_is_workspace(e->to))
		return false;
	return ideal_is_update_name(e->name, id) || is_explicit(id, e) || ideal_is_vulnerable(id, e->to);
}

void ideal_problem_edges(struct ideal *id, struct node *n, struct vec *out)
{
	bool own = node_is_project_root(n) || node_is_workspace(n);

	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		struct edge *e = i->value;

		/* What is bundled is taken as it comes. */
		if ((own || !edge_is_bundled(e)) && is_problem(id, e))
			vec_add(out, e);
	}
}

/* ---- one node ---- */

struct task {
	struct edge *edge;
	struct node *dep;
};

/* Something in the tree below root that will do, nearest first. */
static struct node *find_hoistable(struct node *root, struct edge *e)
{
	struct vec *queue = tree_scratch(root->tree);
	struct node *found = NULL;

	vec_add(queue, root);
	for (size_t i = 0; i < queue->count && !found; i++) {
		struct node *n = queue->items[i];

		if (n != root && streq(n->name, e->name) && !node_in_dep_bundle(n) && node_satisfies(n, e))
			found = n;
		for (struct map_entry *k = map_first(&n->children.map); k; k = map_next(&n->children.map, k))
			vec_add(queue, k->value);
	}
	tree_scratch_done(root->tree, queue);
	return found;
}

static struct node *candidate(struct ideal *id, struct node *n, struct edge *e, struct err *err)
{
	struct node *peer_source = ideal_note(id, n)->peer_source, *dep = NULL, *vr;
	struct edge *there;

	/* Peers are worked out in the company of what brought their dependent in; all else on its own. */
	vr = ideal_virtual_root(id, edge_is_peer(e) && peer_source ? peer_source : n, true);
	there = node_edge(vr, e->name);
	if (there && edge_valid(there) && there->to && node_satisfies(there->to, e))
		dep = there->to;
	if (!dep && e->type == EDGE_PEER_OPTIONAL && !ideal_is_update_name(e->name, id) && !is_explicit(id, e) &&
	    !ideal_is_vulnerable(id, e->to)) {
		struct node *above = node_resolve_parent(e->from);

		dep = find_hoistable(above ? above : e->from, e);
	}
	return dep ? dep : ideal_candidate(id, e, edge_is_peer(e) ? vr : NULL, err);
}

static void hint_edges(struct ideal *id, const struct vec *edges)
{
	for (size_t i = 0; i < edges->count; i++) {
		struct edge *e = edges->items[i];
		const char *from = edge_where(e->from, e);
		const struct spec *spec = tree_spec(id->tree, &(struct dep){.name = e->name, .spec = edge_spec(e)},
			from ? from : "/", &id->ignored);

		if (spec)
			ideal_hint(id, ideal_locked_spec(id, spec, e->from), e->from, edge_is_optional(e));
	}
}

void ideal_hint_queued(struct ideal *id)
{
	for (size_t i = id->taken; i < id->queue.count; i++) {
		struct vec edges;

		vec_init(&edges, id->arena);
		ideal_problem_edges(id, id->queue.items[i], &edges);
		hint_edges(id, &edges);
	}
}

static int by_edge_name(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return collate_compare(((const struct task *)a)->edge->name, ((const struct task *)b)->edge->name);
}

/*
 * Two packages can replace each other for ever, each with peers that the other breaks: npm then never ends. Here, after
 * more rounds than any sound tree takes, broken peers in such a place are left as they are, and if that does
 * not help it is an error.
 */
enum { MANY_VISITS = 100, TOO_MANY_VISITS = 400 };

struct ideal_visits {
	unsigned count;
};

static struct ideal_visits *visits_of(struct ideal *id, const struct node *n)
{
	struct ideal_visits *v = map_find(&id->visits, n->location);

	if (!v) {
		v = ARENA_NEW(id->arena, struct ideal_visits);
		map_put(&id->visits, n->location, v);
	}
	return v;
}

/* Nothing is going to change any more by looking at it again. */
static bool goes_in_circles(struct ideal *id, struct edge *e)
{
	if (!edge_is_peer(e) || visits_of(id, e->from)->count <= MANY_VISITS)
		return false;
	e->peer_conflicted = true;
	return true;
}

static void queue_dependents(struct ideal *id, const struct placing *p)
{
	bool replaced = p->can->self == PLACE_REPLACE;

	for (size_t i = 0; i < p->placed->edges_in.count; i++) {
		struct edge *e = p->placed->edges_in.items[i];
		struct ideal_note *note;

		if (e == p->edge || e->peer_conflicted || edge_valid(e) || goes_in_circles(id, e))
			continue;
		note = ideal_note(id, e->from);
		/* One that was done already is looked at again, but not when the lockfile is only followed. */
		if (note->seen && !replaced && id->options.no_save && !id->requested)
			continue;
		note->seen = false;
		ideal_queue(id, e->from);
	}
}

static void tell_placed(struct ideal *id, const struct node *n)
{
	struct ideal_event e = {.kind = IDEAL_PLACED, .text = n->location};

	if (id->options.event && n->location)
		id->options.event(&e, id->options.event_ctx);
}

/* After something was placed: who is affected, and what it needs itself. */
static void visit(struct ideal *id, struct placing *p)
{
	if (p->placed) {
		struct vec edges;

		if (p->placed->errors.count && !ideal_note(id, p->placed)->failed) {
			ideal_note(id, p->placed)->failed = true;
			vec_add(&id->failures, p->placed);
		}
		id->mutated = true;
		queue_dependents(id, p);
		ideal_queue(id, p->placed);
		for (size_t i = 0; i < p->evaluate.count; i++) {
			ideal_note(id, p->evaluate.items[i])->seen = false;
			ideal_queue(id, p->evaluate.items[i]);
		}
		vec_init(&edges, id->arena);
		ideal_problem_edges(id, p->placed, &edges);
		hint_edges(id, &edges);
		tell_placed(id, p->placed);
	}
	for (size_t i = 0; i < p->children.count; i++)
		visit(id, p->children.items[i]);
}

static int collect_tasks(struct ideal *id, struct node *n, struct vec *tasks, struct err *err)
{
	struct vec edges;

	vec_init(&edges, id->arena);
	ideal_problem_edges(id, n, &edges);
	hint_edges(id, &edges);
	for (size_t i = 0; i < edges.count; i++) {
		struct edge *e = edges.items[i];
		struct task *t;

		if (e->peer_conflicted)
			continue;
		t = ARENA_NEW(id->arena, struct task);
		*t = (struct task){e, candidate(id, n, e, err)};
		if (!t->dep)
			return -1;
		vec_add(tasks, t);
	}
	vec_sort(tasks, by_edge_name, NULL);
	return 0;
}

static int place_tasks(struct ideal *id, const struct vec *tasks, struct err *err)
{
	struct place_rules *rules = ARENA_NEW(id->arena, struct place_rules);

	*rules = (struct place_rules){
		.options = &id->options,
		.is_update_name = ideal_is_update_name,
		.ctx = id,
		.explanation = &id->explanation,
	};
	for (size_t i = 0; i < tasks->count; i++) {
		const struct task *t = tasks->items[i];
		struct placing *p = place_dep(rules, t->edge, t->dep, is_explicit(id, t->edge), err);

		if (!p)
			return -1;
		visit(id, p);
	}
	return 0;
}

static bool has_unknown_bundle(const struct ideal *id, const struct node *n)
{
	return id->options.complete && n != id->tree->root && node_resolved(n) && n->manifest->bundle_dependencies.count &&
	       !n->inert;
}

static int build_node(struct ideal *id, struct node *n, struct err *err)
{
	struct ideal_note *note = ideal_note(id, n);
	struct vec tasks;

	if (note->seen || n->root != id->tree->root)
		return 0;
	note->seen = true;
	if (++visits_of(id, n)->count > TOO_MANY_VISITS)
		return err_set(err, ERR_ERESOLVE, "the dependencies of '%s' cannot be settled: they keep replacing each other",
			node_id(n));
	if (has_unknown_bundle(id, n))
		ideal_load_bundle(id, n);
	vec_init(&tasks, id->arena);
	if (collect_tasks(id, n, &tasks, err) < 0 || place_tasks(id, &tasks, err) < 0)
		return -1;
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		struct node *to = ((struct edge *)i->value)->to;

		if (to && to->is_link && to->target && vec_find(&id->link_nodes, to) < 0)
			vec_add(&id->link_nodes, to);
	}
	return 0;
}

/* Targets of links that lie in the project have dependencies too. */
static void queue_link_targets(struct ideal *id)
{
	for (size_t i = 0; i < id->link_nodes.count; i++) {
		struct node *link = id->link_nodes.items[i];

		if (link->root != id->tree->root || !link->target || !node_is_descendant(link->target, id->project))
			continue;
		if ((!link->target->parent && !link->target->fs_parent) || ideal_note(id, link->target)->seen)
			continue;
		if (link->overrides)
			node_overrides_in_added(link->target, link->overrides);
		ideal_queue(id, link->target);
	}
	vec_clear(&id->link_nodes);
}

int ideal_build(struct ideal *id, struct err *err)
{
	struct node *n;

	for (;;) {
		while ((n = next_node(id)))
			if (build_node(id, n, err) < 0)
				return -1;
		queue_link_targets(id);
		if (id->taken == id->queue.count)
			return 0;
	}
}
