/* SPDX-License-Identifier: MIT */
#include "cli/settings_install.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/proc.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/inspect.h"
#include "cli/project_opts.h"
#include "cli/runtimes.h"
#include "cli/settings_registry.h"
#include "cli/settings_scripts.h"
#include "resolver/explain.h"
#include "resolver/manifest.h"
#include "resolver/pick.h"
#include "resolver/tree.h"
#include <stdlib.h>
#include <string.h>

#define MAX_REPORT ((size_t)1 << 20)

/* ---- what the resolver has to say ---- */

static void warn_eresolve(struct cli *cli, const struct json *data)
{
	struct buf out = BUF_INIT(MAX_REPORT);

	eresolve_text(&out, cli->arena, data, 2);
	report_warn(cli->reporter, "ERESOLVE", "overriding peer dependency");
	report_warn(cli->reporter, "", "%s", buf_text(&out));
	buf_release(&out);
}

static void on_ideal(const struct ideal_event *e, void *ctx)
{
	struct cli *cli = ctx;

	if (e->kind == IDEAL_WARN)
		report_warn(cli->reporter, e->title ? e->title : "", "%s", e->text);
	else if (e->kind == IDEAL_WARN_ERESOLVE)
		warn_eresolve(cli, e->data);
	else if (e->kind == IDEAL_WARN_ENGINE)
		report_warn(cli->reporter, "EBADENGINE", "Unsupported engine %s", inspect(cli->arena, e->data, 2));
}

/* ---- settings ---- */

static enum allow allow_of(const struct config *c, const char *key)
{
	const char *v = config_text(c, key);

	if (streq(v, "root"))
		return ALLOW_ROOT;
	return streq(v, "none") ? ALLOW_NONE : ALLOW_ALL;
}

static enum install_strategy strategy_of(const struct config *c)
{
	static const char *const names[] = {
		[STRATEGY_HOISTED] = "hoisted",
		[STRATEGY_NESTED] = "nested",
		[STRATEGY_SHALLOW] = "shallow",
		[STRATEGY_LINKED] = "linked",
	};
	const char *v = config_install_strategy(c);

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (streq(v, names[i]))
			return (enum install_strategy)i;
	return STRATEGY_HOISTED;
}

static enum save_type save_type_of(const struct config *c)
{
	static const struct {
		const char *name;
		enum save_type type;
	} types[] = {{"prod", SAVE_PROD}, {"dev", SAVE_DEV}, {"optional", SAVE_OPTIONAL}, {"peer", SAVE_PEER},
		{"peerOptional", SAVE_PEER_OPTIONAL}};
	const char *v = config_save_type(c);

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (streq(v, types[i].name))
			return types[i].type;
	return SAVE_INFER;
}

static bool is_age_excluded(const char *name, void *ctx)
{
	const struct cli *cli = ctx;
	size_t n;
	const char *const *patterns = config_list(cli->config, "min-release-age-exclude", &n);

	return pick_age_excluded(name, patterns, n);
}

static void ideal_settings(struct cli *cli, struct ideal_options *o)
{
	const struct config *c = cli->config;

	o->where = cli->cwd;
	o->save_type = save_type_of(c);
	o->save_bundle = config_bool(c, "save-bundle") && !config_bool(c, "save-peer");
	o->prefer_dedupe = config_bool(c, "prefer-dedupe");
	o->legacy_peer_deps = config_bool(c, "legacy-peer-deps");
	o->strict_peer_deps = config_bool(c, "strict-peer-deps");
	o->force = config_bool(c, "force");
	o->global = config_is_global(c);
	o->install_links = config_bool(c, "install-links");
	o->engine_strict = config_bool(c, "engine-strict");
	o->strategy = o->global ? STRATEGY_SHALLOW : strategy_of(c);
	o->omit = cli_omit(cli);
	o->include_workspace_root = config_bool(c, "include-workspace-root");
	o->node_version = cli_node_version(cli);
	o->npm_version = config_text(c, "npm-version");
	o->cpu = config_text(c, "cpu");
	o->os = config_text(c, "os");
	o->libc = config_text(c, "libc");
	o->before = config_before(c);
	o->age_excluded = is_age_excluded;
	o->age_ctx = cli;
	o->default_tag = config_text(c, "tag");
	o->allow_git = allow_of(c, "allow-git");
	o->allow_remote = allow_of(c, "allow-remote");
	o->allow_file = allow_of(c, "allow-file");
	o->allow_directory = allow_of(c, "allow-directory");
	o->event = on_ideal;
	o->event_ctx = cli;
}

static void lock_settings(struct cli *cli, struct install_options *o)
{
	const struct config *c = cli->config;

	o->project.path = cli_tree_path(cli);
	o->project.public_registry = settings_public_registry(cli);
	o->project.ignore_extension = config_bool(c, "ignore-extension") || config_bool(c, "ignore-scripts");
	o->project.extension_file = config_text(c, "extension-file");
	o->project.global = config_is_global(c);
	o->project.linked = o->ideal.strategy == STRATEGY_LINKED;
	o->project.lockfile_version = (int)config_number(c, "lockfile-version", 0);
	o->project.install_links = o->ideal.install_links;
	o->project.legacy_peer_deps = o->ideal.legacy_peer_deps;
	o->project.no_lockfile = !config_package_lock(c) || o->project.global;
	o->no_lockfile = o->project.no_lockfile;
	o->lock_only = config_bool(c, "package-lock-only");
	o->commit.omit_registry_resolved = config_bool(c, "omit-lockfile-registry-resolved");
	o->commit.compact = config_is_false(c, "format-package-lock");
}

static int workspace_settings(struct cli *cli, struct install_options *o, struct err *err)
{
	struct vec names;

	vec_init(&names, cli->arena);
	if (cli_chosen(cli, &names, err) < 0)
		return -1;
	o->ideal.workspaces = (const char **)names.items;
	o->ideal.workspace_count = names.count;
	o->no_workspaces = config_is_false(cli->config, "workspaces");
	return 0;
}

/* What weakens a check counts when it was typed, not when a project's .npmrc says so. */
static bool from_command_line(const struct config *c, const char *key)
{
	return config_find(c, key) == CONFIG_CLI && config_bool(c, key);
}

int settings_install(struct cli *cli, struct install_options *o, struct err *err)
{
	const struct config *c = cli->config;
	struct package_file package;
	struct runtime rt;

	*o = (struct install_options){.reporter = cli->reporter};
	/* First of all: packages are chosen for the runtime that is to run them, and the registry hears of it. */
	if (cli_project_runtime(cli, &rt, err) < 0)
		return -1;
	ideal_settings(cli, &o->ideal);
	lock_settings(cli, o);
	settings_cache(cli, &o->cache);
	if (settings_registry(cli, &o->registry, err) < 0)
		return -1;
	if (package_read_if(cli->arena, o->project.path, &package, err) < 0)
		return -1;
	if (!o->project.global && workspace_settings(cli, o, err) < 0)
		return -1;
	if (settings_lifecycle(cli, package.manifest->raw, !o->project.global, &o->lifecycle, err) < 0)
		return -1;
	o->save_prefix = config_save_prefix(c);
	o->lode = proc_self(cli->arena);
	o->omit = o->ideal.omit;
	o->dry_run = config_bool(c, "dry-run");
	o->no_save = !config_bool(c, "save");
	o->global_store = o->project.linked && config_bool(c, "global-store");
	o->ideal.complete = o->lock_only || o->dry_run;
	o->strict_allow_scripts = config_bool(c, "strict-allow-scripts");
	o->allow_unused_patches = from_command_line(c, "allow-unused-patches");
	o->ignore_patch_failures = from_command_line(c, "ignore-patch-failures");
	return 0;
}

int settings_ci(struct cli *cli, struct install_options *o, struct err *err)
{
	if (settings_install(cli, o, err) < 0)
		return -1;
	o->ci = true;
	o->project.ignore_extension = true;
	o->no_save = true;
	o->project.no_lockfile = false;
	o->ideal.no_save = true;
	o->ideal.complete = o->dry_run;
	return 0;
}

int settings_install_npx(struct cli *cli, const char *dir, struct install_options *o, struct err *err)
{
	struct runtime rt;

	*o = (struct install_options){.reporter = cli->reporter};
	/* First of all: packages are chosen for the runtime that is to run them, and the registry hears of it. */
	if (cli_project_runtime(cli, &rt, err) < 0)
		return -1;
	ideal_settings(cli, &o->ideal);
	lock_settings(cli, o);
	settings_cache(cli, &o->cache);
	if (settings_registry(cli, &o->registry, err) < 0)
		return -1;
	if (settings_lifecycle(cli, NULL, false, &o->lifecycle, err) < 0)
		return -1;
	o->project.path = dir;
	o->project.global = o->ideal.global = o->lifecycle.global = false;
	o->project.no_lockfile = o->no_lockfile = o->lock_only = false;
	o->project.install_links = o->ideal.install_links = false;
	o->ideal.save_type = save_type_of(cli->config);
	o->dry_run = config_bool(cli->config, "dry-run");
	o->ideal.strategy = strategy_of(cli->config);
	o->project.linked = o->ideal.strategy == STRATEGY_LINKED;
	o->ideal.include_workspace_root = false;
	o->ideal.allow_directory = ALLOW_ALL;	/* the user named it, or it is the project itself */
	o->save_prefix = config_save_prefix(cli->config);
	o->lode = proc_self(cli->arena);
	o->omit = o->ideal.omit;
	o->strict_allow_scripts = config_bool(cli->config, "strict-allow-scripts");
	o->strict_remedy = "Pass --allow-scripts=<pkg> for one-off approval, or bypass this check with "
				"--dangerously-allow-all-scripts.";
	return 0;
}
