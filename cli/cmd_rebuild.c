/* SPDX-License-Identifier: MIT
 *
 * rebuild: bins are linked and install scripts run again, for all that is installed or for what is named.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/project_opts.h"
#include "cli/render.h"
#include "cli/runs.h"
#include "cli/runtimes.h"
#include "cli/settings_scripts.h"
#include "install/actual.h"
#include "install/allow.h"
#include "install/due.h"
#include "install/lifecycle.h"
#include "install/lock.h"
#include "install/pending.h"
#include "install/project.h"
#include "lockfile/lockfile.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/range.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

/* ---- which ---- */

static int read_specs(struct cli *cli, int argc, char **argv, struct vec *specs, struct err *err)
{
	for (int i = 0; i < argc; i++) {
		struct spec *s = spec_parse(cli->arena, argv[i], cli->cwd, err);

		if (!s)
			return -1;
		if (!streq(s->raw_spec, "*") && s->type != SPEC_RANGE && s->type != SPEC_VERSION &&
		    s->type != SPEC_DIRECTORY)
			return err_set(err, ERR_EGENERIC, "`lode rebuild` only supports SemVer version/range specifiers");
		vec_add(specs, s);
	}
	return 0;
}

static bool is_meant(const struct spec *s, const struct node *n)
{
	if (s->type == SPEC_DIRECTORY)
		return streq(n->path, s->fetch_spec);
	if (!streq(s->name, n->name))
		return false;
	return streq(s->raw_spec, "") || streq(s->raw_spec, "*") ||
	       semver_satisfies(node_version(n), s->fetch_spec, 0);
}

/* What is bundled is never meant by name: it may call itself anything. */
static void choose_named(const struct tree *t, const struct vec *specs, struct vec *nodes)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		bool meant = false;

		for (size_t j = 0; j < specs->count && !meant; j++)
			meant = is_meant(specs->items[j], n);
		if (meant && !node_in_bundle(n))
			vec_add(nodes, n);
	}
}

/* Everything, or what chosen workspaces or the project without its workspaces need. */
static int choose_all(struct cli *cli, struct tree *t, struct vec *nodes, struct err *err)
{
	int chosen;

	if (config_is_false(cli->config, "workspaces")) {
		root_dep_set(t, nodes);
		vec_add(nodes, node_target(t->root));
		return 0;
	}
	chosen = cli_chosen_deps(cli, t, config_bool(cli->config, "include-workspace-root"), nodes, err);
	if (chosen)
		return chosen < 0 ? -1 : 0;
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i))
		vec_add(nodes, i->value);
	return 0;
}

/* ---- what may run ---- */

static void warn_pending(struct cli *cli, const struct vec *pending)
{
	const char *advice = "Run `lode install-scripts ls` to review.";

	if (!pending->count)
		return;
	if (cli_is_global(cli))
		advice = arena_printf(cli->arena,
			"Run `lode config set allow-scripts=%s --location=user` to allow their scripts.",
			allow_names_text(cli->arena, pending));
	report_warn(cli->reporter, "rebuild",
		"%zu %s had install scripts blocked because they are not covered by allowScripts. %s", pending->count,
		pending->count == 1 ? "package" : "packages", advice);
}

/* The hidden lockfile would say that it is there. */
static void on_lifecycle(void *ctx, const struct lifecycle_event *e)
{
	struct cli *cli = ctx;
	struct err ignored = ERR_INIT;

	if (e->kind == LIFECYCLE_HARMED && !cli_is_global(cli))
		(void)!fs_unlink(path_join(cli->arena, cli->config->local_prefix, LOCKFILE_HIDDEN_NAME), &ignored);
}

/* Before any script runs: for another program would have to fetch a runtime, and begin again. */
static int choose_runtimes(struct cli *cli, struct err *err)
{
	struct map *folders = cli_is_global(cli) ? NULL : runtimes_folders(cli, err);

	if (err->code != ERR_OK || (folders && cli_runtimes_ready(cli, folders, err)))
		return -1;
	render_flush(cli->render);
	return 0;
}

static int prepare(struct cli *cli, struct project *p, struct lifecycle_options *o, struct err *err)
{
	if (cli_project(cli, false, p, err) < 0 ||
	    settings_lifecycle(cli, p->package.manifest->raw, !p->options.global, o, err) < 0)
		return -1;
	o->shared = true;
	o->report = on_lifecycle;
	o->ctx = cli;
	return choose_runtimes(cli, err);
}

/* Killed meanwhile, it is gone on with by the next install. */
static int build(struct cli *cli, const struct project *p, const struct vec *nodes, const struct lifecycle_options *o, struct err *err)
{
	struct err ignored = ERR_INIT;
	struct str before;
	int bad;

	if (p->options.global)
		return lifecycle_build(cli->arena, nodes, o, err);
	if (due_rebuild(cli->arena, p->options.path, nodes, &before, err) < 0)
		return -1;
	bad = lifecycle_build(cli->arena, nodes, o, err);
	return due_rebuilt(cli->arena, p->options.path, before, bad ? &ignored : err) < 0 || bad ? -1 : 0;
}

/* With the project's lock held: no install changes what is there. */
static int rebuild(struct cli *cli, const struct project *p, const struct lifecycle_options *o, const struct vec *specs, struct err *err)
{
	struct tree *t = actual_load(cli->arena, p, &(struct actual_options){0}, err);
	struct vec nodes, pending;

	vec_init(&nodes, cli->arena);
	if (!t)
		return -1;
	if (specs->count)
		choose_named(t, specs, &nodes);
	else if (choose_all(cli, t, &nodes, err) < 0)
		return -1;
	pending_list(cli->arena, o, t, &pending);
	if (config_bool(cli->config, "strict-allow-scripts") && pending.count)
		return allow_strict_error(&pending, allow_remedy(cli->arena, &pending, p->options.global), err);
	if (build(cli, p, &nodes, o, err) < 0)
		return -1;
	warn_pending(cli, &pending);
	cli_print(cli, "rebuilt dependencies successfully");
	return 0;
}

int cmd_rebuild(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct project_lock lock = {-1};
	struct lifecycle_options o;
	struct project p;
	struct vec specs;
	int bad;

	vec_init(&specs, cli->arena);
	if (prepare(cli, &p, &o, err) < 0 || read_specs(cli, argc, argv, &specs, err) < 0 ||
	    (fs_exists(p.options.path) && project_lock(&lock, cli->arena, p.options.path, cli->reporter, err) < 0))
		return -1;
	bad = rebuild(cli, &p, &o, &specs, err);
	project_unlock(&lock);
	return bad;
}
