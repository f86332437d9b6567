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
#include "resolver/dep_valid.h"
#include "resolver/manifest.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/spec.h"
#include "resolver/ssri.h"

#include <string.h>

struct ideal_note *ideal_note(struct ideal *id, struct node *n)
{
	if (!n->extra)
		n->extra = ARENA_NEW(id->arena, struct ideal_note);
	return n->extra;
}

const struct err *ideal_keep_err(struct ideal *id, const struct err *err)
{
	struct err *kept = ARENA_NEW(id->arena, struct err);

	*kept = *err;
	return kept;
}

/* What a map is asked by, made where it costs no memory; it is kept only when it becomes a key. */
struct key {
	char room[256];
	struct str text;
};

/* a, between and b; put down in the arena when that is longer than what fits. */
static struct str make_key(struct ideal *id, struct key *k, const char *a, const char *between, const char *b)
{
	size_t n = strlen(a), m = strlen(between), len = n + m + strlen(b);

	if (len >= sizeof(k->room)) {
		k->text = str_from(arena_printf(id->arena, "%s%s%s", a, between, b));
		return k->text;
	}
	memcpy(k->room, a, n);
	memcpy(k->room + n, between, m);
	memcpy(k->room + n + m, b, len - n - m);
	k->text = (struct str){k->room, len};
	return k->text;
}

static struct ideal_ask *ask(struct ideal *id, struct str key, const struct ideal_need *need)
{
	struct ideal_ask *a = map_find_str(&id->asks, key);

	if (a)
		return a;
	a = ARENA_NEW(id->arena, struct ideal_ask);
	a->need = *need;
	a->need.id = id->serial++;
	vec_init(&a->wanted, id->arena);
	map_put(&id->asks, str_dup(id->arena, key), a);
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

static struct ideal_ask *ask_packument(struct ideal *id, const struct spec *spec, const struct node *from, bool whole)
{
	struct ideal_need need = need_of(id, NEED_PACKUMENT, real_spec(spec), from);
	struct key key;

	need.whole = whole && !id->brief;
	return ask(id, make_key(id, &key, id->brief ? "brief" : "p", " ", need.name), &need);
}

/* ---- from a packument to a manifest ---- */

static bool is_excluded(const struct ideal *id, const char *name)
{
	return id->options.age_excluded && id->options.age_excluded(name, id->options.age_ctx);
}

static const char *integrity_of(struct ideal *id, const struct manifest_dist *dist)
{
	if (dist->integrity && dist->integrity[0])
		return dist->integrity;
	return dist->shasum ? ssri_format(id->arena, ssri_from_hex(id->arena, "sha1", dist->shasum, NULL), NULL, 0) : NULL;
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
		.avoid = ideal_avoid(id, spec->name),
	};
	struct pick got;
	struct json *raw = NULL;
	struct err err = ERR_INIT;

	if (pick_version(id->arena, p, &o, &got, &err) == 0)
		raw = packument_brief(id->arena, p, (uint32_t)got.index, &err);
	if (!raw) {
		out->err = ideal_keep_err(id, &err);
		return;
	}
	out->manifest = manifest_from_json(id->arena, raw);
	/* There are registries that send the whole document to whoever asks. */
	out->manifest->abbreviated = !p->meta.full && !id->brief && !json_find(raw, "license");
	/* Which documents have them, so which are asked for whole, must not decide about the tree. */
	if (id->options.abbreviated)
		out->manifest->accept_dependencies = (struct dep_list){0};
	out->resolved = out->manifest->dist.tarball;
	out->integrity = integrity_of(id, &out->manifest->dist);
}

static struct str found_key(struct ideal *id, struct key *key, const struct spec *spec)
{
	return make_key(id, key, real_spec(spec)->name, id->brief ? " " : "@", real_spec(spec)->fetch_spec);
}

static struct ideal_found *find_registry(struct ideal *id, const struct spec *spec, struct ideal_ask *a)
{
	struct key key;
	struct ideal_found *f = map_find_str(&id->found, found_key(id, &key, spec));

	if (f)
		return f;
	f = ARENA_NEW(id->arena, struct ideal_found);
	if (a->packument)
		pick(id, a->packument, real_spec(spec), f);
	else
		f->err = a->err;
	map_put(&id->found, str_dup(id->arena, key.text), f);
	return f;
}

/* Where it is for some platforms only, an abbreviated document does not tell all of them. */
static bool lacks_platform(const struct ideal_found *f)
{
	return f->manifest && f->manifest->abbreviated && (f->manifest->os.given || f->manifest->cpu.given);
}

static struct ideal_ask *ask_whole(struct ideal *id, const struct spec *spec, const struct node *from)
{
	struct ideal_need need = need_of(id, NEED_PACKUMENT, real_spec(spec), from);
	struct key key;

	need.whole = true;
	return ask(id, make_key(id, &key, "w", " ", need.name), &need);
}

/* Offline it stays as it is. */
static void complete(struct ideal *id, struct ideal_found *f, const struct spec *spec, const struct node *from)
{
	struct ideal_ask *a = ask_whole(id, spec, from);
	struct ideal_found whole = {.manifest = NULL};

	a->need.required = true;
	wait_for(id, a);
	if (a->packument)
		pick(id, a->packument, real_spec(spec), &whole);
	else if (a->err && a->err->code != ERR_ENOTCACHED)
		whole.err = a->err;
	else
		return;
	if (whole.manifest)
		whole.manifest->abbreviated = false;
	*f = whole;
}

/* ---- hints ---- */

static void hint_all(struct ideal *id, const struct manifest *m, const struct dep_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct dep *d = &list->items[i];
		const struct spec *spec;

		if (list == &m->peer_dependencies && d->optional)
			continue;
		spec = tree_spec(id->tree, d, "/", &id->ignored);
		if (spec)
			ideal_hint(id, ideal_locked_dep(id, spec, m), NULL, list == &m->optional_dependencies);
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

	if (lacks_platform(f))
		ask_whole(id, spec, NULL);
	if (f->manifest && !id->brief)
		hint_dependencies(id, f->manifest);
}

void ideal_hint(struct ideal *id, const struct spec *spec, const struct node *from, bool optional)
{
	struct ideal_ask *a;
	struct key key;

	if (!spec->registry || !real_spec(spec)->name || !real_spec(spec)->fetch_spec)
		return;
	/* Each spec is followed once. */
	if (map_find_str(&id->found, found_key(id, &key, spec)))
		return;
	a = ask_packument(id, spec, from, optional);
	for (size_t i = 0; i < a->wanted.count; i++)
		if (streq(real_spec(a->wanted.items[i])->fetch_spec, real_spec(spec)->fetch_spec))
			return;
	vec_add(&a->wanted, (void *)spec);
	if (a->answered && a->packument)
		vec_add(&id->fed, a);
}

void ideal_follow_hints(struct ideal *id)
{
	while (id->fed.count) {
		struct ideal_ask *a = vec_pop(&id->fed);

		for (size_t i = 0; a->packument && i < a->wanted.count; i++)
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
	a = ask(id, str_from(arena_printf(id->arena, "d %s", path)), &need);
	wait_for(id, a);
	f->manifest = a->manifest;
	f->realpath = a->realpath;
	f->resolved = arena_printf(id->arena, "file:%s", path);
	f->err = a->err;
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
		a = ask_packument(id, spec, from, false);
		a->need.required = true;
		wait_for(id, a);
		f = find_registry(id, spec, a);
		if (lacks_platform(f))
			complete(id, f, spec, from);
		if (f->manifest && !id->brief)
			hint_dependencies(id, f->manifest);
		return f;
	}
	if (spec->type == SPEC_DIRECTORY)
		return ideal_find_directory(id, spec->fetch_spec, from);
	need = need_of(id, NEED_MANIFEST, spec, from);
	need.integrity = integrity;
	a = ask(id, str_from(arena_printf(id->arena, "m %s", spec->save_spec ? spec->save_spec : spec->raw_spec)), &need);
	a->need.required = true;
	wait_for(id, a);
	f = ARENA_NEW(id->arena, struct ideal_found);
	*f = (struct ideal_found){
		.manifest = a->manifest,
		.resolved = a->resolved,
		.integrity = a->integrity,
		.err = a->err,
	};
	return f;
}

void ideal_load_bundle(struct ideal *id, struct node *n)
{
	struct ideal_need need = need_of(id, NEED_BUNDLE, NULL, n);
	struct ideal_ask *a;

	need.node = n;
	need.required = true;
	a = ask(id, str_from(arena_printf(id->arena, "b %s %p", n->location, (void *)n)), &need);
	wait_for(id, a);
}
