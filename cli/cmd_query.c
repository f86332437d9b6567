/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/project_opts.h"
#include "cli/render.h"
#include "cli/runs.h"
#include "cli/select.h"
#include "install/actual.h"
#include "install/project.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/selector.h"
#include "resolver/tree.h"

#include <string.h>

/* What has been found so far: one entry a package on disk. */
struct answer {
	struct cli *cli;
	const struct selector *selector;
	const struct selector_feed *feed;
	struct vec items;	/* struct node: as it is shown */
	struct map seen;	/* place of what is really there to its entry: index + 1 */
};

static struct tree *load(struct cli *cli, struct err *err)
{
	struct project p;

	if (cli_project(cli, false, &p, err) < 0)
		return NULL;
	if (!config_bool(cli->config, "package-lock-only"))
		return actual_load(cli->arena, &p, &(struct actual_options){.force_disk = true}, err);
	struct tree *t = project_virtual(cli->arena, &p, false, err);
	if (!t) {
		err_clear(err);
		(void)cli_usage_error(cli, err, "A package-lock.json file is required in package-lock-only mode");
	}
	return t;
}

/* Of many ways to the same package, the one that a person would name. */
static int rank(const struct node *n)
{
	if (!strstr(n->location, "node_modules/.store/"))
		return 2;
	return n->is_link ? 0 : 1;
}

static void add(struct answer *a, struct node *n)
{
	const struct node *target = node_target(n);

	if (!target->path || !*target->location) {
		vec_add(&a->items, n);
		return;
	}
	size_t at = (size_t)(uintptr_t)map_find(&a->seen, target->location);
	if (!at) {
		vec_add(&a->items, n);
		map_put(&a->seen, target->location, (void *)(uintptr_t)a->items.count);
	} else if (rank(n) > rank(a->items.items[at - 1])) {
		a->items.items[at - 1] = n;
	}
}

static int ask(struct answer *a, struct node *target, struct err *err)
{
	struct selector_run run = {.arena = a->cli->arena, .target = target, .feed = a->feed, .cwd = a->cli->cwd};
	struct vec found;

	vec_init(&found, a->cli->arena);
	if (selector_run(&run, a->selector, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < found.count; i++)
		add(a, found.items[i]);
	return 0;
}

/* The workspace in a folder; NULL when the tree has none there. */
static struct node *workspace_at(const struct tree *t, const char *path)
{
	const struct vec *nodes = inventory_at_realpath(t->root, path);

	for (size_t i = 0; nodes && i < nodes->count; i++)
		if (node_is_workspace(nodes->items[i]))
			return node_target(nodes->items[i]);
	return NULL;
}

static int ask_in_workspaces(struct answer *a, const struct tree *t, struct err *err)
{
	bool with_root = config_bool(a->cli->config, "include-workspace-root");
	struct map *paths = cli_workspace_paths(a->cli, with_root, err);

	if (!paths)
		return -1;
	for (struct map_entry *i = map_first(paths); i; i = map_next(paths, i)) {
		struct node *n = streq(i->value, t->root->path) ? t->root : workspace_at(t, i->value);

		if (n && ask(a, n, err) < 0)
			return -1;
	}
	return 0;
}

static struct json *places_from(struct arena *a, const struct node *n)
{
	struct json *out = json_array(a);

	for (size_t i = 0; i < n->edges_in.count; i++)
		json_add(a, out, json_string(a, VEC_AT(&n->edges_in, struct edge, i)->from->location));
	return out;
}

static struct json *places_to(struct arena *a, const struct node *n)
{
	struct json *out = json_array(a);

	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		const struct edge *e = i->value;

		if (e->to)
			json_add(a, out, json_string(a, e->to->location));
	}
	return out;
}

/* The package's own fields, and what the tree knows of it. */
static struct json *describe(struct arena *a, struct node *n)
{
	struct node *target = node_target(n);
	const struct node *shown = target->in_store ? n : target;
	struct json *out = json_object(a);

	for (uint32_t i = 0; i < json_count(target->manifest->raw); i++)
		json_put(a, out, target->manifest->raw->members[i].key, target->manifest->raw->members[i].value);
	json_put_text(a, out, "pkgid", node_id(target));
	json_remove(out, "location");
	if (shown->path)
		json_put_text(a, out, "location", shown->location);
	json_put_text(a, out, "path", shown->path);
	json_put_text(a, out, "realpath", target->realpath);
	json_put_text(a, out, "resolved", node_resolved(target));
	json_put(a, out, "from", places_from(a, target));
	json_put(a, out, "to", places_to(a, target));
	json_put_bool(a, out, "dev", target->flags.dev);
	json_put_bool(a, out, "inBundle", node_in_bundle(target));
	json_put_bool(a, out, "deduped", false); /* npm looks before it knows */
	json_put_bool(a, out, "overridden", node_overridden(n));
	json_put(a, out, "queryContext", selector_context(a, n));
	return out;
}

/* --expect-results and --expect-result-count: a warning, and the exit status says no. */
static void check_expected(struct cli *cli, size_t count)
{
	if (!config_is_default(cli->config, "expect-results")) {
		bool expected = config_bool(cli->config, "expect-results");

		if (expected == (count > 0))
			return;
		report_warn(cli->reporter, "query", "Expected %sresults, got %zu", expected ? "" : "no ", count);
		cli->status = 1;
	} else if (!config_is_default(cli->config, "expect-result-count")) {
		double expected = config_number(cli->config, "expect-result-count", -1);

		if (expected == (double)count)
			return;
		report_warn(cli->reporter, "query", "Expected %.0f result%s, got %zu", expected,
			    expected == 1 ? "" : "s", count);
		cli->status = 1;
	}
}

struct selector *select_parse(struct cli *cli, int argc, char **argv, struct err *err)
{
	config_set(cli->config, "json", json_bool(cli->arena, true), CONFIG_CLI);
	cli->render->json = true;
	return selector_parse(cli->arena, argc ? argv[0] : "", err);
}

void select_warn(void *ctx, const char *text)
{
	struct cli *cli = ctx;

	report_warn(cli->reporter, "query", "%s", text);
}

int select_run(struct cli *cli, const struct selector *s, const struct selector_feed *feed, struct err *err)
{
	struct answer a = {.cli = cli, .selector = s, .feed = feed};
	struct json *out = json_array(cli->arena);
	struct tree *t = load(cli, err);

	vec_init(&a.items, cli->arena);
	map_init(&a.seen, cli->arena);
	if (!t || (cli->in_workspaces ? ask_in_workspaces(&a, t, err) : ask(&a, t->root, err)) < 0)
		return -1;
	for (size_t i = 0; i < a.items.count; i++)
		json_add(cli->arena, out, describe(cli->arena, a.items.items[i]));
	check_expected(cli, a.items.count);
	cli_json(cli, out);
	return 0;
}

int cmd_query(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct selector_feed feed = {.warn = select_warn, .ctx = cli};
	struct selector *s = select_parse(cli, argc, argv, err);

	if (!s)
		return -1;
	if (selector_needs_feed(s))
		return RUN_HAND_OVER;
	return select_run(cli, s, &feed, err);
}
