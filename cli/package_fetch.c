/* SPDX-License-Identifier: MIT */
#include "cli/package_fetch.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "cache/store.h"
#include "cli/allowed.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/settings_install.h"
#include "registry/registry.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/spec.h"

static void fail(struct package_fetch *x, const struct err *err)
{
	if (!x->first.code)
		x->first = *err;
}

static void fetched(struct fetch_package *p, void *ctx)
{
	struct package_fetched *one = ctx;

	one->in->open--;
	if (p->state == FETCH_FAILED)
		fail(one->in, p->err);
	else
		one->package = p;
}

static void get(struct package_fetched *one, const struct fetch_want *want)
{
	one->in->open++;
	fetch_then(fetch_get(&one->in->fetch, want), fetched, one);
}

static int pick(struct package_fetched *a, const struct packument *p, struct fetch_want *want, struct err *err)
{
	const struct config *c = a->in->cli->config;
	struct pick_options o = {
		.wanted = a->spec->fetch_spec,
		.name = a->spec->name,
		.default_tag = config_text(c, "tag"),
		.before = PICK_ANY_TIME,
		.node_version = cli_node_version(a->in->cli),
	};
	const char *const *trusted;
	struct packument_dist dist;
	struct pick picked;
	size_t n;

	trusted = config_list(c, "min-release-age-exclude", &n);
	if (config_before(c) && !pick_age_excluded(a->spec->name, trusted, n) && !js_date(config_before(c), &o.before))
		o.before = PICK_ANY_TIME;
	if (pick_version(a->in->cli->arena, p, &o, &picked, err) < 0)
		return -1;
	if (picked.index < 0)
		return err_set(err, ERR_ETARGET, "%s@%s is not to be had", a->spec->name, picked.version);
	dist = packument_dist(a->in->cli->arena, p, (uint32_t)picked.index);
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
	struct package_fetched *a = ctx;
	struct fetch_want want;
	struct err err = ERR_INIT;

	(void)name;
	a->in->open--;
	if (!p)
		fail(a->in, why);
	else if (pick(a, p, &want, &err) < 0)
		fail(a->in, &err);
	else
		get(a, &want);
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

static int add(struct package_fetched *one, struct err *err)
{
	struct package_fetch *x = one->in;
	struct spec *s = spec_parse(x->cli->arena, one->word, x->cli->cwd, err);
	struct fetch_want want = {.name = NULL};

	if (!s)
		return -1;
	one->spec = s = s->type == SPEC_ALIAS ? s->sub : s;
	if (allowed_by_root(x->cli, s, err) < 0)
		return -1;
	if (s->registry) {
		x->open++;
		registry_packument(x->loop.registry, &(struct packument_wish){
			.name = s->name,
			.what = one->word,
			.full = true,
			.done = answered,
			.ctx = one,
		});
		return 0;
	}
	want.name = s->name;
	want.resolved = place_of(x->cli->arena, s);
	if (want.resolved)
		get(one, &want);
	return 0;
}

int package_fetch_open(struct cli *cli, struct package_fetch *x, struct err *err)
{
	struct install_options o;
	struct fetch_options fetch;

	*x = (struct package_fetch){.cli = cli};
	if (settings_install(cli, &o, err) < 0 || loop_open(&x->loop, cli->arena, &o.cache, &o.registry, err) < 0)
		return -1;
	x->loop.reporter = cli->reporter;
	fetch = (struct fetch_options){
		.ignore_scripts = config_bool(cli->config, "ignore-scripts"),
		.lode = o.lode,
		.confine = o.lifecycle.confine,
		.git_timeout_ms = o.git_timeout_ms,
	};
	fetch_init(&x->fetch, &x->loop, &fetch);
	return 0;
}

struct package_fetched *package_fetch_word(struct package_fetch *x, const char *word)
{
	struct package_fetched *one = ARENA_NEW(x->cli->arena, struct package_fetched);
	struct err err = ERR_INIT;

	*one = (struct package_fetched){.in = x, .word = word};
	if (add(one, &err) < 0)
		fail(x, &err);
	return one;
}

int package_fetch_finish(struct package_fetch *x, struct err *err)
{
	while (x->open)
		loop_turn(&x->loop);
	if (!x->first.code)
		return 0;
	*err = x->first;
	return -1;
}

void package_fetch_close(struct package_fetch *x)
{
	loop_close(&x->loop);
}

int package_fetch_tarball(struct package_fetch *x, const struct package_fetched *p, struct str *out, struct err *err)
{
	const struct store_package *kept = p->package->package;

	if (store_tarball(x->cli->arena, x->loop.cache, kept->integrity, out, err) < 0)
		return -1;
	return out->ptr ? 0 : err_set(err, ERR_ENOTCACHED, "the tarball of '%s' is not kept", p->word);
}
