/* SPDX-License-Identifier: MIT
 *
 * init: a package.json for this folder or for new workspaces; with words, another package's initializer.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/init_fields.h"
#include "cli/runs.h"
#include "cli/workspaces.h"
#include "install/project.h"
#include "install/savepkg.h"
#include "lockfile/style.h"
#include "resolver/hosted.h"
#include "resolver/manifest.h"
#include "resolver/pkgjson.h"
#include "resolver/semver.h"
#include "resolver/spec.h"

#define MAX_PACKAGE ((size_t)64 << 20)

static const char welcome[] = "This utility will walk you through creating a package.json file.\n"
			      "It only covers the most common items, and tries to guess sensible defaults.\n\n"
			      "See `lode help init` for what can be set.\n\n"
			      "Use `lode install <pkg>` afterwards to install a package and\n"
			      "save it as a dependency in the package.json file.\n\n"
			      "Press ^C at any time to quit.\n";

static const char *text_of(struct arena *a, const struct json *v)
{
	struct buf b = BUF_INIT(MAX_PACKAGE);
	json_format(&b, v, "  ");
	const char *s = buf_dup(a, &b);
	buf_release(&b);
	return s;
}

/* What is there already, as its fields are to be guessed from. */
static int read_package(struct cli *cli, const char *dir, struct str *text, struct json **pkg, struct err *err)
{
	const char *file = path_join(cli->arena, dir, "package.json");
	struct semver v;
	if (fs_read_if(cli->arena, file, MAX_PACKAGE, text, err))
		return -1;
	*pkg = text->ptr ? json_parse(cli->arena, *text, file, err) : json_object(cli->arena);
	if (!*pkg)
		return -1;
	if (!json_is(*pkg, JSON_OBJECT))
		*pkg = json_object(cli->arena);
	if (pkgjson_normalize(cli->arena, *pkg, PKGJSON_NORMALIZE, err))
		return -1;
	const char *version = json_find_text(*pkg, "version");
	if (version && !semver_parse(&v, str_from(version), 0))
		json_remove(*pkg, "version");
	return 0;
}

static void put_script(struct cli *cli, struct json *pkg, const char *event, const char *command)
{
	struct json *scripts = json_find(pkg, "scripts");
	if (!json_is(scripts, JSON_OBJECT)) {
		scripts = json_object(cli->arena);
		json_put(cli->arena, pkg, "scripts", scripts);
	}
	json_put_text(cli->arena, scripts, event, command);
}

/* server.js is started, binding.gyp is built. */
static void add_known_scripts(struct cli *cli, const char *dir, struct json *pkg)
{
	const struct json *scripts = json_find(pkg, "scripts"), *gyp = json_find(pkg, "gypfile");
	bool builds = json_find(scripts, "install") || json_find(scripts, "preinstall");
	if (!builds && !(json_is(gyp, JSON_BOOL) && !gyp->boolean) && fs_exists(path_join(cli->arena, dir, "binding.gyp"))) {
		put_script(cli, pkg, "install", "node-gyp rebuild");
		json_put_bool(cli->arena, pkg, "gypfile", true);
	}
	if (!json_find(json_find(pkg, "scripts"), "start") && fs_exists(path_join(cli->arena, dir, "server.js")))
		put_script(cli, pkg, "start", "node server.js");
}

static void make_author_text(struct cli *cli, struct json *pkg)
{
	struct json *author = json_find(pkg, "author");
	if (!json_is(author, JSON_OBJECT))
		return;
	const char *name = json_find_text(author, "name"), *mail = json_find_text(author, "email");
	const char *url = json_find_text(author, "url");
	const char *text = name ? name : "undefined";
	if (mail && *mail)
		text = arena_printf(cli->arena, "%s <%s>", text, mail);
	if (url && *url)
		text = arena_printf(cli->arena, "%s (%s)", text, url);
	json_put_text(cli->arena, pkg, "author", text);
}

/* The fields in, and all into npm's form. */
static int complete(struct cli *cli, const char *dir, struct json *pkg, const struct json *fields, struct err *err)
{
	static const char *const notes[] = {"readme", "readmeFilename", "_id", "gitHead"};
	const unsigned steps = PKGJSON_BUNDLE | PKGJSON_SCRIPT_PATH | PKGJSON_BIN | PKGJSON_TYPES | PKGJSON_DATA;
	for (uint32_t i = 0; i < json_count(fields); i++)
		json_put(cli->arena, pkg, fields->members[i].key, fields->members[i].value);
	add_known_scripts(cli, dir, pkg);
	if (pkgjson_normalize(cli->arena, pkg, steps, err))
		return -1;
	make_author_text(cli, pkg);
	for (size_t i = 0; i < ARRAY_LEN(notes); i++)
		json_remove(pkg, notes[i]);
	if (!json_truthy(json_find(pkg, "repository")))
		json_remove(pkg, "repository");
	if (!json_find(fields, "license"))
		json_remove(pkg, "license");
	if (!json_find(fields, "author"))
		json_remove(pkg, "author");
	if (!json_truthy(json_find(pkg, "description")) && json_find(fields, "description"))
		json_put(cli->arena, pkg, "description", json_find(fields, "description"));
	struct json *deps = json_find(pkg, "dependencies");
	const struct json *optional = json_find(pkg, "optionalDependencies");
	for (uint32_t i = 0; json_is(deps, JSON_OBJECT) && i < json_count(optional); i++)
		json_remove(deps, optional->members[i].key);
	if (deps && !json_count(deps))
		json_remove(pkg, "dependencies");
	return 0;
}

static int write_package(struct cli *cli, const char *dir, struct str old, const struct json *pkg, struct err *err)
{
	struct buf b = BUF_INIT(MAX_PACKAGE);
	style_format(&b, pkg, old.ptr ? style_detect(cli->arena, old) : STYLE_DEFAULT);
	int rc = fs_write(path_join(cli->arena, dir, "package.json"), buf_str(&b), 0666, err);
	buf_release(&b);
	return rc;
}

static int make_package(struct cli *cli, const char *dir, struct err *err)
{
	struct init in = {.cli = cli, .dir = dir};
	struct str old;
	struct json *pkg;
	in.yes = config_bool(cli->config, "yes") || config_bool(cli->config, "force");
	if (read_package(cli, dir, &old, &pkg, err))
		return -1;
	if (!in.yes)
		cli_print(cli, "%s", welcome);
	in.pkg = pkg;
	in.fields = json_object(cli->arena);
	init_fields(&in);
	if (in.canceled) {
		cli_print(cli, "%s", "");
		report_warn(cli->reporter, "init", "canceled");
		return 0;
	}
	if (complete(cli, dir, pkg, in.fields, err))
		return -1;
	const char *file = path_join(cli->arena, dir, "package.json"), *text = text_of(cli->arena, pkg);
	if (!in.yes) {
		cli_print(cli, "About to write to %s:\n\n%s\n\n", file, text);
		const char *ok = init_ask(&in, "Is this OK?", "yes");
		if (ok[0] != 'y' && ok[0] != 'Y') {
			cli_print(cli, "Aborted.");
			return 0;
		}
	}
	if (write_package(cli, dir, old, pkg, err))
		return -1;
	if (in.yes && !cli_is_silent(cli))
		cli_print(cli, "Wrote to %s:\n\n%s\n\n", file, text);
	return 0;
}

/* ---- another package's initializer ---- */

/* "foo" is create-foo, "@s" is @s/create, "@s/foo" is @s/create-foo, "u/p" is u/create-p. */
static const char *initializer(struct cli *cli, const char *word, struct err *err)
{
	struct arena *a = cli->arena;
	if (word[0] == '@' && !strchr(word, '/')) {
		const char *version = strchr(word + 1, '@');
		int len = version ? (int)(version - word) : (int)strlen(word);
		return arena_printf(a, "%.*s/create%s", len, word, version ? version : "");
	}
	const struct spec *spec = spec_parse(a, word, cli->cwd, err);
	if (!spec)
		return NULL;
	if (spec->type == SPEC_GIT && spec->hosted) {
		const char *user = spec->hosted->user, *project = spec->hosted->project;
		return cstr_replace(a, word, arena_printf(a, "%s/%s", user, project),
				    arena_printf(a, "%s/create-%s", user, project));
	}
	if (spec->registry) {
		const char *slash = spec->name[0] == '@' ? strchr(spec->name, '/') : NULL;
		int len = slash ? (int)(slash - spec->name) + 1 : 0;
		return arena_printf(a, "%.*screate-%s@%s", len, spec->name, spec->name + len, spec->raw_spec);
	}
	err_set(err, ERR_EGENERIC, "Unrecognized initializer: %s", word);
	return NULL;
}

/* `exec` with the initializer's package, in the folder it is to fill. */
static int run_initializer(struct cli *cli, int argc, char **argv, const char *dir, struct err *err)
{
	const char *package = initializer(cli, argv[0], err);
	char **words = ARENA_ARRAY(cli->arena, char *, (size_t)argc + 1);
	if (!package)
		return -1;
	words[0] = arena_strdup(cli->arena, package);
	for (int i = 1; i < argc; i++)
		words[i] = argv[i];
	if (chdir(dir))
		return err_sys(err, errno, "cannot enter '%s'", dir);
	/* It is told where to run; the workspace that is meant need not be one yet. */
	const char *cwd = cli->cwd;
	bool in_workspaces = cli->in_workspaces;
	cli->cwd = dir;
	cli->in_workspaces = false;
	cli->goes_on = in_workspaces;
	int rc = cli_run(cli, "exec", argc, words, err);
	cli->goes_on = false;
	cli->cwd = cwd;
	cli->in_workspaces = in_workspaces;
	return rc;
}

/* ---- new workspaces ---- */

/* The root's package.json names the workspace, unless one of its patterns does already. */
static int add_workspace(struct cli *cli, const char *path, struct err *err)
{
	struct arena *a = cli->arena;
	const char *prefix = cli->config->local_prefix, *file = path_join(a, prefix, "package.json");
	const char *folder = path_relative(a, prefix, path);
	struct str text;
	if (fs_read(a, file, MAX_PACKAGE, &text, err))
		return -1;
	const struct json *pkg = json_parse(a, text, file, err);
	if (!pkg)
		return -1;
	if (workspaces_take(a, pkg, folder) || !fs_exists(path_join(a, path, "package.json")))
		return 0;
	struct json *list = json_array(a), *content = json_object(a);
	const struct json *before = json_find(pkg, "workspaces");
	for (uint32_t i = 0; json_is(before, JSON_ARRAY) && i < before->count; i++)
		json_add(a, list, json_copy(a, before->items[i]));
	json_add(a, list, json_string(a, folder));
	json_put(a, content, "workspaces", list);
	return package_save(a, prefix, content, err);
}

/* The new workspaces get their place in node_modules and in the lockfile. */
static int update_workspaces(struct cli *cli, const struct vec *folders, struct err *err)
{
	char **names = ARENA_ARRAY(cli->arena, char *, folders->count + 1);
	int n = 0;
	for (size_t i = 0; i < folders->count; i++) {
		struct package_file package;
		if (package_read_if(cli->arena, folders->items[i], &package, err))
			return -1;
		if (package.manifest->name)
			names[n++] = arena_strdup(cli->arena, package.manifest->name);
	}
	if (!n || !config_bool(cli->config, "workspaces-update"))
		return 0;
	config_set(cli->config, "workspace", json_array(cli->arena), CONFIG_CLI);
	cli->in_workspaces = false;
	return cli_run(cli, "update", n, names, err);
}

static int make_workspaces(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *prefix = cli->config->local_prefix, *file = path_join(cli->arena, prefix, "package.json");
	struct vec folders;
	struct str text;
	vec_init(&folders, cli->arena);
	if (fs_read(cli->arena, file, MAX_PACKAGE, &text, err)) {
		if (err->code == ERR_ENOENT)
			report_warn(cli->reporter, "init", "Missing package.json. Try with `--include-workspace-root`.");
		return -1;
	}
	if (!json_parse(cli->arena, text, file, err))
		return -1;
	for (const char *const *w = config_list(cli->config, "workspace", NULL); *w; w++) {
		const char *path = path_resolve(cli->arena, prefix, *w);
		if (fs_mkdirs(path, err))
			return -1;
		if (argc ? run_initializer(cli, argc, argv, path, err) : make_package(cli, path, err))
			return -1;
		if (cli->status)
			return 0;
		if (add_workspace(cli, path, err))
			return -1;
		vec_add(&folders, (char *)path);
	}
	if (argc)
		return 0;
	return update_workspaces(cli, &folders, err);
}

int cmd_init(struct cli *cli, int argc, char **argv, struct err *err)
{
	bool root = !cli->in_workspaces || config_bool(cli->config, "include-workspace-root");
	if ((argc || cli->in_workspaces) && !cli->is_net)
		return RUN_HAND_OVER;
	if (root && (argc ? run_initializer(cli, argc, argv, cli->cwd, err) : make_package(cli, cli->cwd, err)))
		return -1;
	if (!cli->in_workspaces)
		return 0;
	return make_workspaces(cli, argc, argv, err);
}
