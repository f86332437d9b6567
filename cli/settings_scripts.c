/* SPDX-License-Identifier: MIT */
#include "cli/settings_scripts.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/render.h"
#include "cli/runtimes.h"
#include "install/allow.h"
#include "install/grants.h"
#include "install/lifecycle.h"
#include "runtime/confine.h"
#include "runtime/env.h"
#include "runtime/node.h"

#include <string.h>

static void put_env(void *ctx, const char *name, const char *value)
{
	map_put(ctx, name, (char *)value);
}

/* Settings whose default npm works out while it loads are never at the default it compares with: always handed down. */
static void put_worked_out(struct cli *cli, struct map *env)
{
	const struct config *c = cli->config;
	const char *prefix = c->global_prefix;
	const char *const pairs[][2] = {
		{"npm_config_prefix", prefix},
		{"npm_config_globalconfig", path_join(cli->arena, prefix, "etc/npmrc")},
		{"npm_config_global_ignore_file", path_join(cli->arena, prefix, "etc/npmignore")},
		{"npm_config_noproxy", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		if (!map_has(env, pairs[i][0]))
			map_put(env, pairs[i][0], (void *)pairs[i][1]);
	}
}

struct map *settings_env(struct cli *cli, const struct runtime *rt)
{
	struct config *c = cli->config;
	const char *agent;
	struct map *env;

	c->node_version = rt->version;
	agent = config_user_agent(c);
	env = env_make(cli->arena, &(struct env_options){
		.runtime = rt,
		.command = cli->command ? cli->command->name : NULL,
		.cwd = cli->cwd,
		.home = c->home,
		.global_prefix = c->global_prefix,
		.local_prefix = c->local_prefix,
		.user_agent = agent,
		.npm_version = config_text(c, "npm-version"),
		.editor = config_text(c, "editor"),
		.node_options = config_text(c, "node-options"),
		.node_gyp = config_text(c, "node-gyp"),
		.cache_dir = config_cache(c),
		.color = render_wants_color(c, stdout),
		.production = config_omits(c, "dev"),
	});

	config_each_env(c, put_env, env);
	map_put(env, "npm_config_user_agent", (void *)agent);
	put_worked_out(cli, env);
	return env;
}

/* ---- allowScripts ---- */

/* What one source lists; entries are apart by commas or blanks. */
static void add_entries(struct cli *cli, enum config_where where, struct vec *names)
{
	const struct json *v = config_get_at(cli->config, "allow-scripts", where);

	for (uint32_t i = 0; v && i < (json_is(v, JSON_ARRAY) ? json_count(v) : 1); i++) {
		const char *text = json_text(json_is(v, JSON_ARRAY) ? json_at(v, i) : v);
		struct str rest = str_from(text ? text : "");

		while (rest.len) {
			struct str one = str_trim(str_cut(rest, ',', &rest));

			if (one.len)
				vec_add(names, (char *)str_dup(cli->arena, one));
		}
	}
}

/* The first of the sources that lists anything. */
static void names_of(struct cli *cli, const enum config_where *sources, size_t n, struct vec *names)
{
	vec_init(names, cli->arena);
	for (size_t i = 0; i < n && !names->count; i++)
		add_entries(cli, sources[i], names);
}

static void warn_all(struct cli *cli, const struct vec *warnings)
{
	for (size_t i = 0; i < warnings->count; i++)
		report_warn(cli->reporter, "install-scripts", "%s", VEC_AT(warnings, char, i));
}

static void warn_ignored(struct cli *cli, const struct vec *rc, const char *because)
{
	if (rc->count)
		report_warn(cli->reporter, "install-scripts",
			".npmrc allow-scripts setting is being ignored because %s", because);
}

int settings_allow(struct cli *cli, const struct json *pkg, bool project, struct allow_policy **out, struct err *err)
{
	static const enum config_where now[] = {CONFIG_CLI, CONFIG_ENV};
	static const enum config_where files[] = {CONFIG_PROJECT, CONFIG_USER, CONFIG_GLOBAL, CONFIG_BUILTIN};
	const struct json *field = project ? json_find(pkg, "allowScripts") : NULL;
	const char *root = cli->config->local_prefix;
	struct vec given, rc, warnings;

	vec_init(&warnings, cli->arena);
	names_of(cli, now, ARRAY_LEN(now), &given);
	names_of(cli, files, ARRAY_LEN(files), &rc);
	if (given.count && project)
		return err_set(err, ERR_EALLOWSCRIPTS,
			"--allow-scripts is not allowed in project-scoped installs. Add the entries to the \"allowScripts\" "
			"field in package.json, or to .npmrc, instead.");
	*out = given.count ? allow_from_names(cli->arena, &given, "CLI flag", root, &warnings) : NULL;
	if (*out) {
		warn_ignored(cli, &rc, "--allow-scripts was passed on the command line");
	} else if (json_is(field, JSON_OBJECT) && field->count) {
		*out = allow_from_json(cli->arena, field, root, &warnings);
		if (*out)
			warn_ignored(cli, &rc, "package.json declares its own allowScripts field");
	}
	if (!*out && rc.count)
		*out = allow_from_names(cli->arena, &rc, ".npmrc", root, &warnings);
	warn_all(cli, &warnings);
	return 0;
}

static void add_readable(struct arena *a, struct confine *confine, const char *dir)
{
	static const char *const names[] = {"node_modules", "package.json", "package-lock.json"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		vec_add(&confine->reads, (void *)path_join(a, dir, names[i]));
}

/* The sandbox of dependencies' scripts, NULL when there is to be none. */
static const struct confine *settings_confine(struct cli *cli, const struct runtime *rt)
{
	const struct config *c = cli->config;
	struct confine *confine;

	if (streq(config_text(c, "script-sandbox"), "off"))
		return NULL;
	confine = ARENA_NEW(cli->arena, struct confine);
	confine_init(confine, cli->arena, rt);
	confine->mode = streq(config_text(c, "script-sandbox"), "require") ? CONFINE_REQUIRE : CONFINE_PREFER;
	confine->home = c->home;
	confine->cache = config_text(c, "cache");
	confine->project = c->local_prefix;
	add_readable(cli->arena, confine, config_is_global(c) ? path_join(cli->arena, c->global_prefix, "lib") : c->local_prefix);
	return confine;
}

/* A workspace with words of its own about the runtime. */
static int workspace_runtime(void *ctx, const char *dir, struct lifecycle_runtime *out, struct err *err)
{
	struct cli *cli = ctx;
	const char *projects = cli->config->node_version;
	const struct runtime_choice *c = cli_runtime(cli, dir, CHOICE_GET, err);

	if (!c)
		return -1;
	if (streq(c->runtime.version, projects))
		return 0;
	out->env = settings_env(cli, &c->runtime);
	out->shims = c->runtime.shims;
	cli->config->node_version = projects;
	return 0;
}

/* Below the error, as npm has it. */
static void keep_output(void *ctx, struct str out, struct str err)
{
	struct cli *cli = ctx;

	if (out.len || err.len)
		cli->error_detail = arena_printf(cli->arena, "%.*s%s%.*s", STR_ARGS(out), out.len && err.len ? "\n" : "", STR_ARGS(err));
}

int settings_lifecycle(struct cli *cli, const struct json *pkg, bool project, struct lifecycle_options *out,
		       struct err *err)
{
	const struct config *c = cli->config;
	struct runtime *rt = ARENA_NEW(cli->arena, struct runtime);
	struct allow_policy *policy;
	struct vec warnings;

	vec_init(&warnings, cli->arena);
	if (cli_project_runtime(cli, rt, err) < 0 || settings_allow(cli, pkg, project, &policy, err) < 0)
		return -1;
	*out = (struct lifecycle_options){
		.env = settings_env(cli, rt),
		.shims = rt->shims,
		.script_shell = config_text(c, "script-shell"),
		.policy = policy,
		.confine = settings_confine(cli, rt),
		.confined_project = config_bool(c, "confine-project") ? c->local_prefix : NULL,
		.grants = project && !config_bool(c, "confine-project") ? grants_make(cli->arena, pkg, c->local_prefix, &warnings) : NULL,
		.allow_all = config_bool(c, "dangerously-allow-all-scripts"),
		.ignore_scripts = config_bool(c, "ignore-scripts"),
		.bin_links = config_bool(c, "bin-links"),
		.foreground_scripts = config_bool(c, "foreground-scripts"),
		.rebuild_bundle = config_bool(c, "rebuild-bundle"),
		.global = config_is_global(c),
		.force = config_bool(c, "force"),
		.runtime_of = project && !config_is_global(c) ? workspace_runtime : NULL,
		.runtime_ctx = cli,
		.reporter = cli->reporter,
		.said = keep_output,
		.said_ctx = cli,
	};
	warn_all(cli, &warnings);
	return 0;
}
