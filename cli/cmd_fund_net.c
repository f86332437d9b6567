/* SPDX-License-Identifier: MIT
 *
 * fund of a package that is not installed: what it says of itself where it is. What cannot be had asks for nothing.
 */
#include "base/err.h"
#include "base/json.h"
#include "cache/cache.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/fund_page.h"
#include "cli/runs.h"
#include "cli/settings_registry.h"
#include "install/project.h"
#include "registry/registry.h"
#include "resolver/manifest.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/spec.h"

struct wait {
	struct cli *cli;
	const struct spec *spec;
	struct json *manifest;
};

static void answered(void *ctx, UNUSED const char *name, const struct packument *p, UNUSED const struct err *err)
{
	struct wait *w = ctx;
	struct err ignored = ERR_INIT;
	struct pick got;
	struct pick_options o = {
		.wanted = w->spec->fetch_spec,
		.before = PICK_ANY_TIME,
		.default_tag = config_text(w->cli->config, "tag"),
	};
	if (p && pick_version(w->cli->arena, p, &o, &got, &ignored) == 0 && got.index >= 0)
		w->manifest = packument_manifest(w->cli->arena, p, (uint32_t)got.index, &ignored);
}

static struct json *from_registry(struct cli *cli, const struct spec *spec, struct err *err)
{
	struct wait w = {.cli = cli, .spec = spec};
	struct registry_options options;
	struct cache_options cache;
	if (settings_registry(cli, &options, err) < 0)
		return NULL;
	settings_cache(cli, &cache);
	options.cache = cache_open(cli->arena, &cache, err);
	struct registry *reg = options.cache ? registry_open(&options, err) : NULL;
	if (reg) {
		registry_packument(reg, &(struct packument_wish){
			.name = spec->name, .full = true, .done = answered, .ctx = &w,
		});
		while (registry_poll(reg, 1000) > 0)
			;
	}
	registry_close(reg);
	cache_close(options.cache);
	return w.manifest;
}

static struct json *find(struct cli *cli, const struct spec *spec, struct err *err)
{
	struct package_file package;
	struct err ignored = ERR_INIT;
	if (spec->type == SPEC_ALIAS)
		spec = spec->sub;
	if (spec->registry)
		return from_registry(cli, spec, err);
	if (spec->type == SPEC_DIRECTORY && package_read(cli->arena, spec->fetch_spec, &package, &ignored) == 0)
		return package.manifest->raw;
	return NULL;
}

int cmd_fund_net(struct cli *cli, int argc, char **argv, struct err *err)
{
	const struct spec *spec = spec_parse(cli->arena, argc ? argv[0] : ".", cli_prefix(cli), err);
	struct json *package = spec ? find(cli, spec, err) : NULL;
	if (err->code != ERR_OK)
		return -1;
	return fund_open_page(cli, package, argc ? argv[0] : ".", err);
}
