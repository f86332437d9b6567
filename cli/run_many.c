/* SPDX-License-Identifier: MIT
 *
 * run in workspaces: a script, with what is around it, in each.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/many.h"
#include "cli/runtimes.h"
#include "cli/subject.h"
#include "resolver/wsgraph.h"

/* One workspace's. */
struct script_work {
	struct subject subject;
	struct events events;
	char **argv;
};

struct script_ctx {
	struct cli *cli;
	char **argv;		/* the event and its arguments */
};

static void *begin(void *ctx, const struct ws_package *p, struct err *err)
{
	struct script_ctx *c = ctx;
	struct script_work *w = ARENA_NEW(c->cli->arena, struct script_work);

	w->subject = (struct subject){.cli = c->cli, .workspace = p->name, .dir = p->path};
	w->argv = c->argv;
	return subject_load(&w->subject, err) ? NULL : w;
}

static int run(void *work, struct err *err)
{
	struct script_work *w = work;

	return subject_run(&w->subject, w->argv, err);
}

static int prepare(void *work, struct err *err)
{
	struct script_work *w = work;

	return subject_events(&w->subject, w->argv, &w->events, err) ? -1 : (int)w->events.count;
}

static int script(void *work, size_t at, struct script *out, struct err *err)
{
	struct script_work *w = work;

	return subject_script(&w->subject, &w->events, at, out, err);
}

static bool tell(void *work, int status, const struct err *err)
{
	struct script_work *w = work;

	subject_tell_failure(&w->subject, w->argv[0], status, err);
	return true;
}

/* A script that is missing stops nobody: nothing ran that could fail. */
static bool matters(void *work)
{
	struct script_work *w = work;

	return json_find(w->subject.scripts, w->argv[0]) != NULL;
}

int run_many(struct cli *cli, char **argv, struct err *err)
{
	struct map *paths = cli_workspace_paths(cli, config_bool(cli->config, "include-workspace-root"), err);
	struct script_ctx ctx = {cli, argv};
	struct many_kind kind = {
		.what = arena_printf(cli->arena, "`%s`", argv[0]),
		.event = argv[0],
		.named = true,
		.begin = begin,
		.run = run,
		.prepare = prepare,
		.script = script,
		.tell = tell,
		.matters = matters,
		.ctx = &ctx,
	};

	if (!paths || cli_runtimes_ready(cli, paths, err))
		return -1;
	return many_run(cli, paths, &kind, err);
}
