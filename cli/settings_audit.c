/* SPDX-License-Identifier: MIT */
#include "cli/settings_audit.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/project_opts.h"
#include "cli/runtimes.h"
#include "install/project.h"
#include "resolver/audit.h"
#include "resolver/manifest.h"
#include "resolver/pick.h"

static bool is_excluded(const char *name, void *ctx)
{
	const struct cli *cli = ctx;
	size_t n;
	const char *const *patterns = config_list(cli->config, "min-release-age-exclude", &n);
	return pick_age_excluded(name, patterns, n);
}

static const struct json *ignore_list(struct cli *cli)
{
	struct package_file file;
	struct err ignored = ERR_INIT;
	if (package_read(cli->arena, cli_tree_path(cli), &file, &ignored) < 0)
		return NULL;
	return json_find(json_find(json_find(file.manifest->raw, "lode"), "audit"), "ignore");
}

struct audit_options *settings_audit(struct cli *cli)
{
	struct audit_options *o = ARENA_NEW(cli->arena, struct audit_options);
	*o = (struct audit_options){
		.omit = cli_omit(cli),
		.ignore = ignore_list(cli),
		.before = PICK_ANY_TIME,
		.before_text = config_before(cli->config),
		.age_excluded = is_excluded,
		.age_ctx = cli,
		.node_version = "v" LODE_RUNTIME_VERSION,
		.npm_version = config_text(cli->config, "npm-version"),
		.default_tag = config_text(cli->config, "tag"),
	};
	if (o->before_text && !js_date(o->before_text, &o->before))
		o->before = PICK_ANY_TIME;
	return o;
}
