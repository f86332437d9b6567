/* SPDX-License-Identifier: MIT
 *
 * In which order workspaces are worked on: each after those it depends on, also by way of workspaces that are not
 * chosen; where nothing says otherwise in npm's order. Who works says what becomes of each; the plan says who is next.
 *
 *	ws_plan_init(&p, &arena, &graph, chosen, true);
 *	while ((task = ws_plan_next(&p)))		NULL: none can begin now
 *		start(task->package);
 *	ws_plan_end(&p, task, TASK_DONE);		later; then others can begin
 *
 * Workspaces that depend on each other in a circle are taken in npm's order: the edge that closes a circle is dropped.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct ws_graph;
struct ws_package;

enum task_state {
	TASK_WAITING,
	TASK_RUNNING,
	TASK_DONE,
	TASK_FAILED,
	TASK_SKIPPED,	/* something it needs failed */
	TASK_LEFT,	/* not begun when everything was stopped */
};

struct ws_task {
	const struct ws_package *package;
	enum task_state state;
	struct ws_task **needs;		/* tasks of the plan */
	size_t n_needs;
	const struct ws_task *because;	/* TASK_SKIPPED: the one that failed */
};

struct ws_plan {
	struct arena *arena;
	struct ws_task *tasks;		/* in npm's order */
	size_t count;
	struct vec circles;		/* const char *: "a -> b -> a" */
};

/* chosen: for each package of the graph. sorted false: no task needs another. */
void ws_plan_init(struct ws_plan *p, struct arena *a, const struct ws_graph *g, const bool *chosen, bool sorted);
/* The first that waits and whose needs are done; it runs from now on. */
struct ws_task *ws_plan_next(struct ws_plan *p);
/* How a task ended. TASK_FAILED skips all that need it. */
void ws_plan_end(struct ws_plan *p, struct ws_task *t, enum task_state state);
/* What has not begun is left. */
void ws_plan_stop(struct ws_plan *p);
size_t ws_plan_count(const struct ws_plan *p, enum task_state state);
