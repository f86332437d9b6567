/* SPDX-License-Identifier: MIT
 *
 * Asking for packuments and manifests: what is needed now, and what will be needed soon.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/fiber.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/ideal_int.h"
#include "resolver/manifest.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/spec.h"
#include "resolver/ssri.h"

struct ideal_note *ideal_note(struct ideal *id, struct node *n)
{
	if (!n->extra)
		n->extra = ARENA_NEW(id->arena, struct ideal_note);
	return n->extra;
}

static struct ideal_ask *ask(struct ideal *id, const char *key, const struct ideal_need *need)
{
	struct ideal_ask *a = map_find(&id->asks, key);

	if (a)
		return a;
	a = ARENA_NEW(id->arena, struct ideal_ask);
	a->need = *need;
	a->need.id = id->serial++;
	vec_init(&a->wanted, id->arena);
	map_put(&id->asks, key, a);
	vec_add(&id->unsaid, &a->need);
	return a;
}

static void wait_for(struct ideal *id, struct ideal_ask *a)
{
	while (!a->answered) {
		id->waiting = a;
		fiber_yield(id->fiber);
	}
	id->waiting = NULL;
}

static bool is_from_root(const struct node *from)
{
	return from && (node_is_project_root(from) || node_is_workspace(from));
}

static struct ideal_need need_of(struct ideal *id, enum need_kind kind, const struct spec *spec, const struct node *from)
{
	return (struct ideal_need){
		.kind = kind,
		.name = spec ? spec->name : NULL,
		.spec = spec,
		.full_metadata = !id->brief,
		.from = from && from->location ? from->location : "",
		.from_root = is_from_root(from),
	};
}

static const struct spec *real_spec(const struct spec *spec)
{
	return spec->sub ? spec->sub : spec;
}

static struct ideal_ask *ask_packument(struct ideal *id, const struct spec *spec, const struct node *from)
{
	struct ideal_need need = need_of(id, NEED_PACKUMENT, real_spec(spec), from);

	return ask(id, arena_printf(id->arena, "%s %s", id->brief ? "brief" : "p", need.name), &need);
}

/* ---- from a packument to a manifest ---- */

static bool is_excluded(const struct ideal *id, const char *name)
{
	return id->options.age_excluded && id->options.age_excluded(name, id->options.age_ctx);
}

static const char *integrity_of(struct ideal *id, const struct packument_version *v)
{
	if (v->integrity && v->integrity[0])
		return v->integrity;
	return v->shasum ? ssri_format(id->arena, ssri_from_hex(id->arena, "sha1", v->shasum, NULL), NULL, 0) : NULL;
}

static void pick(struct ideal *id, const struct packument *p, const struct spec *spec, struct ideal_found *out)
{
	struct pick_options o = {
		.wanted = spec->fetch_spec,
		.name = spec->name,
		.default_tag = id->options.default_tag,
		.before = is_excluded(id, spec->name) ? PICK_ANY_TIME : id->before,
		.node_version = id->options.node_version,
		.npm_version = id->options.npm_version,
	};
	struct packument_version v;
	struct pick got;
	struct json *raw;

	if (pick_version(id->arena, p, &o, &got, &out->err) < 0)
		return;
	v = packument_at(p, (uint32_t)got.index);
	raw = packument_manifest(id->arena, p, (uint32_t)got.index, &out->err);
	if (!raw)
		return;
	out->manifest = manifest_from_json(id->arena, raw);
	out->resolved = v.tarball;
	out->integrity = integrity_of(id, &v);
}

static const char *found_key(struct ideal *id, const struct spec *spec)
{
	return arena_printf(id->arena, "%s@%s%s", real_spec(spec)->name, real_spec(spec)->fetch_spec, id->brief ? " brief" : "");
}

static struct ideal_found *find_registry(struct ideal *id, const struct spec *spec, struct ideal_ask *a)
{
	const char *key = found_key(id, spec);
	struct ideal_found *f = map_find(&id->found, key);

	if (f)
		return f;
	f = ARENA_NEW(id->arena, struct ideal_found);
	if (a->answer.packument)
		pick(id, a->answer.packument, real_spec(spec), f);
	else
		f->err = a->answer.err;
	map_put(&id->found, key, f);
	return f;
}

/* ---- hints ---- */

static void hint_all(struct ideal *id, const struct manifest *m, const struct dep_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct dep *d = &list->items[i];
		struct err err = ERR_INIT;
		const struct spec *spec;

		if (list == &m->peer_dependencies && d->optional)
			continue;
		spec = spec_resolve(id->arena, d->name, d->spec, "/", &err);
		if (spec)
			ideal_hint(id, ideal_locked_dep(id, spec, m), NULL);
	}
}

static void hint_dependencies(struct ideal *id, const struct manifest *m)
{
	hint_all(id, m, &m->dependencies);
	hint_all(id, m, &m->optional_dependencies);
	if (!id->options.legacy_peer_deps)
		hint_all(id, m, &m->peer_dependencies);
}

static void follow(struct ideal *id, struct ideal_ask *a, const struct spec *spec)
{
	const struct ideal_found *f = find_registry(id, spec, a);

	if (f->manifest && !id->brief)
		hint_dependencies(id, f->manifest);
}

void ideal_hint(struct ideal *id, const struct spec *spec, const struct node *from)
{
	const char *key;
	struct ideal_ask *a;

	if (!spec->registry || !real_spec(spec)->name || !real_spec(spec)->fetch_spec)
		return;
	/* Each spec is followed once. */
	key = found_key(id, spec);
	if (map_has(&id->found, key))
		return;
	a = ask_packument(id, spec, from);
	for (size_t i = 0; i < a->wanted.count; i++)
		if (streq(real_spec(a->wanted.items[i])->fetch_spec, real_spec(spec)->fetch_spec))
			return;
	vec_add(&a->wanted, (void *)spec);
	if (a->answered && a->answer.packument)
		vec_add(&id->fed, a);
}

void ideal_follow_hints(struct ideal *id)
{
	while (id->fed.count) {
		struct ideal_ask *a = vec_pop(&id->fed);

		for (size_t i = 0; a->answer.packument && i < a->wanted.count; i++)
			follow(id, a, a->wanted.items[i]);
		vec_clear(&a->wanted);
	}
}

/* ---- finding ---- */

const struct ideal_found *ideal_find_directory(struct ideal *id, const char *path, const struct node *from)
{
	struct ideal_found *f = ARENA_NEW(id->arena, struct ideal_found);
	struct spec *spec = ARENA_NEW(id->arena, struct spec);
	struct ideal_need need;
	struct ideal_ask *a;

	*spec = (struct spec){.type = SPEC_DIRECTORY, .fetch_spec = path, .raw = path, .raw_spec = path};
	need = need_of(id, NEED_DIRECTORY, spec, from);
	a = ask(id, arena_printf(id->arena, "d %s", path), &need);
	wait_for(id, a);
	f->manifest = a->answer.manifest;
	f->realpath = a->answer.realpath;
	f->resolved = arena_printf(id->arena, "file:%s", path);
	f->err = a->answer.err;
	return f;
}

const struct ideal_found *ideal_find(struct ideal *id, const struct spec *spec, const struct node *from)
{
	return ideal_find_with(id, spec, from, NULL);
}

const struct ideal_found *ideal_find_with(struct ideal *id, const struct spec *spec, const struct node *from,
					  const char *integrity)
{
	struct ideal_found *f;
	struct ideal_need need;
	struct ideal_ask *a;

	if (spec->registry) {
		a = ask_packument(id, spec, from);
		a->need.required = true;
		wait_for(id, a);
		f = find_registry(id, spec, a);
		if (f->manifest && !id->brief)
			hint_dependencies(id, f->manifest);
		return f;
	}
	if (spec->type == SPEC_DIRECTORY)
		return ideal_find_directory(id, spec->fetch_spec, from);
	need = need_of(id, NEED_MANIFEST, spec, from);
	need.integrity = integrity;
	a = ask(id, arena_printf(id->arena, "m %s", spec->save_spec ? spec->save_spec : spec->raw_spec), &need);
	a->need.required = true;
	wait_for(id, a);
	f = ARENA_NEW(id->arena, struct ideal_found);
	*f = (struct ideal_found){
		.manifest = a->answer.manifest,
		.resolved = a->answer.resolved,
		.integrity = a->answer.integrity,
		.err = a->answer.err,
	};
	return f;
}

void ideal_load_bundle(struct ideal *id, struct node *n)
{
	struct ideal_need need = need_of(id, NEED_BUNDLE, NULL, n);
	struct ideal_ask *a;

	need.node = n;
	need.required = true;
	a = ask(id, arena_printf(id->arena, "b %s %p", n->location, (void *)n), &need);
	wait_for(id, a);
}
