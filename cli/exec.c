/* SPDX-License-Identifier: MIT */
#include "cli/exec.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/ci.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/many.h"
#include "cli/render.h"
#include "cli/runtimes.h"
#include "cli/scripts.h"
#include "install/project.h"
#include "resolver/manifest.h"
#include "resolver/wsgraph.h"
#include "runtime/script.h"

#include <string.h>
#include <unistd.h>

/* ---- Finding it ---- */

static bool has_bin(struct arena *a, const char *dir, const char *name)
{
	struct err ignored = ERR_INIT;
	struct package_file file;

	if (package_read(a, dir, &file, &ignored))
		return false;
	for (size_t i = 0; i < file.manifest->bin.count; i++) {
		if (streq(file.manifest->bin.items[i].name, name))
			return true;
	}
	return false;
}

/* A package's own bin: the package itself is what has to be installed. */
static bool find_own(struct exec *e, const char *name)
{
	const char *places[] = {e->pkg_path, e->cli->config->local_prefix};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (!has_bin(e->cli->arena, places[i], name))
			continue;
		vec_add(&e->packages, (void *)places[i]);
		e->yes = true;
		return true;
	}
	return false;
}

static bool is_in_folder(struct exec *e, const char *folder, const char *name)
{
	if (fs_stat(path_join(e->cli->arena, folder, name)).kind != FS_FILE)
		return false;
	vec_add(&e->bin_paths, (void *)folder);
	return true;
}

static bool find_linked(struct exec *e, const char *name)
{
	struct arena *a = e->cli->arena;
	const struct config *c = e->cli->config;

	for (const char *dir = path_dir(a, path_dir(a, e->local_bin));; dir = path_dir(a, dir)) {
		if (is_in_folder(e, path_join(a, dir, "node_modules/.bin"), name))
			return true;
		if (streq(dir, "/") || streq(dir, "."))
			break;
	}
	/* --prefix makes both the same: that is no global prefix then. */
	return !streq(c->local_prefix, c->global_prefix) && is_in_folder(e, path_join(a, c->global_prefix, "bin"), name);
}

int exec_find(struct exec *e, struct err *err)
{
	const char *name = e->args.count ? e->args.items[0] : NULL;

	(void)err;
	if (!name || e->packages.count)
		return e->packages.count ? RUN_HAND_OVER : 0;
	if (find_own(e, name))
		return RUN_HAND_OVER;
	if (!strchr(name, '/') && find_linked(e, name))
		return 0;
	e->swap = true;
	vec_add(&e->packages, (void *)name);
	return RUN_HAND_OVER;
}

/* ---- Running it ---- */

/* Quoted whole, so that the shell takes no word of its own for it. */
static const char *quoted(struct arena *a, const char *word)
{
	return arena_printf(a, "'%s'", cstr_replace(a, word, "'", "'\\''"));
}

/* The project's package.json with the script in it; one that cannot be read is as good as none. */
static struct json *package_with(struct cli *cli, const char *script)
{
	struct err ignored = ERR_INIT;
	struct package_file file;
	struct json *pkg = package_read_if(cli->arena, cli->config->local_prefix, &file, &ignored) ?
				   json_object(cli->arena) :
				   file.manifest->raw;
	struct json *scripts = json_find(pkg, "scripts");

	if (!json_is(scripts, JSON_OBJECT)) {
		scripts = json_object(cli->arena);
		json_put(cli->arena, pkg, "scripts", scripts);
	}
	json_put_text(cli->arena, scripts, "npx", script);
	return pkg;
}

/* Without a command a shell is opened; false when that makes no sense here. */
static bool announce_shell(const struct exec *e)
{
	struct cli *cli = e->cli;

	if (!isatty(STDIN_FILENO))
		return true;
	if (ci_is(cli->config->environ)) {
		report_warn(cli->reporter, "exec", "Interactive mode disabled in CI environment");
		return false;
	}
	if (e->workspace)
		cli_print(cli, "\nEntering lode script environment in workspace %s at location:\n%s", e->workspace, e->run_path);
	else
		cli_print(cli, "\nEntering lode script environment at location:\n%s", e->run_path);
	cli_print(cli, "Type 'exit' or ^D when finished\n");
	return true;
}

/* No command: a shell. */
static int exec_script(struct exec *e, struct script *s, struct err *err)
{
	struct cli *cli = e->cli;
	const char *shell = config_text(cli->config, "script-shell");

	*s = (struct script){.event = "npx", .dir = e->run_path, .bin_paths = &e->bin_paths};
	vec_add(&e->args, NULL);
	s->command = e->call;
	s->args = (const char *const *)e->args.items;
	if (!s->command && e->args.items[0]) {
		s->command = quoted(cli->arena, e->args.items[0]);
		s->args++;
	}
	if (!s->command)
		s->command = shell ? shell : "sh";
	s->pkg = package_with(cli, s->command);
	render_flush(cli->render);
	return cli_script_settings(cli, s, err);
}

static int exec_run(struct exec *e, bool last, struct err *err)
{
	struct script s;

	if (!e->call && !e->args.count && !announce_shell(e))
		return 0;
	return exec_script(e, &s, err) ? -1 : cli_script_run(e->cli, &s, last, err);
}

/* ---- In workspaces ---- */

static void *workspace_begin(void *ctx, const struct ws_package *p, struct err *err)
{
	const struct vec *runs = ctx;

	(void)err;
	for (size_t i = 0; i < runs->count; i++) {
		if (streq(VEC_AT(runs, struct exec, i)->run_path, p->path))
			return runs->items[i];
	}
	return NULL;
}

static int workspace_run(void *work, struct err *err)
{
	return exec_run(work, false, err);
}

static int workspace_prepare(void *work, struct err *err)
{
	(void)work, (void)err;
	return 1;
}

static int workspace_script(void *work, size_t at, struct script *out, struct err *err)
{
	(void)at;
	return exec_script(work, out, err);
}

/* What a command did it has said itself. */
static bool workspace_tell(void *work, int status, const struct err *err)
{
	struct exec *e = work;

	(void)status;
	if (err->code != ERR_OK)
		report_error(e->cli->reporter, "exec", "%s: %s", e->workspace, err->text);
	return err->code != ERR_OK;
}

/* As npm, a failure stops everything. A shell wants the terminal. */
static int exec_many(struct cli *cli, struct vec *runs, struct err *err)
{
	const struct exec *first = runs->items[0];
	struct many_kind kind = {
		.what = "the command",
		.bails = true,
		.alone = !first->call && !first->args.count,
		.begin = workspace_begin,
		.run = workspace_run,
		.prepare = workspace_prepare,
		.script = workspace_script,
		.tell = workspace_tell,
		.ctx = runs,
	};
	struct map paths;

	map_init(&paths, cli->arena);
	for (size_t i = 0; i < runs->count; i++)
		map_put(&paths, VEC_AT(runs, struct exec, i)->workspace, (void *)VEC_AT(runs, struct exec, i)->run_path);
	return many_run(cli, &paths, &kind, err);
}

/* ---- The command ---- */

static struct exec *exec_make(struct cli *cli, int argc, char **argv, const char *workspace, const char *dir)
{
	struct exec *e = ARENA_NEW(cli->arena, struct exec);
	const char *const *packages = config_list(cli->config, "package", NULL);
	const char *root = dir ? dir : cli->config->local_prefix;

	e->cli = cli;
	e->workspace = workspace;
	e->run_path = dir ? dir : cli->cwd;
	e->pkg_path = root;
	e->local_bin = path_join(cli->arena, root, "node_modules/.bin");
	e->call = config_text(cli->config, "call");
	e->yes = config_bool(cli->config, "yes");
	vec_init(&e->args, cli->arena);
	vec_init(&e->packages, cli->arena);
	vec_init(&e->bin_paths, cli->arena);
	for (int i = 0; i < argc; i++)
		vec_add(&e->args, argv[i]);
	for (; *packages; packages++)
		vec_add(&e->packages, (void *)*packages);
	return e;
}

/* What there is to run: once here, or once in each workspace. */
static int exec_collect(struct cli *cli, int argc, char **argv, struct vec *out, struct err *err)
{
	struct map *paths;

	if (!cli->in_workspaces) {
		vec_add(out, exec_make(cli, argc, argv, NULL, NULL));
		return 0;
	}
	paths = cli_workspace_paths(cli, config_bool(cli->config, "include-workspace-root"), err);
	if (!paths)
		return -1;
	for (struct map_entry *i = map_first(paths); i; i = map_next(paths, i))
		vec_add(out, exec_make(cli, argc, argv, i->key, i->value));
	return 0;
}

int exec_command(struct cli *cli, int argc, char **argv, exec_find_fn *find, struct err *err)
{
	struct vec runs;

	if (config_text(cli->config, "call") && argc)
		return cli_usage_error(cli, err, "%s", "");
	vec_init(&runs, cli->arena);
	if (exec_collect(cli, argc, argv, &runs, err))
		return -1;
	for (size_t i = 0; i < runs.count; i++) {
		int status = find(runs.items[i], err);

		if (status)
			return status;
	}
	for (size_t i = 0; i < runs.count; i++) {
		if (!cli_runtime(cli, VEC_AT(&runs, struct exec, i)->run_path, CHOICE_GET, err))
			return -1;
	}
	if (runs.count > 1)
		return exec_many(cli, &runs, err);
	return exec_run(runs.items[0], !cli->goes_on, err);
}
