/* SPDX-License-Identifier: MIT
 *
 * view: what the registry says of a package. A page for a person, or the fields that are named.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/online.h"
#include "cli/paint.h"
#include "cli/render.h"
#include "cli/runs.h"
#include "cli/view.h"
#include "install/project.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"

#include <string.h>

#define MAX_PACKAGE ((size_t)64 << 20)

/* Packages looked at one after the other. */
struct viewer {
	struct cli *cli;
	struct online net;
	char **fields;
	int n_fields;
	struct json *errors;	/* --json: by workspace; NULL when there is none */
};

static bool is_local(const char *what)
{
	return streq(what, ".") || cstr_starts(what, ".@");
}

/* What a folder would be if it were published. */
static struct json *document_of_folder(struct viewer *v, const struct spec *spec, struct err *err)
{
	struct arena *a = v->cli->arena;
	struct package_file file;
	if (package_read(a, spec->fetch_spec, &file, err) < 0)
		return NULL;
	struct json *manifest = json_copy(a, file.manifest->raw), *document = json_object(a);
	struct json *tags = json_object(a), *versions = json_object(a), *dist = json_object(a);
	const char *version = file.manifest->version ? file.manifest->version : "";
	json_put_text(a, dist, "tarball", arena_printf(a, "file:%s", spec->fetch_spec));
	json_put(a, manifest, "dist", dist);
	json_put_text(a, tags, "latest", version);
	json_put(a, versions, version, manifest);
	json_put_text(a, document, "name", file.manifest->name);
	json_put(a, document, "dist-tags", tags);
	json_put(a, document, "versions", versions);
	return document;
}

static struct json *find_document(struct viewer *v, const struct spec *spec, struct err *err)
{
	if (spec->type == SPEC_DIRECTORY)
		return document_of_folder(v, spec, err);
	if (!spec->registry) {
		err_set(err, ERR_EUSAGE, "'%s' is no package of a registry, and no folder: its fields cannot be shown", spec->raw);
		return NULL;
	}
	return online_document(&v->net, spec->type == SPEC_ALIAS ? spec->sub->name : spec->name, err);
}

static int choose(struct viewer *v, struct view *view, const char *package, struct err *err)
{
	const char *wanted = config_text(v->cli->config, "tag");
	const struct spec *spec = spec_parse(v->cli->arena, package, v->cli->cwd, err);
	if (!spec)
		return -1;
	*view = (struct view){.arena = v->cli->arena, .fields = v->fields, .n_fields = v->n_fields};
	view->document = find_document(v, spec, err);
	if (!view->document)
		return -1;
	if (spec->type != SPEC_DIRECTORY && !streq(spec->raw_spec, "*"))
		wanted = spec->raw_spec;
	view->id = json_find_text(view->document, "_id");
	if (!view->id)
		view->id = json_find_text(view->document, "name");
	if (!view->id)
		view->id = spec->name ? spec->name : package;
	return view_choose(view, wanted ? wanted : "latest", err);
}

static void print_pages(struct cli *cli, const struct view *view)
{
	struct paint paint = paint_for(cli);
	for (size_t i = 0; i < view->chosen.count; i++) {
		const char *page = view_page(view, view->chosen.items[i], &paint, config_bool(cli->config, "unicode"));
		page = render_clean(cli->arena, page);
		cli_write(cli, page, strlen(page));
	}
}

static int print_json(struct viewer *v, struct view *view, const char *workspace, struct err *err)
{
	struct json *result = view_json(view, err);
	if (err->code != ERR_OK)
		return -1;
	if (result && workspace) {
		struct json *named = json_object(v->cli->arena);
		json_put(v->cli->arena, named, workspace, result);
		result = named;
	}
	if (result)
		cli_json(v->cli, result);
	return 0;
}

/* workspace: its name; NULL: a package by itself. */
static int show(struct viewer *v, const char *package, const char *workspace, struct err *err)
{
	struct view view;
	bool json = cli_is_json(v->cli);
	if (workspace && !json && v->n_fields)
		cli_print(v->cli, "%s:", workspace);
	if (choose(v, &view, package, err) < 0)
		return -1;
	if (json)
		return print_json(v, &view, workspace, err);
	if (!v->n_fields) {
		print_pages(v->cli, &view);
		return 0;
	}
	const char *text = view_text(&view, paint_for(v->cli).on, err);
	if (text && *text)
		cli_print(v->cli, "%s", render_clean(v->cli->arena, text));
	return text ? 0 : -1;
}

/* ---- workspaces ---- */

/* A workspace that was never published is told, and the others are shown. */
static int pass_over(struct viewer *v, const char *name, struct err *err)
{
	struct arena *a = v->cli->arena;
	if (err->code != ERR_E404)
		return -1;
	v->cli->status = err_status(err);
	if (cli_is_json(v->cli)) {
		v->errors = v->errors ? v->errors : json_object(a);
		json_put(a, v->errors, name, render_error_json(a, err, NULL));
	} else {
		render_error(v->cli->render, err, NULL);
	}
	err_clear(err);
	return 0;
}

static int show_workspaces(struct viewer *v, const char *what, struct err *err)
{
	struct arena *a = v->cli->arena;
	struct map *chosen = cli_workspace_paths(v->cli, config_bool(v->cli->config, "include-workspace-root"), err);
	for (struct map_entry *e = chosen ? map_first(chosen) : NULL; e; e = map_next(chosen, e))
		if (show(v, arena_printf(a, "%s%s", e->key, what + 1), e->key, err) < 0 && pass_over(v, e->key, err) < 0)
			return -1;
	if (v->errors) {
		struct json *out = json_object(a);
		json_put(a, out, "error", v->errors);
		cli_json(v->cli, out);
	}
	return chosen ? 0 : -1;
}

/* ---- the project itself ---- */

static int show_project(struct viewer *v, const char *what, struct err *err)
{
	struct arena *a = v->cli->arena;
	const char *file = path_join(a, cli_prefix(v->cli), "package.json");
	struct str text;
	if (cli_is_global(v->cli))
		return err_set(err, ERR_EGENERIC, "Cannot use view command in global mode.");
	if (fs_read(a, file, MAX_PACKAGE, &text, err) < 0)
		return -1;
	const struct json *pkg = json_parse(a, text, file, err);
	const char *name = json_find_text(pkg, "name");
	if (!pkg)
		return -1;
	if (!name || !*name)
		return err_set(err, ERR_EGENERIC, "Invalid package.json, no \"name\" field");
	return show(v, arena_printf(a, "%s%s", name, what + 1), NULL, err);
}

int cmd_view(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *what = argc ? argv[0] : ".";
	struct viewer v = {.cli = cli, .fields = argv + (argc ? 1 : 0), .n_fields = argc ? argc - 1 : 0};
	int rc;
	if (online_open(cli, ONLINE_FRESH, &v.net, err) < 0)
		return -1;
	if (cli->in_workspaces && !is_local(what))
		report_warn(cli->reporter, "", "Ignoring workspaces for specified package(s)");
	if (is_local(what))
		rc = cli->in_workspaces ? show_workspaces(&v, what, err) : show_project(&v, what, err);
	else
		rc = show(&v, what, NULL, err);
	online_close(&v.net);
	return rc;
}
