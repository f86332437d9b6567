/* SPDX-License-Identifier: MIT */
#include "install/runtimes.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "cache/runtimes.h"
#include "cache/store.h"
#include "install/fetch.h"
#include "install/loop.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/semver.h"
#include "resolver/ssri.h"

#define MAX_TRIES 3		/* the store may lose a package while it is linked */

struct getting {
	struct arena *arena;
	const struct runtime_source *source;
	const struct runtime_want *want;
	struct kept_runtime *out;
	struct loop loop;
	struct fetch fetch;
	const char *shasum;		/* what very old versions have for an integrity */
	struct err *err;
	bool over;
};

/* ---- Which one ---- */

static int pick(struct getting *g, const struct packument *p, struct err *err)
{
	struct pick_options o = {
		.wanted = g->want->wanted,
		.name = g->want->package,
		.default_tag = g->source->default_tag,
		.before = g->source->before,
	};
	struct packument_dist dist;
	struct semver version;
	struct pick picked;

	if (pick_version(g->arena, p, &o, &picked, err))
		return -1;
	if (picked.index < 0 || !semver_parse(&version, str_from(picked.version), 0))
		return err_set(err, ERR_ETARGET, "%s@%s is not to be had", g->want->package, picked.version);
	dist = packument_dist(g->arena, p, (uint32_t)picked.index);
	if (!dist.integrity && !dist.shasum)
		return err_set(err, ERR_EINTEGRITY, "the registry tells no digest of %s@%s", g->want->package, picked.version);
	g->out->version = semver_format(g->arena, &version);
	g->out->resolved = arena_strdup(g->arena, dist.tarball ? dist.tarball : "");
	g->out->integrity = dist.integrity ? arena_strdup(g->arena, dist.integrity) : NULL;
	if (g->want->integrity && !ssri_match_text(g->want->integrity, g->out->integrity))
		return err_set(err, ERR_EINTEGRITY, "%s@%s has the integrity %s in the registry, and not %s", g->want->package,
			       g->out->version, g->out->integrity ? g->out->integrity : "(none)", g->want->integrity);
	g->shasum = dist.shasum ? arena_strdup(g->arena, dist.shasum) : NULL;
	return 0;
}

static void answered(void *ctx, const char *name, const struct packument *p, const struct err *why)
{
	struct getting *g = ctx;

	(void)name;
	g->over = true;
	if (!p)
		*g->err = *why;
	else if (pick(g, p, g->err))
		g->out->version = NULL;
}

static void ask(struct getting *g)
{
	g->over = false;
	registry_packument(g->loop.registry, &(struct packument_wish){
		.name = g->want->package,
		.what = arena_printf(g->arena, "%s@%s", g->want->package, g->want->wanted),
		.full = g->source->before != PICK_ANY_TIME,
		.done = answered,
		.ctx = g,
	});
	while (!g->over)
		loop_turn(&g->loop);
}

/* ---- Getting it ---- */

static void fetched(struct fetch_package *p, void *ctx)
{
	struct getting *g = ctx;

	g->over = true;
	if (p->state == FETCH_FAILED)
		*g->err = *p->err;
}

static void keep(struct getting *g, struct fetch_package *p)
{
	int ret = 1;

	for (int i = 0; i < MAX_TRIES && ret == 1; i++) {
		g->over = false;
		if (i)
			fetch_again(p, fetched, g);
		else
			fetch_then(p, fetched, g);
		while (!g->over)
			loop_turn(&g->loop);
		if (g->err->code != ERR_OK)
			return;
		ret = runtimes_keep(g->arena, g->loop.cache, p->package, g->out, g->err);
	}
	if (ret == 1)
		err_set(g->err, ERR_ESYSTEM, "%s@%s cannot be kept: the cache loses it", g->out->package, g->out->version);
}

static bool is_there(struct getting *g)
{
	const char *dir = runtimes_dir(g->arena, g->source->cache->dir, g->source->registry->registry);
	struct kept_runtime kept;

	if (!runtimes_find(g->arena, dir, g->want->package, g->out->version, &kept) ||
	    (g->out->integrity && !ssri_match_text(g->out->integrity, kept.integrity)))
		return false;
	*g->out = kept;
	return true;
}

static void get(struct getting *g)
{
	struct fetch_options options = {.ignore_scripts = true};
	struct fetch_want want = {
		.name = g->want->package,
		.version = g->out->version,
		.resolved = *g->out->resolved ? g->out->resolved : NULL,
		.integrity = g->out->integrity,
		.shasum = g->shasum,
	};

	fetch_init(&g->fetch, &g->loop, &options);
	keep(g, fetch_get(&g->fetch, &want));
}

static int run(struct getting *g, bool whole)
{
	*g->out = (struct kept_runtime){.registry = g->source->registry->registry, .package = g->want->package};
	if (loop_open(&g->loop, g->arena, g->source->cache, g->source->registry, g->err))
		return -1;
	g->loop.reporter = g->source->reporter;
	ask(g);
	if (g->err->code == ERR_OK && whole && !is_there(g))
		get(g);
	loop_close(&g->loop);
	return g->err->code == ERR_OK ? 0 : -1;
}

int runtimes_fetch(struct arena *a, const struct runtime_source *s, const struct runtime_want *w, struct kept_runtime *out,
		   struct err *err)
{
	struct getting g = {.arena = a, .source = s, .want = w, .out = out, .err = err};

	return run(&g, true);
}

int runtimes_ask(struct arena *a, const struct runtime_source *s, const struct runtime_want *w, struct kept_runtime *out,
		 struct err *err)
{
	struct getting g = {.arena = a, .source = s, .want = w, .out = out, .err = err};

	return run(&g, false);
}
