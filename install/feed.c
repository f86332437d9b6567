/* SPDX-License-Identifier: MIT */
#include "install/feed.h"

#include <errno.h>

#include "base/fs.h"
#include "base/path.h"
#include "cache/store.h"
#include "install/bundle.h"
#include "install/fetch.h"
#include "install/loop.h"
#include "install/project.h"
#include "registry/registry.h"
#include "resolver/ideal.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"

/* One need on its way to an answer. */
struct question {
	struct feed *feed;
	struct ideal_need *need;
};

static void answer(struct question *q, const struct ideal_answer *a)
{
	q->feed->open--;
	ideal_feed(q->feed->ideal, q->need, a);
}

static void packument_came(void *ctx, const char *name, const struct packument *p, const struct err *err)
{
	struct question *q = ctx;
	struct ideal_answer got = {.packument = p};

	(void)name;
	if (!p)
		got.err = *err;
	answer(q, &got);
}

/* The package.json of what is in the store now. */
static void package_came(struct fetch_package *p, void *ctx)
{
	struct question *q = ctx;
	struct arena *a = q->feed->loop->arena;
	struct ideal_answer got = {.err = ERR_INIT};
	struct package_file file;

	if (p->err)
		got.err = *p->err;
	if (p->state == FETCH_READY && package_read(a, p->package->dir, &file, &got.err) == 0) {
		got.manifest = file.manifest;
		got.resolved = p->resolved;
		got.integrity = source_is_git(p->resolved) ? NULL : p->package->integrity;
	}
	answer(q, &got);
}

static void bundle_came(struct fetch_package *p, void *ctx)
{
	struct question *q = ctx;
	struct ideal_answer got = {.err = ERR_INIT};

	if (p->err)
		got.err = *p->err;
	if (p->state == FETCH_READY)
		(void)!bundle_load(q->feed->loop->arena, q->need->node, p->package->dir, NULL, &got.err);
	answer(q, &got);
}

static void read_directory(struct question *q)
{
	struct arena *a = q->feed->loop->arena;
	const char *dir = q->need->spec->fetch_spec;
	struct ideal_answer got = {.realpath = fs_realpath(a, dir)};
	struct package_file file;

	if (!got.realpath)
		err_sys(&got.err, ENOENT, "Could not read package.json: cannot open '%s/package.json'", dir);
	else if (package_read(a, dir, &file, &got.err) == 0)
		got.manifest = file.manifest;
	answer(q, &got);
}

static void fetch_manifest(struct question *q)
{
	const struct spec *spec = q->need->spec;
	struct arena *a = q->feed->loop->arena;
	struct fetch_want want = {.name = spec->name, .integrity = q->need->integrity};

	if (spec->type == SPEC_GIT)
		want.resolved = spec->save_spec ? spec->save_spec : spec->fetch_spec;
	else if (spec->type == SPEC_FILE)
		want.resolved = arena_printf(a, "file:%s", spec->fetch_spec);
	else
		want.resolved = spec->fetch_spec;
	fetch_then(fetch_get(q->feed->fetch, &want), package_came, q);
}

static void ask(struct feed *f, struct ideal_need *need)
{
	struct question *q = ARENA_NEW(f->loop->arena, struct question);

	*q = (struct question){f, need};
	f->open++;
	switch (need->kind) {
	case NEED_PACKUMENT:
		registry_packument(f->loop->registry, &(struct packument_wish){
			.name = need->name,
			.what = need->spec ? need->spec->raw : NULL,
			.full = need->full_metadata && (need->whole || !f->abbreviated),
			.done = packument_came,
			.ctx = q,
		});
		break;
	case NEED_MANIFEST:
		fetch_manifest(q);
		break;
	case NEED_DIRECTORY:
		read_directory(q);
		break;
	case NEED_BUNDLE:
		fetch_then(fetch_get(f->fetch, &(struct fetch_want){
			.name = node_package_name(need->node),
			.version = node_version(need->node),
			.resolved = node_resolved(need->node),
			.integrity = need->node->integrity,
		}), bundle_came, q);
		break;
	}
}

int feed_resolve(struct feed *f, struct tree *t, const struct ideal_options *options, struct err *err)
{
	struct ideal_needs needs;
	enum ideal_state state;

	f->ideal = ideal_open(t, options);
	f->open = 0;
	while ((state = ideal_step(f->ideal, &needs, err)) == IDEAL_NEEDS) {
		registry_rest(f->loop->registry);
		for (size_t i = 0; i < needs.count; i++)
			ask(f, needs.items[i]);
		/* Any answer can let it go on or bring new hints, so it is asked again after each turn. */
		if (f->open)
			loop_turn(f->loop);
	}
	return state == IDEAL_DONE ? 0 : -1;
}
