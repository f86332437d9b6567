/* SPDX-License-Identifier: MIT
 *
 * pack: a package's tarball.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/parcel.h"
#include "cli/runs.h"

static int pack_all(struct cli *cli, struct parcels *all, struct err *err)
{
	const struct config *c = cli->config;
	const char *destination = config_text(c, "pack-destination");
	struct parcel_options o = {
		.destination = config_bool(c, "dry-run") ? NULL : destination ? destination : ".",
		.captured = !config_is_default(c, "foreground-scripts") && !config_bool(c, "foreground-scripts"),
	};
	struct json **contents = ARENA_ARRAY(cli->arena, struct json *, all->count);

	for (size_t i = 0; i < all->count; i++) {
		if (parcel_pack(all, &all->items[i], &o, err) < 0)
			return -1;
		contents[i] = parcel_contents(&all->items[i], err);
		if (!contents[i])
			return -1;
	}
	for (size_t i = 0; i < all->count; i++) {
		const struct parcel *p = &all->items[i];
		struct json *doc = json_object(cli->arena);

		parcel_warn(p, "pack");
		if (cli_is_json(cli)) {
			json_put(cli->arena, doc, json_find_text(p->manifest, "name"), contents[i]);
			cli_json(cli, doc);
			continue;
		}
		parcel_tell(p, contents[i]);
		cli_print(cli, "%s", parcel_filename(p));
	}
	return 0;
}

static int pack(struct cli *cli, char **words, size_t n, struct err *err)
{
	struct parcels all;
	int bad = parcels_find(cli, words, n, &all, err) < 0 || pack_all(cli, &all, err) < 0;

	parcels_close(&all);
	return bad ? -1 : 0;
}

/* The workspaces in place of ".", then whatever else is named. */
static int pack_workspaces(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct map *paths = cli_workspace_paths(cli, config_bool(cli->config, "include-workspace-root"), err);
	char **words;
	size_t n = 0;

	if (!paths)
		return -1;
	words = ARENA_ARRAY(cli->arena, char *, paths->count + (size_t)argc);
	for (struct map_entry *e = map_first(paths); e; e = map_next(paths, e))
		words[n++] = e->value;
	for (int i = 0; i < argc; i++)
		if (!streq(argv[i], "."))
			words[n++] = argv[i];
	return pack(cli, words, n, err);
}

int cmd_pack(struct cli *cli, int argc, char **argv, struct err *err)
{
	char *here[] = {".", NULL};
	bool names_folder = !argc;

	for (int i = 0; i < argc; i++)
		names_folder |= streq(argv[i], ".");
	if (cli->in_workspaces && names_folder)
		return pack_workspaces(cli, argc, argv, err);
	if (cli->in_workspaces)
		report_warn(cli->reporter, "", "Ignoring workspaces for specified package(s)");
	return pack(cli, argc ? argv : here, argc ? (size_t)argc : 1, err);
}
