/* SPDX-License-Identifier: MIT */
#include "install/manifests.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/isodate.h"
#include "base/json.h"
#include "base/str.h"
#include "cache/store.h"
#include "install/fetch.h"
#include "install/install.h"
#include "install/loop.h"
#include "install/project.h"
#include "registry/registry.h"
#include "resolver/manifest.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/spec.h"

#include <errno.h>

struct asking {
	struct arena *arena;
	const struct install_options *options;
	struct loop loop;
	struct fetch fetch;
	size_t open;
};

/* One of them, on its way. */
struct one {
	struct asking *asking;
	struct manifest_ask *ask;
	const struct spec *spec;	/* what an alias stands for */
	struct err err;
};

/* ---- From a registry ---- */

static struct pick_options picking(const struct one *q)
{
	const struct ideal_options *o = &q->asking->options->ideal;
	struct pick_options p = {
		.wanted = q->spec->fetch_spec,
		.name = q->spec->name,
		.default_tag = o->default_tag,
		.before = PICK_ANY_TIME,
		.node_version = o->node_version,
		.npm_version = o->npm_version,
	};

	if (o->before && !(o->age_excluded && o->age_excluded(q->spec->name, o->age_ctx)))
		p.before = isodate_parse(str_from(o->before));
	if (p.before == ISODATE_NONE)
		p.before = PICK_ANY_TIME;
	return p;
}

static int pick(struct one *q, const struct packument *p, struct err *err)
{
	struct arena *a = q->asking->arena;
	struct pick_options o = picking(q);
	struct pick picked;
	struct json *raw;

	if (pick_version(a, p, &o, &picked, err) < 0)
		return -1;
	if (picked.index < 0)
		return err_set(err, ERR_ETARGET, "%s@%s is not to be had", q->spec->name, picked.version);
	raw = packument_manifest(a, p, (uint32_t)picked.index, err);
	if (!raw)
		return -1;
	/* The packument goes with the registry. */
	q->ask->manifest = manifest_from_json(a, json_copy(a, raw));
	q->ask->resolved = q->ask->manifest->dist.tarball;
	return 0;
}

static void packument_came(void *ctx, const char *name, const struct packument *p, const struct err *why)
{
	struct one *q = ctx;

	(void)name;
	q->asking->open--;
	if (!p)
		q->err = *why;
	else
		(void)!pick(q, p, &q->err);
}

/* ---- From elsewhere ---- */

static void package_came(struct fetch_package *p, void *ctx)
{
	struct one *q = ctx;
	struct package_file file;

	q->asking->open--;
	if (p->state == FETCH_FAILED) {
		q->err = *p->err;
	} else if (package_read(q->asking->arena, p->package->dir, &file, &q->err) == 0) {
		q->ask->manifest = file.manifest;
		q->ask->resolved = p->resolved;
	}
}

static int refused(const struct spec *s, enum allow allow, enum err_code code, struct err *err)
{
	if (allow == ALLOW_ALL || allow == ALLOW_ROOT)
		return 0;
	err_set(err, code, "Fetching packages of type \"%s\" have been disabled", spec_type_name(s->type));
	err_note(err, "Refusing to fetch \"%s\"", s->raw);
	return -1;
}

static int fetch_package(struct one *q, struct err *err)
{
	const struct ideal_options *o = &q->asking->options->ideal;
	const struct spec *s = q->spec;
	struct fetch_want want = {.name = s->name};

	if (s->type == SPEC_GIT) {
		if (refused(s, o->allow_git, ERR_EALLOWGIT, err) < 0)
			return -1;
		want.resolved = s->save_spec ? s->save_spec : s->fetch_spec;
	} else if (s->type == SPEC_FILE) {
		if (refused(s, o->allow_file, ERR_EALLOWFILE, err) < 0)
			return -1;
		want.resolved = arena_printf(q->asking->arena, "file:%s", s->fetch_spec);
	} else {
		if (refused(s, o->allow_remote, ERR_EALLOWREMOTE, err) < 0)
			return -1;
		want.resolved = s->fetch_spec;
	}
	q->asking->open++;
	fetch_then(fetch_get(&q->asking->fetch, &want), package_came, q);
	return 0;
}

static int read_folder(struct one *q, struct err *err)
{
	struct package_file file;

	if (package_read(q->asking->arena, q->spec->fetch_spec, &file, err) < 0) {
		if (err->code == ERR_ENOENT) {
			err_clear(err);
			err_sys(err, ENOENT, "Could not read package.json: cannot open '%s/package.json'", q->spec->fetch_spec);
			err->status = 254;	/* npm's exit status for a missing file is its errno */
		}
		return -1;
	}
	q->ask->manifest = file.manifest;
	q->ask->resolved = q->spec->fetch_spec;
	return 0;
}

/* ---- All of them ---- */

static void ask(struct one *q)
{
	const struct spec *s = q->spec;

	if (s->registry) {
		q->asking->open++;
		registry_packument(q->asking->loop.registry, &(struct packument_wish){
			.name = s->name,
			.what = arena_printf(q->asking->arena, "%s@%s", s->name, s->raw_spec),
			.full = true,
			.done = packument_came,
			.ctx = q,
		});
	} else if (s->type == SPEC_DIRECTORY) {
		(void)!read_folder(q, &q->err);
	} else {
		(void)!fetch_package(q, &q->err);
	}
}

static int open_all(struct asking *x, struct err *err)
{
	const struct install_options *o = x->options;
	struct registry_options registry = o->registry;
	struct fetch_options fetch = {
		.ignore_scripts = o->lifecycle.ignore_scripts,
		.lode = o->lode,
		.confine = o->lifecycle.confine,
		.git_timeout_ms = o->git_timeout_ms,
	};

	if (registry.freshness == FRESH_DEFAULT)
		registry.freshness = FRESH_PREFER_ONLINE;
	if (loop_open(&x->loop, x->arena, &o->cache, &registry, err) < 0)
		return -1;
	x->loop.reporter = o->reporter;
	fetch_init(&x->fetch, &x->loop, &fetch);
	return 0;
}

int manifests_ask(struct arena *a, const struct install_options *o, struct manifest_ask *asks, size_t n, struct err *err)
{
	struct asking x = {.arena = a, .options = o};
	struct one *all = ARENA_ARRAY(a, struct one, n);

	if (open_all(&x, err) < 0) {
		loop_close(&x.loop);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		const struct spec *s = asks[i].spec;

		all[i] = (struct one){.asking = &x, .ask = &asks[i], .spec = s->type == SPEC_ALIAS ? s->sub : s};
		ask(&all[i]);
	}
	while (x.open)
		loop_turn(&x.loop);
	loop_close(&x.loop);
	for (size_t i = 0; i < n; i++) {
		if (all[i].err.code == ERR_OK)
			continue;
		*err = all[i].err;
		return -1;
	}
	return 0;
}
