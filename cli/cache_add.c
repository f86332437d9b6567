/* SPDX-License-Identifier: MIT */
#include "cli/cache_add.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "cli/allowed.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/settings_install.h"
#include "install/fetch.h"
#include "install/loop.h"
#include "registry/registry.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/spec.h"

struct adding {
	struct cli *cli;
	struct loop loop;
	struct fetch fetch;
	size_t open;			/* packuments and packages on their way */
	struct err first;		/* what failed first */
};

/* One word. */
struct addition {
	struct adding *adding;
	const struct spec *spec;	/* what an alias stands for */
};

static void fail(struct adding *x, const struct err *err)
{
	if (!x->first.code)
		x->first = *err;
}

static void fetched(struct fetch_package *p, void *ctx)
{
	struct adding *x = ctx;

	x->open--;
	if (p->state == FETCH_FAILED)
		fail(x, &p->err);
}

static void get(struct adding *x, const struct fetch_want *want)
{
	x->open++;
	fetch_then(fetch_get(&x->fetch, want), fetched, x);
}

static int pick(struct addition *a, const struct packument *p, struct fetch_want *want, struct err *err)
{
	const struct config *c = a->adding->cli->config;
	struct pick_options o = {
		.wanted = a->spec->fetch_spec,
		.name = a->spec->name,
		.default_tag = config_text(c, "tag"),
		.before = PICK_ANY_TIME,
		.node_version = "v" LODE_RUNTIME_VERSION,
	};
	const char *const *trusted;
	struct packument_dist dist;
	struct pick picked;
	size_t n;

	trusted = config_list(c, "min-release-age-exclude", &n);
	if (config_before(c) && !pick_age_excluded(a->spec->name, trusted, n) && !js_date(config_before(c), &o.before))
		o.before = PICK_ANY_TIME;
	if (pick_version(a->adding->cli->arena, p, &o, &picked, err) < 0)
		return -1;
	if (picked.index < 0)
		return err_set(err, ERR_ETARGET, "%s@%s is not to be had", a->spec->name, picked.version);
	dist = packument_dist(a->adding->cli->arena, p, (uint32_t)picked.index);
	*want = (struct fetch_want){
		.name = a->spec->name,
		.version = picked.version,
		.resolved = dist.tarball,
		.integrity = dist.integrity,
		.shasum = dist.shasum,
	};
	return 0;
}

static void answered(void *ctx, const char *name, const struct packument *p, const struct err *why)
{
	struct addition *a = ctx;
	struct fetch_want want;
	struct err err = ERR_INIT;

	(void)name;
	a->adding->open--;
	if (!p)
		fail(a->adding, why);
	else if (pick(a, p, &want, &err) < 0)
		fail(a->adding, &err);
	else
		get(a->adding, &want);
}

/* Where a package that is in no registry is; NULL for a folder, of which nothing is kept. */
static const char *place_of(struct arena *a, const struct spec *s)
{
	if (s->type == SPEC_DIRECTORY)
		return NULL;
	if (s->type == SPEC_FILE)
		return arena_printf(a, "file:%s", s->fetch_spec);
	return s->type == SPEC_GIT && s->save_spec ? s->save_spec : s->fetch_spec;
}

static int add(struct adding *x, const char *word, struct err *err)
{
	struct addition *a = ARENA_NEW(x->cli->arena, struct addition);
	struct spec *s = spec_parse(x->cli->arena, word, x->cli->cwd, err);
	struct fetch_want want = {.name = NULL};

	if (!s)
		return -1;
	if (s->type == SPEC_ALIAS)
		s = s->sub;
	if (s->type != SPEC_DIRECTORY && allowed_by_root(x->cli, s, err) < 0)
		return -1;
	*a = (struct addition){.adding = x, .spec = s};
	if (s->registry) {
		x->open++;
		registry_packument(x->loop.registry, &(struct packument_wish){
			.name = s->name,
			.what = word,
			.full = true,
			.done = answered,
			.ctx = a,
		});
		return 0;
	}
	want.name = s->name;
	want.resolved = place_of(x->cli->arena, s);
	if (want.resolved)
		get(x, &want);
	return 0;
}

int cache_add(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct adding x = {.cli = cli};
	struct install_options o;
	struct fetch_options fetch;

	if (!argc)
		return cli_usage_error(cli, err, "First argument to `add` is required");
	if (settings_install(cli, &o, err) < 0 || loop_open(&x.loop, cli->arena, &o.cache, &o.registry, err) < 0)
		return -1;
	x.loop.reporter = cli->reporter;
	fetch = (struct fetch_options){
		.ignore_scripts = config_bool(cli->config, "ignore-scripts"),
		.lode = o.lode,
		.git_timeout_ms = o.git_timeout_ms,
	};
	fetch_init(&x.fetch, &x.loop, &fetch);
	for (int i = 0; i < argc; i++) {
		struct err one = ERR_INIT;

		if (add(&x, argv[i], &one) < 0)
			fail(&x, &one);
	}
	while (x.open)
		loop_turn(&x.loop);
	loop_close(&x.loop);
	if (!x.first.code)
		return 0;
	*err = x.first;
	return -1;
}
