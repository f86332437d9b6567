/* SPDX-License-Identifier: MIT
 *
 * Which workspaces a run is about.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "install/project.h"
#include "resolver/manifest.h"

/* with_root is what the filter said itself by then; who never wants the project leaves it out. */
static struct map *filtered(struct cli *cli, bool with_root)
{
	struct map *paths = ARENA_NEW(cli->arena, struct map);

	map_init(paths, cli->arena);
	for (struct map_entry *e = map_first(cli->chosen); e; e = map_next(cli->chosen, e)) {
		if (with_root || !streq(e->value, cli->config->local_prefix))
			map_put(paths, e->key, e->value);
	}
	return paths;
}

struct map *cli_workspace_paths(struct cli *cli, bool with_root, struct err *err)
{
	const char *prefix = cli->config->local_prefix;
	struct workspace_choice choice = {.path = prefix, .cwd = cli->cwd, .with_root = with_root};
	struct package_file file;
	struct map *all;

	if (cli->chosen)
		return filtered(cli, with_root);
	if (package_read(cli->arena, prefix, &file, err) < 0)
		return NULL;
	if (!path_is_in(cli->cwd, prefix))
		choice.cwd = prefix;
	choice.root_name = file.manifest->name ? file.manifest->name : "";
	choice.filters = config_list(cli->config, "workspace", &choice.n_filters);
	all = workspaces_find(cli->arena, file.manifest, prefix, err);
	return all ? workspaces_choose(cli->arena, all, &choice, err) : NULL;
}
