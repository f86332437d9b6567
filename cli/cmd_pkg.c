/* SPDX-License-Identifier: MIT
 *
 * pkg: fields of package.json read, set and deleted.
 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/inspect.h"
#include "cli/jsvalue.h"
#include "cli/query.h"
#include "cli/runs.h"
#include "install/savepkg.h"
#include "resolver/pkgjson.h"

#define MAX_PACKAGE ((size_t)64 << 20)
#define DEPTH 5

/* One package.json under work. */
struct target {
	struct cli *cli;
	const char *workspace;	/* its name; NULL: the project's own */
	const char *file;
	struct str text;
	struct json *pkg;
};

static int open_target(struct target *t, const char *dir, struct err *err)
{
	t->file = path_join(t->cli->arena, dir, "package.json");
	if (fs_read(t->cli->arena, t->file, MAX_PACKAGE, &t->text, err))
		return -1;
	t->pkg = json_parse(t->cli->arena, t->text, t->file, err);
	if (t->pkg && !json_is(t->pkg, JSON_OBJECT))
		t->pkg = json_object(t->cli->arena);
	return t->pkg ? 0 : -1;
}

static int write_file(struct target *t, const struct json *pkg, struct err *err)
{
	const char *real = fs_realpath(t->cli->arena, t->file);
	struct str out;
	if (!package_format(t->cli->arena, t->text, pkg, &out))
		return 0;
	return fs_write(real ? real : t->file, out, fs_stat(t->file).mode, err);
}

static int save(struct target *t, struct err *err)
{
	struct json *pkg = package_update(t->cli->arena, t->pkg, t->pkg, err);
	return pkg ? write_file(t, pkg, err) : -1;
}

/* Text as it is, all else as the console shows it. */
static const char *plain(struct target *t, const struct json *v)
{
	return json_is(v, JSON_STRING) ? v->text : inspect(t->cli->arena, v, 2);
}

static void print_fields(struct target *t, const struct json *result)
{
	for (uint32_t i = 0; i < json_count(result); i++)
		cli_print(t->cli, "%s%s%s = %s", t->workspace ? t->workspace : "", t->workspace ? " " : "",
			  result->members[i].key, inspect(t->cli->arena, result->members[i].value, DEPTH));
}

static int get(struct target *t, int argc, char **argv, struct err *err)
{
	struct arena *a = t->cli->arena;
	struct json *result = argc ? json_object(a) : t->pkg;
	for (int i = 0; i < argc; i++)
		if (query_get(a, t->pkg, argv[i], result, err))
			return -1;
	if (cli_is_json(t->cli)) {
		struct json *doc = json_object(a);
		if (t->workspace)
			json_put(a, doc, t->workspace, result);
		cli_json(t->cli, t->workspace ? doc : result);
		return 0;
	}
	const struct json *one = argc == 1 ? json_find(result, argv[0]) : NULL;
	if (!one)
		print_fields(t, result);
	else if (t->workspace)
		cli_print(t->cli, "%s %s", t->workspace, js_string(a, one));
	else
		cli_print(t->cli, "%s", plain(t, one));
	return 0;
}

static int set(struct target *t, int argc, char **argv, struct err *err)
{
	struct arena *a = t->cli->arena;
	bool force = config_bool(t->cli->config, "force");
	for (int i = 0; i < argc; i++) {
		const char *eq = strchr(argv[i], '=');
		if (!eq || eq == argv[i] || !eq[1])
			return cli_usage_error(t->cli, err, "lode pkg set expects a key=value pair of args.");
		const char *key = arena_strndup(a, argv[i], (size_t)(eq - argv[i]));
		struct json *v = cli_is_json(t->cli) ? json_parse(a, str_from(eq + 1), key, err) : json_string(a, eq + 1);
		if (!v)
			return -1;
		t->pkg = (force ? query_force : query_set)(a, t->pkg, key, v, err);
		if (!t->pkg)
			return -1;
	}
	if (!argc)
		return cli_usage_error(t->cli, err, "lode pkg set expects a key=value pair of args.");
	return save(t, err);
}

static int delete(struct target *t, int argc, char **argv, struct err *err)
{
	for (int i = 0; i < argc; i++) {
		if (!*argv[i])
			return cli_usage_error(t->cli, err, "lode pkg delete expects key args.");
		t->pkg = query_delete(t->cli->arena, t->pkg, argv[i], err);
		if (!t->pkg)
			return -1;
	}
	if (!argc)
		return cli_usage_error(t->cli, err, "lode pkg delete expects key args.");
	return save(t, err);
}

static int fix(struct target *t, struct err *err)
{
	if (pkgjson_normalize(t->cli->arena, t->pkg, PKGJSON_FIX, err))
		return -1;
	return write_file(t, t->pkg, err);
}

static int work(struct target *t, const char *dir, int argc, char **argv, struct err *err)
{
	const char *action = argc ? argv[0] : "";
	bool known = streq(action, "get") || streq(action, "set") || streq(action, "delete") || streq(action, "fix");
	if (!known)
		return cli_usage_error(t->cli, err, "pkg gets, sets, deletes or fixes");
	if (open_target(t, dir, err))
		return -1;
	if (streq(action, "get"))
		return get(t, argc - 1, argv + 1, err);
	if (streq(action, "set"))
		return set(t, argc - 1, argv + 1, err);
	return streq(action, "fix") ? fix(t, err) : delete(t, argc - 1, argv + 1, err);
}

int cmd_pkg(struct cli *cli, int argc, char **argv, struct err *err)
{
	if (cli_is_global(cli))
		return err_set_as(err, "EPKGGLOBAL", "There's no package.json file to manage on global mode");
	if (!cli->in_workspaces) {
		struct target t = {.cli = cli};
		return work(&t, cli->config->local_prefix, argc, argv, err);
	}
	struct map *paths = cli_workspace_paths(cli, config_bool(cli->config, "include-workspace-root"), err);
	for (struct map_entry *e = paths ? map_first(paths) : NULL; e; e = map_next(paths, e)) {
		struct target t = {.cli = cli, .workspace = e->key};
		if (work(&t, e->value, argc, argv, err))
			return -1;
	}
	return paths ? 0 : -1;
}
