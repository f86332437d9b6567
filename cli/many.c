/* SPDX-License-Identifier: MIT */
#include "cli/many.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/filtering.h"
#include "cli/render.h"
#include "cli/render_prefix.h"
#include "resolver/wsgraph.h"
#include "resolver/wsplan.h"
#include "runtime/script.h"

#include <stdlib.h>
#include <string.h>

#define MOST_AT_ONCE 200	/* descriptors, and children that signals can reach */
#define MAX_TOLD ((size_t)1 << 16)

struct many {
	struct cli *cli;
	const struct many_kind *kind;
	struct ws_graph graph;
	struct ws_plan plan;
	int *statuses;			/* by task; 0: fine */
	size_t limit;
	bool lasts_on;			/* a failure stops nothing: --no-bail */
	bool bails;			/* a failure stops everything: --bail */
	bool killed;			/* a signal ended a script */
	struct err *err;		/* what cannot be gone on with */
};

/* A task at work beside others. */
struct turn {
	struct many *many;
	struct ws_task *task;
	void *work;			/* the kind's */
	size_t at, count;		/* which script runs, and how many there are */
	struct prefixed out, err;
};

/* ---- What becomes of a task ---- */

static bool is_last(const struct many *m, const struct ws_task *t)
{
	return t == &m->plan.tasks[m->plan.count - 1];
}

/* npm puts an empty line between what it says of one workspace and of the next. */
static void tell(struct many *m, void *work, const struct ws_task *t, int status, const struct err *failure)
{
	if (m->kind->tell(work, status, failure) && !is_last(m, t) && m->cli->render->level >= LOG_ERROR)
		fputc('\n', m->cli->render->err);
}

/* failure: what is wrong but the script's own status. */
static void end_task(struct many *m, void *work, struct ws_task *t, int status, const struct err *failure)
{
	bool matters = !m->kind->matters || m->kind->matters(work);

	if (failure->code == ERR_OK && !status) {
		ws_plan_end(&m->plan, t, TASK_DONE);
		return;
	}
	m->statuses[t - m->plan.tasks] = failure->code != ERR_OK ? err_status(failure) : status;
	tell(m, work, t, status, failure);
	ws_plan_end(&m->plan, t, matters && !m->lasts_on ? TASK_FAILED : TASK_DONE);
	if (matters && m->bails)
		ws_plan_stop(&m->plan);
}

/* ---- One after the other ---- */

static int run_in_turn(struct many *m, struct err *err)
{
	struct cli *cli = m->cli;
	struct ws_task *t;

	while ((t = ws_plan_next(&m->plan))) {
		void *work = m->kind->begin(m->kind->ctx, t->package, err);
		struct err failure = ERR_INIT;

		if (!work)
			return -1;
		cli->status = 0;
		(void)!m->kind->run(work, &failure);
		end_task(m, work, t, cli->status, &failure);
	}
	return 0;
}

/* ---- Several at once ---- */

static void take_output(void *ctx, int fd, const char *bytes, size_t n)
{
	struct turn *turn = ctx;

	prefixed_add(fd == 1 ? &turn->out : &turn->err, bytes, n);
}

static const char *paint(const struct many *m, const struct ws_task *t, const char *event, FILE *to)
{
	static const char *const colors[] = {"36", "35", "34", "33", "32", "96", "95", "94", "93", "92"};
	const char *color = colors[(size_t)(t - m->plan.tasks) % ARRAY_LEN(colors)];
	const char *name = render_clean(m->cli->arena, t->package->name);

	if (render_wants_color(m->cli->config, to))
		name = arena_printf(m->cli->arena, "\033[%sm%s\033[0m", color, name);
	return m->kind->named ? arena_printf(m->cli->arena, "%s %s: ", name, event) : arena_printf(m->cli->arena, "%s: ", name);
}

/* The next of a turn's scripts; NULL when there is none (any more), or it could not be started. */
static struct proc *turn_step(struct turn *turn, struct err *failure)
{
	struct many *m = turn->many;
	struct script script;
	struct proc *p;

	if (turn->at >= turn->count || m->kind->script(turn->work, turn->at, &script, failure))
		return NULL;
	script.stdio = SCRIPT_STREAM;
	script.sink = take_output;
	script.sink_ctx = turn;
	p = script_start(m->cli->arena, &script, failure);
	if (!p)
		return NULL;
	prefixed_init(&turn->out, m->cli->render, m->cli->render->out, paint(m, turn->task, script.event, m->cli->render->out));
	prefixed_init(&turn->err, m->cli->render, m->cli->render->err, paint(m, turn->task, script.event, m->cli->render->err));
	return p;
}

/* NULL when the task is over already, or nothing can go on (m->err). */
static struct proc *turn_begin(struct many *m, struct turn *turn, struct ws_task *t)
{
	struct err failure = ERR_INIT;
	struct proc *p = NULL;
	int count;

	*turn = (struct turn){.many = m, .task = t, .work = m->kind->begin(m->kind->ctx, t->package, m->err)};
	if (!turn->work) {
		t->state = TASK_LEFT;
		return NULL;
	}
	count = m->kind->prepare(turn->work, &failure);
	turn->count = count > 0 ? (size_t)count : 0;
	if (count > 0)
		p = turn_step(turn, &failure);
	if (!p)
		end_task(m, turn->work, t, 0, &failure);
	return p;
}

/* After one of its scripts: the next, or NULL. */
static struct proc *turn_continue(struct turn *turn, const struct proc_result *r)
{
	struct many *m = turn->many;
	struct err failure = ERR_INIT;
	struct proc *p = NULL;

	prefixed_end(&turn->out);
	prefixed_end(&turn->err);
	m->killed = m->killed || r->signal;
	turn->at++;
	if (!r->code && !proc_signalled())
		p = turn_step(turn, &failure);
	if (!p)
		end_task(m, turn->work, turn->task, r->code, &failure);
	return p;
}

static size_t fill(struct many *m, struct turn *turns, struct proc **procs)
{
	size_t running = 0;

	for (size_t i = 0; i < m->limit; i++) {
		while (!procs[i] && m->err->code == ERR_OK) {
			struct ws_task *t = ws_plan_next(&m->plan);

			if (!t)
				break;
			procs[i] = turn_begin(m, &turns[i], t);
		}
		running += procs[i] != NULL;
	}
	return running;
}

/* Everything that was started is waited for, whatever happens. */
static int run_at_once(struct many *m)
{
	struct turn *turns = ARENA_ARRAY(m->cli->arena, struct turn, m->limit);
	struct proc **procs = ARENA_ARRAY(m->cli->arena, struct proc *, m->limit);

	report_pause(m->cli->reporter);
	while (fill(m, turns, procs)) {
		struct proc_result r;
		size_t i = proc_wait(procs, m->limit, &r);

		if (proc_signalled() || m->err->code != ERR_OK)
			ws_plan_stop(&m->plan);
		procs[i] = turn_continue(&turns[i], &r);
	}
	fflush(NULL);
	if (proc_signalled() && (m->killed || ws_plan_count(&m->plan, TASK_LEFT)))
		proc_raise(proc_signalled());
	return m->err->code == ERR_OK ? 0 : -1;
}

/* ---- Before and after ---- */

static void warn_circles(struct many *m)
{
	struct buf b = BUF_INIT(MAX_TOLD);

	for (size_t i = 0; i < m->plan.circles.count; i++)
		buf_printf(&b, "\n  %s", VEC_AT(&m->plan.circles, char, i));
	if (b.len)
		report_warn(m->cli->reporter, "workspaces",
			    "These depend on each other in a circle; the last of each goes before what it depends on:%s", buf_text(&b));
	buf_release(&b);
}

static void tell_task(struct many *m, const struct ws_task *t)
{
	struct reporter *r = m->cli->reporter;
	const char *name = t->package->name;
	int status = m->statuses[t - m->plan.tasks];

	if (t->state == TASK_SKIPPED)
		report_error(r, "run", "  skipped %s: it needs %s", name, t->because->package->name);
	else if (t->state == TASK_LEFT)
		report_error(r, "run", "  not begun %s", name);
	else if (status)
		report_error(r, "run", "  failed %s: status %d", name, status);
}

/* Needed where not all was begun, and where what failed is far above. */
static void summarize(struct many *m)
{
	size_t skipped = ws_plan_count(&m->plan, TASK_SKIPPED) + ws_plan_count(&m->plan, TASK_LEFT), failed = 0;

	for (size_t i = 0; i < m->plan.count; i++)
		failed += m->statuses[i] != 0;
	if (!skipped && (m->limit == 1 || !failed))
		return;
	report_error(m->cli->reporter, "run", "%s failed in %zu of %zu workspaces%s:", m->kind->what, failed, m->plan.count,
		     skipped ? arena_printf(m->cli->arena, ", and was not run in %zu", skipped) : "");
	for (size_t i = 0; i < m->plan.count; i++)
		tell_task(m, &m->plan.tasks[i]);
}

/* Where no workspace depends on another nothing says what may run together: npm's way is kept, unless it is asked for. */
static size_t at_once(const struct many *m)
{
	const struct config *c = m->cli->config;
	bool asked = json_is(config_get(c, "workspace-concurrency"), JSON_NUMBER);
	double n = config_number(c, "workspace-concurrency", 0);

	if (config_bool(c, "sequential") || m->kind->alone)
		return 1;
	if (config_bool(c, "parallel"))
		return MOST_AT_ONCE;
	if (!asked && !m->graph.linked && !m->cli->chosen)
		return 1;
	n = n > 0 ? n : proc_cpus() + n;
	return n >= MOST_AT_ONCE ? MOST_AT_ONCE : n >= 2 ? (size_t)n : 1;
}

/* The script that runs all workspaces' scripts of its name is not one of them. */
static bool is_ourselves(const struct many *m, const struct ws_package *p)
{
	const char *event = getenv("npm_lifecycle_event"), *file = getenv("npm_package_json");

	return m->cli->chosen && !*p->dir && event && streq(event, m->kind->event) &&
	       streq(file, path_join(m->cli->arena, p->path, "package.json"));
}

static void plan(struct many *m, const struct map *paths)
{
	const struct config *c = m->cli->config;
	const struct json *bail = config_get(c, "bail");
	struct ws_graph *g = &m->graph;
	bool *chosen = ARENA_ARRAY(m->cli->arena, bool, g->count);

	for (size_t i = 0; i < g->count; i++)
		chosen[i] = streq(map_find(paths, g->packages[i].name), g->packages[i].path) && !is_ourselves(m, &g->packages[i]);
	ws_plan_init(&m->plan, m->cli->arena, g, chosen, !config_bool(c, "sequential") && !config_bool(c, "parallel"));
	m->statuses = ARENA_ARRAY(m->cli->arena, int, m->plan.count + 1);
	m->limit = at_once(m);
	if (m->limit > m->plan.count)
		m->limit = m->plan.count;
	m->bails = json_is(bail, JSON_BOOL) ? bail->boolean : m->kind->bails;
	m->lasts_on = config_bool(c, "sequential") ? !m->bails : config_is_false(c, "bail");
}

/* One workspace alone needs no graph. */
static int load(struct many *m, const struct map *paths, struct err *err)
{
	struct map_entry *only = map_first(paths);

	if (paths->count > 1)
		return cli_workspace_graph(m->cli, &m->graph, err);
	ws_graph_init(&m->graph, m->cli->arena, m->cli->config->local_prefix);
	ws_graph_add(&m->graph, only->key, only->value, NULL);
	return 0;
}

int many_run(struct cli *cli, const struct map *paths, const struct many_kind *kind, struct err *err)
{
	struct many m = {.cli = cli, .kind = kind, .err = err};

	if (load(&m, paths, err))
		return -1;
	plan(&m, paths);
	warn_circles(&m);
	if (m.limit <= 1 ? run_in_turn(&m, err) : run_at_once(&m))
		return -1;
	summarize(&m);
	cli->status = 0;
	for (size_t i = 0; i < m.plan.count; i++)
		cli->status = m.statuses[i] ? m.statuses[i] : cli->status;
	return 0;
}
