/* SPDX-License-Identifier: MIT */
#include "cli/filtering.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "install/project.h"
#include "resolver/manifest.h"
#include "resolver/wsfilter.h"
#include "resolver/wsgraph.h"

static const char *root_name(const struct manifest *m)
{
	return m->name ? m->name : "";
}

int cli_workspace_graph(struct cli *cli, struct ws_graph *out, struct err *err)
{
	const char *root = cli->config->local_prefix;
	struct package_file file;
	struct map *all;

	if (package_read(cli->arena, root, &file, err))
		return -1;
	all = workspaces_find(cli->arena, file.manifest, root, err);
	if (!all)
		return -1;
	ws_graph_init(out, cli->arena, root);
	ws_graph_add(out, root_name(file.manifest), root, file.manifest);
	for (struct map_entry *e = map_first(all); e; e = map_next(all, e)) {
		if (package_read(cli->arena, e->value, &file, err))
			return -1;
		ws_graph_add(out, e->key, e->value, file.manifest);
	}
	ws_graph_link(out);
	return 0;
}

bool cli_has_filter(const struct cli *cli)
{
	return *config_list(cli->config, "filter", NULL) || *config_list(cli->config, "filter-prod", NULL);
}

static int parse_list(struct cli *cli, const char *key, struct ws_selection *in, struct ws_selector *out, struct err *err)
{
	const char *prefix = cli->config->local_prefix;
	struct ws_place place = {prefix, path_is_in(cli->cwd, prefix) ? cli->cwd : prefix};
	const char *const *list = config_list(cli->config, key, NULL);

	for (; *list; list++) {
		struct ws_selector *s = &out[in->n_selectors++];

		if (ws_selector_parse(cli->arena, *list, &place, s, err))
			return -1;
		s->prod = streq(key, "filter-prod");
	}
	return 0;
}

static bool *choose(struct cli *cli, const struct ws_graph *g, struct err *err)
{
	size_t n, n_prod;
	struct ws_selection in = {
		.graph = g,
		.changed = cli_changed_files,
		.changed_ctx = cli,
		.tests = config_list(cli->config, "test-pattern", NULL),
		.ignored = config_list(cli->config, "changed-files-ignore-pattern", NULL),
		.with_root = config_bool(cli->config, "include-workspace-root"),
	};
	struct ws_selector *selectors;

	config_list(cli->config, "filter", &n);
	config_list(cli->config, "filter-prod", &n_prod);
	selectors = ARENA_ARRAY(cli->arena, struct ws_selector, n + n_prod);
	in.selectors = selectors;
	if (parse_list(cli, "filter", &in, selectors, err) || parse_list(cli, "filter-prod", &in, selectors, err))
		return NULL;
	return ws_select(&in, err);
}

/* -w beside it: only what both name. A workspace whose folder one happens to be in is not meant. */
static int narrow(struct cli *cli, struct map *chosen, struct err *err)
{
	struct map *named;

	if (config_find(cli->config, "workspace") == CONFIG_DEFAULT || !*config_list(cli->config, "workspace", NULL))
		return 0;
	named = cli_workspace_paths(cli, false, err);
	if (!named)
		return -1;
	for (struct map_entry *e = map_first(chosen); e; e = map_next(chosen, e)) {
		if (!streq(map_find(named, e->key), e->value))
			map_remove(chosen, e->key);
	}
	return 0;
}

static int tell_none(struct cli *cli, bool *none)
{
	cli_print(cli, "No projects matched the filters in \"%s\"", cli->config->local_prefix);
	cli->status = config_bool(cli->config, "fail-if-no-match") ? 1 : 0;
	*none = true;
	return 0;
}

int cli_filter(struct cli *cli, bool *none, struct err *err)
{
	struct map *chosen = ARENA_NEW(cli->arena, struct map);
	struct ws_graph g;
	bool *in, with_root;

	*none = false;
	if (cli_workspace_graph(cli, &g, err))
		return -1;
	if (g.count == 1)
		return err_set(err, ERR_EGENERIC, "No workspaces found!");
	in = choose(cli, &g, err);
	if (!in)
		return -1;
	map_init(chosen, cli->arena);
	for (size_t i = 0; i < g.count; i++) {
		if (in[i])
			map_put(chosen, g.packages[i].name, (void *)g.packages[i].path);
	}
	if (narrow(cli, chosen, err))
		return -1;
	if (!chosen->count)
		return tell_none(cli, none);
	with_root = map_has(chosen, g.packages[0].name) && in[0];
	config_set(cli->config, "include-workspace-root", json_bool(cli->arena, with_root), CONFIG_CLI);
	if (with_root && chosen->count == 1) {
		config_set(cli->config, "workspaces", json_bool(cli->arena, false), CONFIG_CLI);
		cli->in_workspaces = false;
	}
	cli->chosen = chosen;
	return 0;
}
