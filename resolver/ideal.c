/* SPDX-License-Identifier: MIT
 *
 * The ideal tree as a pump: see ideal.h. What is done, in order, is in `run`.
 */
#include "resolver/ideal.h"

#include "base/arena.h"
#include "base/fiber.h"
#include "base/isodate.h"
#include "base/str.h"
#include "resolver/ideal_int.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/overrides.h"
#include "resolver/pick.h"

/* Everyone who wants something that is missing or wrong goes into the queue first. */
static void queue_broken(struct ideal *id)
{
	struct vec *todo = tree_scratch(id->tree);
	uint64_t mark = ++id->tree->mark;

	vec_add(todo, id->tree->root);
	id->tree->root->mark = mark;
	for (size_t at = 0; at < todo->count; at++) {
		struct node *n = todo->items[at];
		bool broken = false;

		for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
			struct edge *e = i->value;
			bool skip = e->type == EDGE_PEER_OPTIONAL && id->options.no_save && !id->requested;

			broken = broken || (!skip && (!e->to || !edge_valid(e)));
			if (e->to && e->to->mark != mark) {
				e->to->mark = mark;
				vec_add(todo, e->to);
			}
		}
		if (broken)
			ideal_queue(id, n);
	}
	tree_scratch_done(id->tree, todo);
}

/* A direct dependency may not be overridden with another spec than package.json gives it itself. */
static int check_overrides(struct ideal *id, struct err *err)
{
	struct node *n = id->project;

	if (!n->overrides)
		return 0;
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		const struct edge *e = i->value;

		if (!streq(edge_spec(e), e->raw_spec) && e->overrides && e->overrides->value && e->overrides->value[0] != '$')
			return err_set(err, ERR_EOVERRIDE, "Override for %s@%s conflicts with direct dependency", e->name,
				e->raw_spec);
	}
	return 0;
}

static int resolve(struct ideal *id, struct err *err)
{
	queue_broken(id);
	if (ideal_load_extensions(id, err) < 0 || ideal_inflate(id, err) < 0 || ideal_request(id, err) < 0 || check_overrides(id, err) < 0)
		return -1;
	ideal_queue(id, id->project);
	ideal_hint_queued(id);
	return ideal_build(id, err) < 0 ? -1 : ideal_finish(id, err);
}

static void run(void *ctx)
{
	struct ideal *id = ctx;

	if (resolve(id, &id->err) == 0 && id->tree->failure)
		id->err = *id->tree->failure;
}

struct ideal *ideal_open(struct tree *t, const struct ideal_options *options)
{
	struct ideal *id = ARENA_NEW(t->arena, struct ideal);

	id->tree = t;
	id->arena = t->arena;
	id->options = *options;
	id->project = node_target(t->root);
	id->platform = platform_make(options->os, options->cpu, options->libc);
	id->host = platform_make(options->host_os, options->host_cpu, options->host_libc);
	id->before = options->before ? isodate_parse(str_from(options->before)) : PICK_ANY_TIME;
	if (id->before == ISODATE_NONE)
		id->before = PICK_ANY_TIME;
	id->requested = options->add || options->rm_count || options->update_all || options->update_count;
	id->mutated = id->requested;
	map_init(&id->asks, id->arena);
	map_init(&id->found, id->arena);
	map_init(&id->visits, id->arena);
	map_init(&id->engines, id->arena);
	vec_init(&id->unsaid, id->arena);
	vec_init(&id->said, id->arena);
	vec_init(&id->fed, id->arena);
	vec_init(&id->queue, id->arena);
	vec_init(&id->link_nodes, id->arena);
	vec_init(&id->failures, id->arena);
	vec_init(&id->explicit_edges, id->arena);
	vec_init(&id->added, id->arena);
	id->fiber = fiber_make(run, id);
	return id;
}

enum ideal_state ideal_step(struct ideal *id, struct ideal_needs *needs, struct err *err)
{
	*needs = (struct ideal_needs){0};
	ideal_follow_hints(id);
	if (!id->waiting || id->waiting->answered)
		fiber_resume(id->fiber);
	id->over = fiber_done(id->fiber);
	if (id->over && id->err.code != ERR_OK) {
		*err = id->err;
		return IDEAL_ERROR;
	}
	if (id->over)
		return IDEAL_DONE;
	/* What it stands still for goes first. */
	id->waiting->need.required = true;
	vec_clear(&id->said);
	for (size_t i = 0; i < id->unsaid.count; i++)
		if (id->unsaid.items[i] == &id->waiting->need)
			vec_add(&id->said, id->unsaid.items[i]);
	for (size_t i = 0; i < id->unsaid.count; i++)
		if (id->unsaid.items[i] != &id->waiting->need)
			vec_add(&id->said, id->unsaid.items[i]);
	*needs = (struct ideal_needs){(struct ideal_need **)id->said.items, id->said.count};
	vec_clear(&id->unsaid);
	return IDEAL_NEEDS;
}

void ideal_feed(struct ideal *id, struct ideal_need *need, const struct ideal_answer *answer)
{
	struct ideal_ask *a = (struct ideal_ask *)need;

	a->packument = answer->packument;
	a->manifest = answer->manifest;
	a->resolved = answer->resolved;
	a->integrity = answer->integrity;
	a->realpath = answer->realpath;
	a->err = answer->err.code == ERR_OK ? NULL : ideal_keep_err(id, &answer->err);
	a->answered = true;
	if (answer->packument && a->wanted.count)
		vec_add(&id->fed, a);
}

const struct json *ideal_explanation(const struct ideal *id)
{
	return id->explanation;
}

const struct vec *ideal_added(const struct ideal *id)
{
	return &id->added;
}

void ideal_close(struct ideal *id)
{
	fiber_free(id->fiber);
	id->fiber = NULL;
	/* Notes are ours: whoever works on the tree next may use the place. */
	for (struct map_entry *i = inventory_first(id->tree->root); i; i = inventory_next(id->tree->root, i))
		((struct node *)i->value)->extra = NULL;
}
