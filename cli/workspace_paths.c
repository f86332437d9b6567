/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/glob.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "install/project.h"
#include "resolver/manifest.h"

#define MAX_TEXT ((size_t)1 << 16)

/* Does -w filter mean this workspace: its name, its folder, or a folder around it? */
static bool is_meant(struct cli *cli, const char *filter, const char *name, const char *path)
{
	struct arena *a = cli->arena;
	const char *prefix = cli->config->local_prefix;
	bool outside = cstr_starts(path_relative(a, prefix, cli->cwd), "..");
	const char *from = outside ? prefix : cli->cwd;
	const char *relative = path_relative(a, from, path);
	if (cstr_starts(filter, "./"))
		relative = arena_printf(a, "./%s", relative);
	if (streq(filter, name) || streq(path_resolve(a, from, filter), path))
		return true;
	const char *folder = path_relative(a, prefix, path_resolve(a, cli->cwd, filter));
	return glob_match(arena_printf(a, "%s/*", folder), relative, 0) ||
	       glob_match(arena_printf(a, "%s/*", filter), relative, 0);
}

static int none_found(const char *const *filters, struct err *err)
{
	struct buf b = BUF_INIT(MAX_TEXT);
	for (; *filters; filters++)
		buf_printf(&b, " --workspace=%s", *filters);
	int rc = err_set(err, ERR_EGENERIC, "No workspaces found%s%s", b.len ? ":\n " : "!", buf_text(&b));
	buf_release(&b);

	return rc;
}

struct map *cli_workspace_paths(struct cli *cli, struct err *err)
{
	const char *prefix = cli->config->local_prefix;
	struct package_file file;
	struct map *chosen = ARENA_NEW(cli->arena, struct map);
	map_init(chosen, cli->arena);
	if (package_read(cli->arena, prefix, &file, err))
		return NULL;
	struct map *all = workspaces_find(cli->arena, file.manifest, prefix, err);
	if (!all)
		return NULL;
	const char *const *filters = config_list(cli->config, "workspace", NULL);
	if (config_bool(cli->config, "include-workspace-root"))
		map_put(chosen, file.manifest->name ? file.manifest->name : "", (void *)prefix);
	for (struct map_entry *e = *filters ? NULL : map_first(all); e; e = map_next(all, e))
		map_put(chosen, e->key, e->value);
	for (const char *const *f = filters; *f; f++)
		for (struct map_entry *e = map_first(all); e; e = map_next(all, e))
			if (is_meant(cli, *f, e->key, e->value))
				map_put(chosen, e->key, e->value);
	if (!map_first(chosen))
		return none_found(filters, err) ? NULL : chosen;
	return chosen;
}
