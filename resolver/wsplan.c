/* SPDX-License-Identifier: MIT */
#include "resolver/wsplan.h"

#include "base/arena.h"
#include "base/buf.h"
#include "resolver/wsgraph.h"

#include <string.h>

#define MAX_CIRCLE ((size_t)1 << 16)

struct making {
	struct ws_plan *plan;
	const struct ws_graph *graph;
	struct ws_task **of;		/* for each package of the graph; NULL: not chosen */
	size_t *seen;			/* for each package: the last task, from 1, that came by */
	size_t *todo;
};

/* The chosen packages that one leads to, past those that are not chosen, in the order of its manifest. */
static void find_needs(struct making *m, size_t at)
{
	const struct ws_graph *g = m->graph;
	struct ws_task *t = &m->plan->tasks[at];
	struct vec needs;
	size_t n = 0;

	vec_init(&needs, m->plan->arena);
	m->todo[n++] = (size_t)(t->package - g->packages);
	m->seen[m->todo[0]] = at + 1;
	while (n) {
		const struct ws_package *p = &g->packages[m->todo[--n]];

		for (size_t i = 0; i < p->n_edges; i++) {
			size_t to = p->edges[i].to;

			if (m->seen[to] == at + 1)
				continue;
			m->seen[to] = at + 1;
			if (m->of[to])
				vec_add(&needs, m->of[to]);
			else
				m->todo[n++] = to;
		}
	}
	t->needs = (struct ws_task **)needs.items;
	t->n_needs = needs.count;
}

/* ---- Circles ---- */

/* One task on the way down, and which of its needs is looked at. */
struct step {
	struct ws_task *task;
	size_t next;
};

static void note_circle(struct ws_plan *p, const struct step *way, size_t from, size_t to)
{
	struct buf b = BUF_INIT(MAX_CIRCLE);

	for (size_t i = from; i <= to; i++)
		buf_printf(&b, "%s -> ", way[i].task->package->name);
	buf_adds(&b, way[from].task->package->name);
	vec_add(&p->circles, (void *)buf_dup(p->arena, &b));
	buf_release(&b);
}

static void drop_need(struct ws_task *t, size_t at)
{
	memmove(t->needs + at, t->needs + at + 1, (t->n_needs - at - 1) * sizeof(*t->needs));
	t->n_needs--;
}

static size_t place_on(const struct step *way, size_t depth, const struct ws_task *t)
{
	size_t i = 0;

	while (i < depth && way[i].task != t)
		i++;
	return i;
}

/* Walks down from one task; its needs that are on the way already close a circle. state: 0 new, 1 on the way, 2 done. */
static void break_from(struct ws_plan *p, struct ws_task *first, char *state, struct step *way)
{
	size_t depth = 0;

	way[depth++] = (struct step){first, 0};
	state[first - p->tasks] = 1;
	while (depth) {
		struct step *s = &way[depth - 1];
		struct ws_task *need = s->next < s->task->n_needs ? s->task->needs[s->next] : NULL;

		if (!need) {
			state[s->task - p->tasks] = 2;
			depth--;
		} else if (state[need - p->tasks] == 1) {
			note_circle(p, way, place_on(way, depth, need), depth - 1);
			drop_need(s->task, s->next);
		} else {
			s->next++;
			if (state[need - p->tasks] == 2)
				continue;
			state[need - p->tasks] = 1;
			way[depth++] = (struct step){need, 0};
		}
	}
}

static void break_circles(struct ws_plan *p)
{
	char *state = ARENA_ARRAY(p->arena, char, p->count + 1);
	struct step *way = ARENA_ARRAY(p->arena, struct step, p->count + 1);

	for (size_t i = 0; i < p->count; i++) {
		if (!state[i])
			break_from(p, &p->tasks[i], state, way);
	}
}

void ws_plan_init(struct ws_plan *p, struct arena *a, const struct ws_graph *g, const bool *chosen, bool sorted)
{
	struct making m = {.plan = p, .graph = g};

	*p = (struct ws_plan){.arena = a, .tasks = ARENA_ARRAY(a, struct ws_task, g->count + 1)};
	vec_init(&p->circles, a);
	m.of = ARENA_ARRAY(a, struct ws_task *, g->count + 1);
	m.seen = ARENA_ARRAY(a, size_t, g->count + 1);
	m.todo = ARENA_ARRAY(a, size_t, g->count + 1);
	for (size_t i = 0; i < g->count; i++) {
		if (!chosen[i])
			continue;
		m.of[i] = &p->tasks[p->count++];
		m.of[i]->package = &g->packages[i];
	}
	for (size_t i = 0; sorted && i < p->count; i++)
		find_needs(&m, i);
	break_circles(p);
}

/* ---- Working ---- */

static bool can_begin(const struct ws_task *t)
{
	for (size_t i = 0; i < t->n_needs; i++) {
		if (t->needs[i]->state != TASK_DONE)
			return false;
	}
	return t->state == TASK_WAITING;
}

struct ws_task *ws_plan_next(struct ws_plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		if (!can_begin(&p->tasks[i]))
			continue;
		p->tasks[i].state = TASK_RUNNING;
		return &p->tasks[i];
	}
	return NULL;
}

static bool skip_one(struct ws_task *t)
{
	for (size_t i = 0; t->state == TASK_WAITING && i < t->n_needs; i++) {
		const struct ws_task *need = t->needs[i];

		if (need->state != TASK_FAILED && need->state != TASK_SKIPPED)
			continue;
		t->state = TASK_SKIPPED;
		t->because = need->state == TASK_FAILED ? need : need->because;
		return true;
	}
	return false;
}

void ws_plan_end(struct ws_plan *p, struct ws_task *t, enum task_state state)
{
	bool more = state == TASK_FAILED;

	t->state = state;
	while (more) {
		more = false;
		for (size_t i = 0; i < p->count; i++)
			more = skip_one(&p->tasks[i]) || more;
	}
}

void ws_plan_stop(struct ws_plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		if (p->tasks[i].state == TASK_WAITING)
			p->tasks[i].state = TASK_LEFT;
	}
}

size_t ws_plan_count(const struct ws_plan *p, enum task_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += p->tasks[i].state == state;
	return n;
}
