/* SPDX-License-Identifier: MIT */
#include "cli/project_opts.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/settings_registry.h"
#include "install/project.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

const char *cli_tree_path(const struct cli *cli)
{
	return cli_is_global(cli) ? path_dir(cli->arena, cli_dir(cli)) : cli_prefix(cli);
}

int cli_project(struct cli *cli, bool broken_ok, struct project *out, struct err *err)
{
	struct project_options o = {
		.path = cli_tree_path(cli),
		.lockfile_version = (int)config_number(cli->config, "lockfile-version", 0),
		.install_links = config_bool(cli->config, "install-links"),
		.linked = streq(config_install_strategy(cli->config), "linked") && !config_is_global(cli->config),
		.legacy_peer_deps = config_bool(cli->config, "legacy-peer-deps"),
		.public_registry = settings_public_registry(cli),
		.ignore_extension = config_bool(cli->config, "ignore-extension") || config_bool(cli->config, "ignore-scripts"),
		.extension_file = config_text(cli->config, "extension-file"),
		.global = cli_is_global(cli),
		.broken_ok = broken_ok,
	};
	return project_load(cli->arena, &o, out, err);
}

unsigned cli_omit(const struct cli *cli)
{
	return (config_omits(cli->config, "dev") ? OMIT_DEV : 0) |
	       (config_omits(cli->config, "optional") ? OMIT_OPTIONAL : 0) |
	       (config_omits(cli->config, "peer") ? OMIT_PEER : 0);
}

int cli_chosen(struct cli *cli, struct vec *names, struct err *err)
{
	if (!cli->in_workspaces)
		return 0;
	struct map *chosen = cli_workspace_paths(cli, false, err);
	if (!chosen)
		return -1;
	for (struct map_entry *e = map_first(chosen); e; e = map_next(chosen, e))
		vec_add(names, (void *)e->key);
	return 0;
}

void cli_workspace_nodes(struct cli *cli, const struct tree *t, const struct vec *names, struct vec *nodes)
{
	const struct node *root = node_target(t->root);
	if (!root->workspaces) {
		report_warn(cli->reporter, "workspaces", "filter set, but no workspaces present");
		return;
	}
	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i], *path = map_find(root->workspaces, name);
		if (!path) {
			report_warn(cli->reporter, "workspaces", "%s in filter set, but not in workspaces", name);
			continue;
		}
		struct node *n = inventory_find(root, path_relative(cli->arena, root->realpath, path));
		if (n)
			vec_add(nodes, n);
		else
			report_warn(cli->reporter, "workspaces", "%s in filter set, but no workspace folder present", name);
	}
}

int cli_chosen_deps(struct cli *cli, struct tree *t, bool with_root, struct vec *out, struct err *err)
{
	struct vec names, workspaces;

	vec_init(&names, cli->arena);
	vec_init(&workspaces, cli->arena);
	if (cli_chosen(cli, &names, err) < 0)
		return -1;
	if (!names.count)
		return 0;
	cli_workspace_nodes(cli, t, &names, &workspaces);
	workspace_dep_set(t, &workspaces, with_root, out);
	return 1;
}
