/* SPDX-License-Identifier: MIT
 *
 * cache: path, add, ls, verify, clean, prune of lode's cache; npx of the folders exec installs into.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cache/cache.h"
#include "cache/care.h"
#include "cli/cache_add.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/npx_cache.h"
#include "cli/runs.h"
#include "resolver/range.h"
#include "resolver/semver.h"
#include "resolver/spec.h"

#include <string.h>

/* What was not used for so long goes with prune. */
#define PRUNE_DAYS 30

static struct cache *open_cache(struct cli *cli, struct err *err)
{
	struct cache_options opts = {.dir = config_cache(cli->config)};

	return cache_open(cli->arena, &opts, err);
}

static int show_path(struct cli *cli, struct cache *c, int argc, char **argv, struct err *err)
{
	(void)argc, (void)argv, (void)err;
	cli_print(cli, "%s", cache_dir(c));
	return 0;
}

/* ---- ls ---- */

/* A packument by the end of its URL, an unpacked package by its name and version. */
static bool is_about(struct cli *cli, const struct care_item *item, const struct spec *want)
{
	const char *at = strrchr(item->name, '@'), *name;

	if (item->kind == CARE_PACKUMENT)
		return cstr_ends(cstr_replace(cli->arena, item->name, "%2f", "/"), arena_printf(cli->arena, "/%s", want->name));
	if (item->kind != CARE_PACKAGE || !at || at == item->name)
		return false;
	name = arena_strndup(cli->arena, item->name, (size_t)(at - item->name));
	if (!streq(name, want->name))
		return false;
	if (want->type != SPEC_VERSION && want->type != SPEC_RANGE)
		return true;
	return semver_satisfies(at + 1, want->fetch_spec, SEMVER_LOOSE);
}

static bool is_wanted(struct cli *cli, const struct care_item *item, const struct vec *specs)
{
	for (size_t i = 0; i < specs->count; i++)
		if (is_about(cli, item, VEC_AT(specs, struct spec, i)))
			return true;
	return !specs->count;
}

static int read_specs(struct cli *cli, int argc, char **argv, struct vec *specs, struct err *err)
{
	for (int i = 0; i < argc; i++) {
		struct spec *s = spec_parse(cli->arena, argv[i], cli->cwd, err);

		if (!s)
			return -1;
		if (!s->name)
			return cli_usage_error(cli, err, "'%s' names no package", argv[i]);
		if (s->type == SPEC_TAG && *s->raw_spec && !streq(s->raw_spec, "*"))
			return cli_usage_error(cli, err, "Cannot list cache keys for a tagged package.");
		vec_add(specs, s);
	}
	return 0;
}

static int list(struct cli *cli, struct cache *c, int argc, char **argv, struct err *err)
{
	struct vec specs, items;

	vec_init(&specs, cli->arena);
	vec_init(&items, cli->arena);
	if (read_specs(cli, argc, argv, &specs, err) < 0 || care_list(cli->arena, c, &items, err) < 0)
		return -1;
	for (size_t i = 0; i < items.count; i++) {
		const struct care_item *item = VEC_AT(&items, struct care_item, i);

		if (item->kind == CARE_TARBALL || !is_wanted(cli, item, &specs))
			continue;
		if (item->integrity)
			cli_print(cli, "%s %s", item->name, item->integrity);
		else
			cli_print(cli, "%s", item->name);
	}
	return 0;
}

/* ---- verify, prune, clean ---- */

static const char *short_path(struct cli *cli, const char *path)
{
	const char *home = cli->config->home;

	return home && path_is_in(path, home) ? arena_printf(cli->arena, "~%s", path + strlen(home)) : path;
}

static void print_count(struct cli *cli, const char *what, uint64_t n)
{
	if (n)
		cli_print(cli, "%s: %llu", what, (unsigned long long)n);
}

static int verify(struct cli *cli, struct cache *c, int argc, char **argv, struct err *err)
{
	int64_t start = clock_now_ms();
	struct care_report r;
	struct vec lines;

	(void)argc, (void)argv;
	vec_init(&lines, cli->arena);
	if (care_verify(cli->arena, c, &r, &lines, err) < 0)
		return -1;
	for (size_t i = 0; i < lines.count; i++)
		report_warn(cli->reporter, "cache", "damaged and dropped: %s", VEC_AT(&lines, const char, i));
	cli_print(cli, "Cache verified (%s)", short_path(cli, cache_dir(c)));
	cli_print(cli, "Content verified: %llu tarballs, %llu unpacked packages with %llu files (%llu bytes)",
		  (unsigned long long)r.tarballs, (unsigned long long)r.packages, (unsigned long long)r.files,
		  (unsigned long long)r.bytes);
	print_count(cli, "Runtimes verified", r.runtimes);
	print_count(cli, "Shared packages verified", r.links);
	print_count(cli, "Corrupted content removed",
		    r.bad_links + r.bad_tarballs + r.bad_packages + r.bad_packuments + r.bad_entries);
	print_count(cli, "Leftovers removed", r.leftovers);
	cli_print(cli, "Index entries: %llu", (unsigned long long)(r.packuments + r.entries));
	cli_print(cli, "Finished in %.3fs", (double)(clock_now_ms() - start) / 1000);
	return 0;
}

static int prune(struct cli *cli, struct cache *c, int argc, char **argv, struct err *err)
{
	struct care_report r;

	(void)argc, (void)argv;
	if (care_prune(cli->arena, c, PRUNE_DAYS, &r, err) < 0)
		return -1;
	cli_print(cli, "Removed %llu not used for %d days (%llu bytes)", (unsigned long long)r.dropped, PRUNE_DAYS,
		  (unsigned long long)r.freed);
	print_count(cli, "Leftovers removed", r.leftovers);
	return 0;
}

/* What has this name: a URL, a name@version, or an integrity. False when nothing has. */
static bool drop_key(struct cache *c, const struct vec *items, const char *key)
{
	bool found = false;

	for (size_t i = 0; i < items->count; i++) {
		const struct care_item *item = VEC_AT(items, struct care_item, i);

		if (!streq(item->name, key) && !streq(item->integrity, key))
			continue;
		care_drop(c, item);
		found = true;
	}
	return found;
}

static int clean_all(struct cli *cli, struct cache *c, struct err *err)
{
	if (!config_bool(cli->config, "force"))
		return err_set(err, ERR_EGENERIC, "The cache needs no cleaning: all that is read from it is checked, and what is damaged is "
			       "fetched anew. `lode cache verify` looks at everything, `lode cache prune` makes room. "
			       "To remove all of it, run this command with --force");
	return care_clean(cli->arena, c, err);
}

static int clean(struct cli *cli, struct cache *c, int argc, char **argv, struct err *err)
{
	struct vec items;

	if (!argc)
		return clean_all(cli, c, err);
	vec_init(&items, cli->arena);
	if (care_list(cli->arena, c, &items, err) < 0)
		return -1;
	for (int i = 0; i < argc; i++) {
		if (!drop_key(c, &items, argv[i])) {
			report_warn(cli->reporter, "cache", "Not Found: %s", argv[i]);
			break;
		}
		cli_print(cli, "Deleted: %s", argv[i]);
	}
	return 0;
}

typedef int verb_run(struct cli *cli, struct cache *c, int argc, char **argv, struct err *err);

int cmd_cache(struct cli *cli, int argc, char **argv, struct err *err)
{
	static const struct {
		const char *word;
		verb_run *run;
	} verbs[] = {
		{"path", show_path}, {"ls", list}, {"list", list}, {"verify", verify}, {"check", verify},
		{"prune", prune}, {"clean", clean}, {"clear", clean}, {"rm", clean},
	};
	struct cache *c;
	int ret;

	if (argc && streq(argv[0], "npx"))
		return npx_cache(cli, argc - 1, argv + 1, err);
	if (argc && streq(argv[0], "add"))
		return cache_add(cli, argc - 1, argv + 1, err);
	for (size_t i = 0; argc && i < ARRAY_LEN(verbs); i++) {
		if (!streq(argv[0], verbs[i].word))
			continue;
		c = open_cache(cli, err);
		ret = c ? verbs[i].run(cli, c, argc - 1, argv + 1, err) : -1;
		cache_close(c);
		return ret;
	}
	return cli_usage_error(cli, err, "cache: path, add, ls, verify, clean, prune or npx");
}
