/* SPDX-License-Identifier: MIT
 *
 * link: the project's folder becomes a global package, or global packages become links in the project.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/perform.h"
#include "cli/runs.h"
#include "cli/settings_install.h"
#include "install/install.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"

#include <string.h>

/* Options of an install of the global packages, though the command itself is not global. */
static int global_settings(struct cli *cli, struct install_options *o, const char **modules, struct err *err)
{
	config_set(cli->config, "global", json_bool(cli->arena, true), CONFIG_CLI);
	int rc = settings_install(cli, o, err);
	*modules = cli_dir(cli);
	config_set(cli->config, "global", json_bool(cli->arena, false), CONFIG_CLI);
	return rc;
}

static void set_words(struct install_options *o, const struct vec *words)
{
	o->ideal.add = (const char **)words->items;
	o->ideal.add_count = words->count;
}

/* This folder, or the chosen workspaces', as global packages. */
static int link_here(struct cli *cli, struct err *err)
{
	struct install_options o;
	const char *modules;
	struct vec folders;
	vec_init(&folders, cli->arena);
	if (cli->in_workspaces) {
		struct map *paths = cli_workspace_paths(cli, false, err);
		if (!paths)
			return -1;
		for (struct map_entry *i = map_first(paths); i; i = map_next(paths, i))
			vec_add(&folders, arena_printf(cli->arena, "file:%s", (const char *)i->value));
	} else {
		vec_add(&folders, arena_printf(cli->arena, "file:%s", cli_prefix(cli)));
	}
	if (global_settings(cli, &o, &modules, err) < 0)
		return -1;
	set_words(&o, &folders);
	return perform_install(cli, &o, 0, err);
}

/* What a word on the command line is called among the global packages. */
static const char *name_of(struct cli *cli, const char *word, struct err *err)
{
	struct package_file package;
	const struct spec *s = spec_parse(cli->arena, word, cli->cwd, err);
	if (!s)
		return NULL;
	if (s->type == SPEC_DIRECTORY) {
		if (package_read(cli->arena, s->fetch_spec, &package, err) < 0)
			return NULL;
		return package.manifest->name ? package.manifest->name : path_base(s->fetch_spec);
	}
	if (!s->name)
		err_set(err, ERR_EGENERIC, "cannot tell the name of the package '%s'", word);
	return s->name;
}

/* A word that gives a name is satisfied by any global package of that name. */
static bool is_there(struct cli *cli, const char *modules, const char *word)
{
	struct err ignored = ERR_INIT;
	const struct spec *s = spec_parse(cli->arena, word, cli->cwd, &ignored);
	return s && s->name && fs_lstat(path_join(cli->arena, modules, s->name)).kind != FS_NONE;
}

/* Global packages that are asked for and not there are installed first. */
static int install_missing(struct cli *cli, const struct vec *words, const char **modules, struct err *err)
{
	struct install_options o;
	struct vec missing;
	vec_init(&missing, cli->arena);
	if (global_settings(cli, &o, modules, err) < 0)
		return -1;
	for (size_t i = 0; i < words->count; i++)
		if (!is_there(cli, *modules, words->items[i]))
			vec_add(&missing, words->items[i]);
	if (!missing.count)
		return 0;
	set_words(&o, &missing);
	o.ideal.no_prune = true;
	return perform_install(cli, &o, PERFORM_QUIET, err);
}

/* A link is only written down where saving was asked for. */
static bool wants_save(const struct cli *cli)
{
	static const char *const kinds[] = {"save-optional", "save-peer", "save-dev", "save-prod"};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (config_bool(cli->config, kinds[i]))
			return true;
	return !config_is_default(cli->config, "save") && config_bool(cli->config, "save");
}

static int link_to(struct cli *cli, const struct vec *words, struct err *err)
{
	struct install_options o;
	const char *modules;
	struct vec targets;
	vec_init(&targets, cli->arena);
	if (install_missing(cli, words, &modules, err) < 0)
		return -1;
	for (size_t i = 0; i < words->count; i++) {
		const char *name = name_of(cli, words->items[i], err);
		if (!name)
			return -1;
		vec_add(&targets, arena_printf(cli->arena, "file:%s", path_join(cli->arena, modules, name)));
	}
	if (settings_install(cli, &o, err) < 0)
		return -1;
	set_words(&o, &targets);
	o.ideal.no_prune = true;
	o.no_save = o.ideal.no_save = !wants_save(cli);
	return perform_install(cli, &o, 0, err);
}

int cmd_link(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct vec words;
	vec_init(&words, cli->arena);
	if (cli_is_global(cli))
		return err_set_as(err, "ELINKGLOBAL",
				  "link should never be --global.\nPlease re-run this command with --local");
	config_set(cli->config, "install-links", json_bool(cli->arena, false), CONFIG_CLI);
	for (int i = 0; i < argc; i++)
		if (!streq(path_resolve(cli->arena, cli->cwd, argv[i]), cli_prefix(cli)))
			vec_add(&words, argv[i]);
	return words.count ? link_to(cli, &words, err) : link_here(cli, err);
}
