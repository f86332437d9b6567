/* SPDX-License-Identifier: MIT
 *
 * run, and test, start, stop, restart: scripts of the project or of its workspaces.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/dispatch.h"
#include "cli/render.h"
#include "cli/runs.h"
#include "cli/runtimes.h"
#include "cli/scripts.h"
#include "install/project.h"
#include "resolver/manifest.h"
#include "runtime/script.h"

#include <stdio.h>
#include <unistd.h>

#define MAX_TEXT ((size_t)4 << 20)

/* One package whose script is run. */
struct subject {
	struct cli *cli;
	const char *workspace;		/* its name; NULL: the project */
	const char *dir;
	struct json *pkg;
	struct json *scripts;		/* with those that npm makes up */
	bool last;			/* no other package comes after it */
};

/* ---- Running ---- */

static int subject_load(struct subject *s, struct err *err)
{
	struct arena *a = s->cli->arena;
	struct package_file file;

	if (package_read(a, s->dir, &file, err)) {
		/* npm's exit status for a missing file is its errno. */
		if (err->code == ERR_ENOENT)
			err->status = 254;
		return -1;
	}
	s->pkg = file.manifest->raw;
	s->scripts = json_find(s->pkg, "scripts");
	if (!json_is(s->scripts, JSON_OBJECT)) {
		s->scripts = json_object(a);
		json_put(a, s->pkg, "scripts", s->scripts);
	}
	return 0;
}

/* restart and env mean something without being in package.json. */
static void make_up(struct subject *s, const char *event)
{
	struct arena *a = s->cli->arena;

	if (streq(event, "restart") && !json_truthy(json_find(s->scripts, "restart")))
		json_put_text(a, s->scripts, "restart", "npm stop --if-present && npm start");
	else if (streq(event, "env") && !json_truthy(json_find(s->scripts, "env")))
		json_put_text(a, s->scripts, "env", "env");
}

static int missing(struct subject *s, const char *event, struct err *err)
{
	struct arena *a = s->cli->arena;
	const char *where = "";

	if (config_bool(s->cli->config, "if-present"))
		return 0;
	if (s->workspace && !streq(s->dir, s->cli->config->local_prefix))
		where = arena_printf(a, " --workspace=%s", script_package_id(a, s->pkg));
	return err_set(err, ERR_EGENERIC, "Missing script: \"%s\"%s\n\nTo see a list of scripts, run:\n  lode run%s", event,
		       suggest(a, s->pkg, event), where);
}

/* One of pre, the script itself, post. 0 with a status in cli->status: the next one is not run. */
static int run_event(struct subject *s, const char *event, char **args, bool last, struct err *err)
{
	struct script script = {
		.event = event,
		.command = json_find_text(s->scripts, event),
		.args = (const char *const *)args,
		.dir = s->dir,
		.pkg = s->pkg,
	};

	if (!script.command || !*script.command)
		return 0;
	if (cli_script_settings(s->cli, &script, err))
		return -1;
	return cli_script_run(s->cli, &script, last && s->last, err);
}

static int subject_run(struct subject *s, char **argv, struct err *err)
{
	struct arena *a = s->cli->arena;
	const char *event = argv[0];
	const char *pre = arena_printf(a, "pre%s", event), *post = arena_printf(a, "post%s", event);
	bool alone = config_bool(s->cli->config, "ignore-scripts");
	bool has_post;

	make_up(s, event);
	if (!json_find(s->scripts, event))
		return missing(s, event, err);
	has_post = !alone && json_truthy(json_find(s->scripts, post));
	if (!alone && run_event(s, pre, NULL, false, err))
		return -1;
	if (s->cli->status)
		return 0;
	if (run_event(s, event, argv + 1, !has_post, err))
		return -1;
	return s->cli->status || !has_post ? 0 : run_event(s, post, NULL, true, err);
}

/* ---- Workspaces: all of them, whatever fails ---- */

static void tell_failure(const struct subject *s, const char *event, const struct err *err)
{
	struct reporter *r = s->cli->reporter;

	report_error(r, "", "Lifecycle script `%s` failed with error:", event);
	if (err->code == ERR_OK) {
		report_error(r, "code", "%d", s->cli->status);
		report_error(r, "path", "%s", s->dir);
	}
	report_error(r, "workspace", "%s", script_package_id(s->cli->arena, s->pkg));
	report_error(r, "location", "%s", s->dir);
	if (err->code == ERR_OK) {
		report_error(r, "", "command failed");
		report_error(r, "", "command sh -c %s", json_find_text(s->scripts, event));
	} else {
		report_error(r, "", "%s", err->text);
	}
	if (!s->last)
		fputc('\n', s->cli->render->err);
}

static int workspace_run(struct subject *s, char **argv, int *status, struct err *err)
{
	struct err failure = ERR_INIT;
	bool last = s->last;

	if (subject_load(s, err))
		return -1;
	s->last = false;	/* a failure of the last one is told too */
	s->cli->status = 0;
	if (!subject_run(s, argv, &failure) && !s->cli->status)
		return 0;
	s->last = last;
	*status = failure.code != ERR_OK ? err_status(&failure) : s->cli->status;
	tell_failure(s, argv[0], &failure);
	return 0;
}

/* ---- The list ---- */

static bool is_lifecycle(const char *name)
{
	static const char *const names[] = {
		"prepare", "prepublishOnly", "prepack", "postpack", "dependencies", "preinstall", "install", "postinstall",
		"prepublish", "publish", "postpublish", "prerestart", "restart", "postrestart", "prestart", "start",
		"poststart", "prestop", "stop", "poststop", "pretest", "test", "posttest", "preuninstall", "uninstall",
		"postuninstall", "preversion", "version", "postversion"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (streq(names[i], name))
			return true;
	}
	return false;
}

static const char *paint(const struct subject *s, const char *code, const char *text)
{
	if (!render_wants_color(s->cli->config, s->cli->render->out))
		return text;
	return arena_printf(s->cli->arena, "\033[%sm%s\033[0m", code, text);
}

/* Those of one kind; false when there are none. */
static bool list_kind(const struct subject *s, bool lifecycle, const char *title)
{
	bool any = false;

	for (uint32_t i = 0; i < s->scripts->count; i++) {
		const struct json_member *m = &s->scripts->members[i];

		if (is_lifecycle(m->key) != lifecycle)
			continue;
		if (!any)
			cli_print(s->cli, "%s", title);
		any = true;
		cli_print(s->cli, "  %s", m->key);
		cli_print(s->cli, "    %s", paint(s, "2", json_text(m->value)));
	}
	return any;
}

static void list_parseable(const struct subject *s)
{
	for (uint32_t i = 0; i < s->scripts->count; i++) {
		const struct json_member *m = &s->scripts->members[i];

		cli_print(s->cli, "%s%s%s:%s", s->workspace ? s->workspace : "", s->workspace ? ":" : "", m->key,
			  json_text(m->value));
	}
}

static void list_json(const struct subject *s)
{
	struct json *doc = s->scripts;

	if (s->workspace) {
		doc = json_object(s->cli->arena);
		json_put(s->cli->arena, doc, s->workspace, s->scripts);
	}
	cli_json(s->cli, doc);
}

/* True when something for a person was written. */
static bool subject_list(const struct subject *s)
{
	struct arena *a = s->cli->arena;
	const char *id = script_package_id(a, s->pkg);
	const char *in = arena_printf(a, "in %s", paint(s, "36", *id ? id : "undefined"));
	const char *via = arena_printf(a, "via `%s`:", paint(s, "34", "npm run"));

	if (cli_is_silent(s->cli))
		return false;
	if (cli_is_json(s->cli)) {
		list_json(s);
		return false;
	}
	if (config_bool(s->cli->config, "parseable")) {
		list_parseable(s);
		return false;
	}
	if (!s->scripts->count)
		return false;
	if (list_kind(s, true, arena_printf(a, "%s included %s:", paint(s, "1", "Lifecycle scripts"), in)))
		list_kind(s, false, arena_printf(a, "available %s", via));
	else
		list_kind(s, false, arena_printf(a, "%s available %s %s", paint(s, "1", "Scripts"), in, via));
	return true;
}

/* ---- The command ---- */

static int run_workspaces(struct cli *cli, int argc, char **argv, struct err *err)
{
	bool with_root = config_bool(cli->config, "include-workspace-root");
	struct map *paths = cli_workspace_paths(cli, with_root, err);
	int status = 0;

	if (!paths)
		return -1;
	if (argc && cli_runtimes_ready(cli, paths, err))
		return -1;
	for (struct map_entry *e = map_first(paths); e; e = map_next(paths, e)) {
		struct subject s = {.cli = cli, .workspace = e->key, .dir = e->value, .last = !map_next(paths, e)};

		if (argc) {
			if (workspace_run(&s, argv, &status, err))
				return -1;
			continue;
		}
		if (subject_load(&s, err))
			return -1;
		if (subject_list(&s) && !s.last)
			cli_print(cli, "%s", "");
	}
	cli->status = status;
	return 0;
}

int cmd_run(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct subject s = {.cli = cli, .dir = cli->config->local_prefix, .last = true};

	if (cli->in_workspaces)
		return run_workspaces(cli, argc, argv, err);
	if (subject_load(&s, err))
		return -1;
	if (argc)
		return subject_run(&s, argv, err);
	subject_list(&s);
	return 0;
}

/* test, start, stop, restart are run with their own name first. */
int cmd_lifecycle(struct cli *cli, int argc, char **argv, struct err *err)
{
	char **words = ARENA_ARRAY(cli->arena, char *, (size_t)argc + 2);

	words[0] = arena_strdup(cli->arena, cli->command->name);
	for (int i = 0; i < argc; i++)
		words[i + 1] = argv[i];
	return cmd_run(cli, argc + 1, words, err);
}
