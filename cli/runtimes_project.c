/* SPDX-License-Identifier: MIT */
#include "cli/runtimes.h"

#include "base/arena.h"
#include "base/map.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "install/project.h"

struct map *runtimes_folders(struct cli *cli, struct err *err)
{
	const char *root = cli->config->local_prefix;
	struct map *out = ARENA_NEW(cli->arena, struct map), *workspaces;
	struct package_file package;

	if (package_read_if(cli->arena, root, &package, err))
		return NULL;
	workspaces = workspaces_find(cli->arena, package.manifest, root, err);
	if (!workspaces)
		return NULL;
	map_init(out, cli->arena);
	map_put(out, "", (void *)root);
	for (struct map_entry *e = map_first(workspaces); e; e = map_next(workspaces, e))
		map_put(out, e->key, e->value);
	return out;
}
