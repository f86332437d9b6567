/* SPDX-License-Identifier: MIT */
#include "cli/release_age.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/online.h"
#include "cli/signatures.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/tree.h"

struct ages {
	struct signatures all;		/* its packages are those of registries */
	int64_t before;
	struct vec young;		/* const char *: "name@version (date)" */
	struct err err;
};

static void came(void *ctx, const char *name, const struct packument *p, const struct err *why)
{
	struct ages *x = ctx;
	if (!p && x->err.code == ERR_OK)
		x->err = *why;
	for (size_t i = 0; p && i < x->all.packages.count; i++) {
		const struct signed_package *one = x->all.packages.items[i];
		ptrdiff_t at = streq(one->name, name) ? packument_find(p, one->version) : -1;
		int64_t time = at < 0 ? PACKUMENT_NO_TIME : packument_at(p, (uint32_t)at).time;
		if (time == PACKUMENT_NO_TIME || time <= x->before)
			continue;
		vec_add(&x->young, arena_printf(x->all.cli->arena, "%s@%s (%.10s)", name, one->version,
						js_date_iso(x->all.cli->arena, time)));
	}
}

static void ask(struct ages *x)
{
	struct map asked;
	size_t n;
	const char *const *trusted = config_list(x->all.cli->config, "min-release-age-exclude", &n);
	map_init(&asked, x->all.cli->arena);
	for (size_t i = 0; i < x->all.packages.count; i++) {
		const struct signed_package *p = x->all.packages.items[i];
		if (map_has(&asked, p->name) || pick_age_excluded(p->name, trusted, n))
			continue;
		map_put(&asked, p->name, x);
		registry_packument(x->all.net->reg, &(struct packument_wish){.name = p->name, .full = true, .done = came, .ctx = x});
	}
	while (registry_poll(x->all.net->reg, 1000) > 0)
		;
}

static int refuse(const struct ages *x, struct err *err)
{
	if (!x->young.count)
		return 0;
	err_set_as(err, "ERELEASEAGE", "%zu package%s of the lockfile came out after the release-age cutoff", x->young.count,
		   x->young.count == 1 ? "" : "s");
	for (size_t i = 0; i < x->young.count && i < 20; i++)
		err_note(err, "  %s", (const char *)x->young.items[i]);
	err_note(err, "min-release-age-lockfile is set: nothing was installed. Wait, list what you trust in min-release-age-exclude, or "
		      "let an older version be locked.");
	return -1;
}

int release_age_check(struct cli *cli, const struct tree *t, struct err *err)
{
	struct ages x = {.all = {.cli = cli}};
	struct online net;
	const char *before = config_before(cli->config);
	if (!before || !js_date(before, &x.before))
		return 0;
	if (online_open(cli, 0, &net, err) < 0)
		return -1;
	x.all.net = &net;
	vec_init(&x.young, cli->arena);
	signatures_collect(&x.all, t, NULL);
	ask(&x);
	online_close(&net);
	if (x.err.code == ERR_OK)
		return refuse(&x, err);
	*err = x.err;
	return -1;
}
