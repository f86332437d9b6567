/* SPDX-License-Identifier: MIT
 *
 * run, and test, start, stop, restart: scripts of the project or of its workspaces.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/render.h"
#include "cli/runs.h"
#include "cli/subject.h"
#include "runtime/script.h"

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

static int list_workspaces(struct cli *cli, struct err *err)
{
	struct map *paths = cli_workspace_paths(cli, config_bool(cli->config, "include-workspace-root"), err);

	if (!paths)
		return -1;
	for (struct map_entry *e = map_first(paths); e; e = map_next(paths, e)) {
		struct subject s = {.cli = cli, .workspace = e->key, .dir = e->value};

		if (subject_load(&s, err))
			return -1;
		if (subject_list(&s) && map_next(paths, e))
			cli_print(cli, "%s", "");
	}
	return 0;
}

int cmd_run(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct subject s = {.cli = cli, .dir = cli->config->local_prefix, .last = true};

	if (cli->in_workspaces)
		return argc ? run_many(cli, argv, err) : list_workspaces(cli, err);
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
