/* SPDX-License-Identifier: MIT */
#include "cli/subject.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/dispatch.h"
#include "cli/scripts.h"
#include "install/project.h"
#include "resolver/manifest.h"
#include "runtime/script.h"

int subject_load(struct subject *s, struct err *err)
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

static void add_event(const struct subject *s, struct events *e, const char *name)
{
	const char *text = json_find_text(s->scripts, name);

	if (text && *text)
		e->names[e->count++] = name;
}

int subject_events(struct subject *s, char **argv, struct events *out, struct err *err)
{
	const char *event = argv[0];
	struct arena *a = s->cli->arena;
	bool alone = config_bool(s->cli->config, "ignore-scripts");

	*out = (struct events){.args = argv + 1};
	make_up(s, event);
	if (!json_find(s->scripts, event))
		return missing(s, event, err);
	if (!alone)
		add_event(s, out, arena_printf(a, "pre%s", event));
	out->main = out->count;
	add_event(s, out, event);
	if (out->count == out->main)
		out->main = ARRAY_LEN(out->names);	/* an empty script: only what is around it */
	if (!alone)
		add_event(s, out, arena_printf(a, "post%s", event));
	return 0;
}

int subject_script(struct subject *s, const struct events *e, size_t at, struct script *out, struct err *err)
{
	*out = (struct script){
		.event = e->names[at],
		.command = json_find_text(s->scripts, e->names[at]),
		.args = at == e->main ? (const char *const *)e->args : NULL,
		.dir = s->dir,
		.pkg = s->pkg,
	};
	return cli_script_settings(s->cli, out, err);
}

int subject_run(struct subject *s, char **argv, struct err *err)
{
	struct events e;

	if (subject_events(s, argv, &e, err))
		return -1;
	for (size_t i = 0; i < e.count && !s->cli->status; i++) {
		struct script script;

		if (subject_script(s, &e, i, &script, err) ||
		    cli_script_run(s->cli, &script, s->last && i + 1 == e.count, err))
			return -1;
	}
	return 0;
}

void subject_tell_failure(const struct subject *s, const char *event, int status, const struct err *err)
{
	struct reporter *r = s->cli->reporter;

	report_error(r, "", "Lifecycle script `%s` failed with error:", event);
	if (err->code == ERR_OK) {
		report_error(r, "code", "%d", status);
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
}
