/* SPDX-License-Identifier: MIT
 *
 * runtime install, use and remove: versions of Node into lode's cache and out of it, and the one a project wants into its
 * package.json.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cache/cache.h"
#include "cache/runtimes.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/runs.h"
#include "cli/runtimes.h"
#include "cli/runtimes_missed.h"
#include "cli/settings_registry.h"
#include "install/savepkg.h"
#include "resolver/range.h"
#include "runtime/pin.h"

#define MAX_PACKAGE ((size_t)64 << 20)

static void tell(struct cli *cli, const char *list, const char *version, const char *what)
{
	struct json *doc = json_object(cli->arena), *versions = cli->output ? json_find(cli->output, list) : NULL;

	if (!versions)
		versions = json_array(cli->arena);
	json_add(cli->arena, versions, json_string(cli->arena, version));
	json_put(cli->arena, doc, list, versions);
	if (cli_is_json(cli))
		cli_json(cli, doc);
	cli_print(cli, "node %s %s", version, what);
}

static int range_of(struct cli *cli, const char *word, const char **range, struct err *err)
{
	*range = pin_range(cli->arena, str_from(word));
	if (*range)
		return 0;
	return cli_usage_error(cli, err, "'%s' is no version of Node: 22, 22.11.0, ^22.11, lts/jod and latest are", word);
}

/* ---- install ---- */

static bool is_bundled(const char *range)
{
	return streq(range, LODE_RUNTIME_VERSION);
}

static int install_word(struct cli *cli, const char *word, struct err *err)
{
	struct kept_runtime kept;
	const char *range;

	if (range_of(cli, word, &range, err))
		return -1;
	if (is_bundled(range)) {
		tell(cli, "installed", range, "is the bundled one");
		return 0;
	}
	if (runtimes_install(cli, range, &kept, err))
		return -1;
	tell(cli, "installed", kept.version, arena_printf(cli->arena, "is in %s", kept.root));
	return 0;
}

/* What the project wishes, and its workspaces. */
static int install_wished(struct cli *cli, struct err *err)
{
	struct map *folders = runtimes_folders(cli, err);
	const struct runtime_choice *c;

	if (!folders || cli_runtimes_ready(cli, folders, err))
		return -1;
	c = cli_runtime(cli, cli->cwd, CHOICE_GET, err);
	if (!c || runtimes_save(cli, err))
		return -1;
	if (c->problem.code != ERR_OK) {
		*err = c->problem;
		return -1;
	}
	tell(cli, "installed", c->runtime.version, c->from == CHOSEN_BUNDLED ? "is the bundled one" :
	     arena_printf(cli->arena, "is in %s", c->runtime.root));
	return 0;
}

static int install(struct cli *cli, int argc, char **argv, struct err *err)
{
	missed_forget(cli);
	for (int i = 0; i < argc; i++) {
		if (install_word(cli, argv[i], err))
			return -1;
	}
	return argc ? 0 : install_wished(cli, err);
}

/* ---- use ---- */

/* The entry that speaks of node: the only one, or one of several. */
static struct json *node_entry(struct arena *a, struct json *engines)
{
	struct json *runtime = json_find(engines, "runtime"), *entry;

	if (!json_is(runtime, JSON_ARRAY))
		return json_object_at(a, engines, "runtime");
	for (uint32_t i = 0; i < runtime->count; i++) {
		if (streq(json_find_text(runtime->items[i], "name"), "node"))
			return runtime->items[i];
	}
	entry = json_object(a);
	json_add(a, runtime, entry);
	return entry;
}

static int write_wish(struct cli *cli, const char *range, struct err *err)
{
	const char *file = path_join(cli->arena, cli->config->local_prefix, "package.json"), *real;
	struct json *pkg, *entry;
	struct str text, out;

	if (fs_read(cli->arena, file, MAX_PACKAGE, &text, err))
		return -1;
	pkg = json_parse(cli->arena, text, file, err);
	if (!pkg)
		return -1;
	if (!json_is(pkg, JSON_OBJECT))
		return err_set(err, ERR_EJSONPARSE, "%s holds no object", file);
	entry = node_entry(cli->arena, json_object_at(cli->arena, pkg, "devEngines"));
	json_put_text(cli->arena, entry, "name", "node");
	json_put_text(cli->arena, entry, "version", range);
	if (!json_find(entry, "onFail"))
		json_put_text(cli->arena, entry, "onFail", "download");
	if (!package_format(cli->arena, text, pkg, &out))
		return 0;
	real = fs_realpath(cli->arena, file);
	return fs_write(real ? real : file, out, fs_stat(file).mode, err);
}

static void warn_unheeded(struct cli *cli, const struct runtime_choice *c)
{
	for (size_t i = 0; i < c->wishes.list.count; i++) {
		const struct wish *w = VEC_AT(&c->wishes.list, struct wish, i);

		if (!w->counts)
			report_warn(cli->reporter, "runtime", "%s wants node %s: devEngines.runtime goes first", wish_place(cli, w), w->text);
	}
}

static int use(struct cli *cli, int argc, char **argv, struct err *err)
{
	const struct runtime_choice *c;
	struct kept_runtime kept;
	const struct range *r;
	const char *range;

	if (argc != 1)
		return cli_usage_error(cli, err, "runtime use takes one version");
	if (range_of(cli, argv[0], &range, err))
		return -1;
	missed_forget(cli);
	r = range_parse(cli->arena, str_from(range), 0);
	if (!range_test_text(r, LODE_RUNTIME_VERSION) && runtimes_install(cli, range, &kept, err))
		return -1;
	if (write_wish(cli, range, err))
		return -1;
	c = cli_runtime(cli, cli->config->local_prefix, CHOICE_GET, err);
	if (!c || runtimes_save(cli, err))
		return -1;
	warn_unheeded(cli, c);
	tell(cli, "used", c->runtime.version, "runs this project");
	return 0;
}

/* ---- remove ---- */

static int remove_word(struct cli *cli, struct cache *cache, const char *word, struct err *err)
{
	const char *package = runtime_package(cli->arena), *registry = config_registry(cli->config, err), *range;
	bool any = false;
	struct vec versions;

	if (!registry || range_of(cli, word, &range, err))
		return -1;
	runtimes_list(cli->arena, runtimes_place(cli), package ? package : "", &versions);
	for (size_t i = 0; i < versions.count; i++) {
		const char *version = versions.items[i];

		if (!range_test_text(range_parse(cli->arena, str_from(range), SEMVER_PRERELEASE), version) ||
		    !runtimes_drop(cache, registry, package, version))
			continue;
		tell(cli, "removed", version, "is removed");
		any = true;
	}
	if (any)
		return 0;
	return err_set(err, ERR_ENOENT, "no node %s is installed%s", word,
		       semver_satisfies(LODE_RUNTIME_VERSION, range, 0) ? " but the bundled one, which stays" : "");
}

static int drop(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct cache_options options;
	struct cache *cache;
	int ret = 0;

	if (!argc)
		return cli_usage_error(cli, err, "runtime remove takes versions");
	settings_cache(cli, &options);
	cache = cache_open(cli->arena, &options, err);
	if (!cache)
		return -1;
	for (int i = 0; i < argc && !ret; i++)
		ret = remove_word(cli, cache, argv[i], err);
	cache_close(cache);
	return ret;
}

int cmd_runtime_net(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *verb = argc ? argv[0] : "";

	if (streq(verb, "install") || streq(verb, "i"))
		return install(cli, argc - 1, argv + 1, err);
	if (streq(verb, "use"))
		return use(cli, argc - 1, argv + 1, err);
	if (streq(verb, "remove") || streq(verb, "rm"))
		return drop(cli, argc - 1, argv + 1, err);
	return cmd_runtime(cli, argc, argv, err);
}
