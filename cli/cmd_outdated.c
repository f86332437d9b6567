/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "cache/cache.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/outdated.h"
#include "cli/project_opts.h"
#include "cli/runs.h"
#include "cli/settings_registry.h"
#include "install/actual.h"
#include "install/project.h"
#include "registry/registry.h"
#include "resolver/packument.h"

/* Packuments as they come in. */
struct answers {
	struct cli *cli;
	struct map packuments;	/* name to struct packument */
	struct err error;	/* the first failure that is not "there is no such package" */
};

static void answered(void *ctx, const char *name, const struct packument *p, const struct err *err)
{
	struct answers *got = ctx;
	if (p)
		map_put(&got->packuments, arena_strdup(got->cli->arena, name), (void *)p);
	else if (err->code != ERR_E404 && err->code != ERR_E403 && err->code != ERR_ETARGET && !got->error.code)
		got->error = *err;
}

static int find_scope(struct cli *cli, struct tree *t, struct vec *scope, struct err *err)
{
	int chosen = cli_chosen_deps(cli, t, config_bool(cli->config, "include-workspace-root"), scope, err);
	if (!chosen && config_is_false(cli->config, "workspaces"))
		root_dep_set(t, scope);
	return chosen < 0 ? -1 : 0;
}

/* Everything that can be asked about, in the order of npm. */
static int find(struct cli *cli, int argc, char **argv, struct vec *found, struct err *err)
{
	struct project p;
	struct vec scope;
	vec_init(&scope, cli->arena);
	if (cli_project(cli, false, &p, err) < 0)
		return -1;
	struct tree *t = actual_load(cli->arena, &p, &(struct actual_options){0}, err);
	if (!t || find_scope(cli, t, &scope, err) < 0)
		return -1;
	struct outdated_options o = {
		.args = argv,
		.n_args = argc,
		.all = config_bool(cli->config, "all"),
		.global = cli_is_global(cli),
		.omit = cli_omit(cli),
		.scope = &scope,
	};
	outdated_find(t, &o, found);
	return 0;
}

static void read_picking(struct cli *cli, struct pick_options *o)
{
	const char *before = config_before(cli->config);
	*o = (struct pick_options){.before = PICK_ANY_TIME, .node_version = cli_node_version(cli)};
	o->default_tag = config_text(cli->config, "tag");
	if (before && !js_date(before, &o->before))
		o->before = PICK_ANY_TIME;
}

/* Keeps in `list` what is outdated. */
static int compare(struct cli *cli, const struct answers *got, const struct vec *found, struct vec *list,
		   struct err *err)
{
	struct pick_options picking;
	size_t n;
	const char *const *trusted = config_list(cli->config, "min-release-age-exclude", &n);
	read_picking(cli, &picking);
	for (size_t i = 0; i < found->count; i++) {
		struct outdated *d = found->items[i];
		const struct packument *p = map_find(&got->packuments, d->fetch);
		struct pick_options o = picking;
		if (!p)
			continue;
		if (pick_age_excluded(d->fetch, trusted, n))
			o.before = PICK_ANY_TIME;
		int rc = outdated_compare(cli->arena, d, p, &o, err);
		if (rc < 0)
			return -1;
		if (rc > 0)
			vec_add(list, d);
	}
	outdated_sort(list);
	return 0;
}

static void print(struct cli *cli, const struct vec *list)
{
	bool long_form = config_bool(cli->config, "long");
	struct buf b = BUF_INIT(FS_MAX_FILE);
	if (cli_is_json(cli)) {
		cli_json(cli, outdated_json(cli->arena, list, long_form));
		return;
	}
	if (config_bool(cli->config, "parseable"))
		outdated_lines(&b, list, long_form);
	else
		outdated_table(&b, list, long_form);
	if (b.len) {
		buf_addc(&b, '\n');
		cli_write(cli, buf_text(&b), b.len);
	}
	buf_release(&b);
}

/* Asks for every packument once, waits for all of them, compares and prints: what they hold lives as long as reg. */
static int ask_and_tell(struct cli *cli, struct registry *reg, const struct vec *found, struct err *err)
{
	struct answers got = {.cli = cli};
	struct vec list;
	map_init(&got.packuments, cli->arena);
	vec_init(&list, cli->arena);
	for (size_t i = 0; i < found->count; i++) {
		const struct outdated *d = found->items[i];
		registry_packument(reg, &(struct packument_wish){
			.name = d->fetch,
			.full = config_bool(cli->config, "long") || config_before(cli->config),
			.done = answered,
			.ctx = &got,
		});
	}
	while (registry_poll(reg, 1000) > 0)
		;
	if (got.error.code) {
		*err = got.error;
		return -1;
	}
	if (compare(cli, &got, found, &list, err) < 0)
		return -1;
	if (list.count)
		cli->status = 1;
	print(cli, &list);
	return 0;
}

int cmd_outdated(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct registry_options options;
	struct cache_options cache;
	struct vec found;
	vec_init(&found, cli->arena);
	if (find(cli, argc, argv, &found, err) < 0 || settings_registry(cli, &options, err) < 0)
		return -1;
	settings_cache(cli, &cache);
	options.cache = cache_open(cli->arena, &cache, err);
	if (!options.cache)
		return -1;
	if (options.freshness != FRESH_OFFLINE)
		options.freshness = FRESH_PREFER_ONLINE;
	struct registry *reg = registry_open(&options, err);
	int rc = reg ? ask_and_tell(cli, reg, &found, err) : -1;
	registry_close(reg);
	cache_close(options.cache);
	return rc;
}
