/* SPDX-License-Identifier: MIT
 *
 * query, where a registry has to be asked.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cache/cache.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/runs.h"
#include "cli/select.h"
#include "cli/settings_registry.h"
#include "registry/registry.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/selector.h"
#include "resolver/semver.h"

#define MAX_ADVISORIES ((size_t)256 << 20)
#define MAX_REQUEST ((size_t)64 << 20)

struct asker {
	struct cli *cli;
	struct registry *reg;
	struct map packuments;		/* name to struct packument; NULL for one that cannot be had */
	struct map asked;		/* names */
	int64_t before;
};

static void answered(void *ctx, const char *name, const struct packument *p, const struct err *err)
{
	struct asker *a = ctx;

	if (!p)
		report_warn(a->cli->reporter, "query", "could not retrieve packument for %s: %s", name, err->text);
	map_put(&a->packuments, arena_strdup(a->cli->arena, name), (void *)p);
}

static void expect(void *ctx, const struct vec *names)
{
	struct asker *a = ctx;

	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i];

		if (map_has(&a->asked, name))
			continue;
		map_put(&a->asked, name, a);
		registry_packument(a->reg, &(struct packument_wish){
			.name = name,
			.full = a->before != PICK_ANY_TIME,
			.done = answered,
			.ctx = a,
		});
	}
	while (registry_poll(a->reg, 1000) > 0)
		;
}

static int version_order(const void *a, const void *b, UNUSED void *ctx)
{
	return semver_compare_text(a, b, 0);
}

/* Was it there on the day that --before names? What has no time was not. */
static bool is_old_enough(const struct asker *a, const char *name, const struct packument_version *v)
{
	size_t n;
	const char *const *trusted = config_list(a->cli->config, "min-release-age-exclude", &n);

	if (a->before == PICK_ANY_TIME || pick_age_excluded(name, trusted, n))
		return true;
	return v->time != PACKUMENT_NO_TIME && v->time <= a->before;
}

static int versions(void *ctx, const char *name, struct vec *out, UNUSED struct err *err)
{
	struct asker *a = ctx;
	const struct packument *p = map_find(&a->packuments, name);

	for (uint32_t i = 0; p && i < p->n_versions; i++) {
		struct packument_version v = packument_at(p, i);

		if (!p->has_time || is_old_enough(a, name, &v))
			vec_add(out, (void *)v.version);
	}
	vec_sort(out, version_order, NULL);
	return 0;
}

static int advisories(void *ctx, const struct json *packages, struct json **out, struct err *err)
{
	struct asker *a = ctx;
	struct buf body = BUF_INIT(MAX_REQUEST);
	struct registry_answer answer;

	json_format(&body, packages, NULL);
	struct registry_request rq = {
		.path = "/-/npm/v1/security/advisories/bulk",
		.method = "POST",
		.content = buf_str(&body),
		.max_body = MAX_ADVISORIES,
	};
	int rc = registry_ask(a->reg, &rq, a->cli->arena, &answer, err);
	buf_release(&body);
	if (rc < 0)
		return -1;
	*out = json_parse(a->cli->arena, answer.body, "the registry's advisories", err);
	return *out ? 0 : -1;
}

static void warn(void *ctx, const char *text)
{
	select_warn(((struct asker *)ctx)->cli, text);
}

static int ask(struct cli *cli, const struct selector *s, struct registry *reg, struct err *err)
{
	struct asker a = {.cli = cli, .reg = reg, .before = PICK_ANY_TIME};
	const char *before = config_before(cli->config);
	struct selector_feed feed = {
		.expect = expect,
		.versions = versions,
		.advisories = advisories,
		.warn = warn,
		.ctx = &a,
	};

	map_init(&a.packuments, cli->arena);
	map_init(&a.asked, cli->arena);
	if (before && !js_date(before, &a.before))
		a.before = PICK_ANY_TIME;
	return select_run(cli, s, &feed, err);
}

int cmd_query_net(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct registry_options options;
	struct cache_options cache;
	struct selector *s = select_parse(cli, argc, argv, err);

	if (!s || settings_registry(cli, &options, err) < 0)
		return -1;
	settings_cache(cli, &cache);
	options.cache = cache_open(cli->arena, &cache, err);
	if (!options.cache)
		return -1;
	struct registry *reg = registry_open(&options, err);
	int rc = reg ? ask(cli, s, reg, err) : -1;
	registry_close(reg);
	cache_close(options.cache);
	return rc;
}
