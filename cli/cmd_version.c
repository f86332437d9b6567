/* SPDX-License-Identifier: MIT
 *
 * version: of the package, of lode and of what it stands for. A new one is cmd_version_new.c's work.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/config_room.h"
#include "cli/inspect.h"
#include "cli/runs.h"

#define MAX_PACKAGE ((size_t)64 << 20)

/* A broken or missing package.json adds nothing. */
static void add_package(struct cli *cli, struct json *out, const char *dir)
{
	struct err ignored = ERR_INIT;
	struct str text;
	const char *file = path_join(cli->arena, dir, "package.json");
	if (fs_read(cli->arena, file, MAX_PACKAGE, &text, &ignored))
		return;
	const struct json *pkg = json_parse(cli->arena, text, file, &ignored);
	const char *name = json_find_text(pkg, "name"), *version = json_find_text(pkg, "version");
	if (name && *name && version && *version)
		json_put_text(cli->arena, out, name, version);
}

static int list(struct cli *cli, struct err *err)
{
	struct json *out = json_object(cli->arena);
	bool with_root = config_bool(cli->config, "include-workspace-root");
	struct map *paths = cli->in_workspaces ? cli_workspace_paths(cli, with_root, err) : NULL;
	if (cli->in_workspaces && !paths)
		return -1;
	for (struct map_entry *e = paths ? map_first(paths) : NULL; e; e = map_next(paths, e))
		add_package(cli, out, e->value);
	add_package(cli, out, cli_prefix(cli));
	json_put_text(cli->arena, out, "lode", LODE_VERSION);
	json_put_text(cli->arena, out, "npm", NPM_VERSION);
	json_put_text(cli->arena, out, "node", cli_node_version(cli) + 1);
	if (cli_is_json(cli))
		cli_json(cli, out);
	else
		cli_print(cli, "%s", inspect(cli->arena, out, 2));
	return 0;
}

int cmd_version(struct cli *cli, int argc, char **argv, struct err *err)
{
	(void)argv;
	if (argc)
		return RUN_HAND_OVER;
	return list(cli, err);
}
