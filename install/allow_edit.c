/* SPDX-License-Identifier: MIT */
#include "install/allow_edit.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "install/allow.h"
#include "resolver/hosted.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

/* ---- Keys ---- */

static const struct spec *parse(struct arena *a, const char *key)
{
	struct err ignored = ERR_INIT;

	return spec_parse(a, key, "/", &ignored);
}

/* "github:owner/name", with the commit when asked for; NULL when it is no known host's. */
static const char *git_key(struct arena *a, const char *source, bool with_commit)
{
	const struct hosted_options bare = {.no_committish = true};
	const struct spec *s = parse(a, source);
	const char *base = s && s->hosted ? hosted_format(a, s->hosted, HOSTED_SHORTCUT, &bare) : NULL;
	const char *commit = s ? s->git_committish : NULL;

	if (base && s->hosted->committish && !(commit && *commit))
		commit = s->hosted->committish;
	return base && with_commit && commit && *commit ? arena_printf(a, "%s#%s", base, commit) : base;
}

static bool is_local(const char *source)
{
	return cstr_starts(source, "file:") || *source == '/';
}

static struct allow_identity identity(struct arena *a, struct node *node)
{
	return node_is_registry_dep(node) ? allow_identify(a, node) : (struct allow_identity){0};
}

const char *allow_name_key(struct arena *a, struct node *node)
{
	const char *source = allow_source(a, node);

	if (cstr_starts(source, "git"))
		return git_key(a, source, false);
	return is_local(source) ? source : identity(a, node).name;
}

static const char *versioned_key(struct arena *a, struct node *node)
{
	const char *source = allow_source(a, node);
	struct allow_identity id;

	if (cstr_starts(source, "git"))
		return git_key(a, source, true);
	if (is_local(source))
		return source;
	id = identity(a, node);
	return cstr_starts(source, "http") && id.version ? arena_printf(a, "%s@%s", id.name, id.version) : NULL;
}

static bool is_pin(struct arena *a, const char *key)
{
	const struct spec *s = parse(a, key);

	return s && s->type == SPEC_VERSION;
}

static bool is_name_only(struct arena *a, const char *key)
{
	const struct spec *s = parse(a, key);

	return s && (s->type == SPEC_TAG || spec_is_any(s));
}

/* ---- Edits ---- */

void allow_edit_init(struct allow_edit *e, struct arena *a, const struct json *existing, const char *root)
{
	struct json *field = json_is(existing, JSON_OBJECT) ? json_copy(a, existing) : json_object(a);

	*e = (struct allow_edit){.arena = a, .root = root, .field = field, .pin = true};
}

static void note(const struct allow_edit *e, struct allow_edited *out, const char *key, const char *change)
{
	struct allow_change *c = ARENA_NEW(e->arena, struct allow_change);

	*c = (struct allow_change){key, change};
	vec_add(&out->changes, c);
}

static bool is_set(const struct allow_edit *e, const char *key, bool value)
{
	const struct json *v = json_find(e->field, key);

	return json_is(v, JSON_BOOL) && v->boolean == value;
}

static void set(struct allow_edit *e, struct allow_edited *out, const char *key, bool value)
{
	if (is_set(e, key, value))
		return;
	json_put_bool(e->arena, e->field, key, value);
	note(e, out, key, "added");
}

/* The keys as they are now: the object changes while they are gone through. */
static struct vec *keys_of(const struct allow_edit *e)
{
	struct vec *keys = ARENA_NEW(e->arena, struct vec);

	vec_init(keys, e->arena);
	for (uint32_t i = 0; i < json_count(e->field); i++)
		vec_add(keys, (void *)e->field->members[i].key);
	return keys;
}

static bool holds(const struct vec *keys, const char *key)
{
	for (size_t i = 0; i < keys->count; i++) {
		if (streq(keys->items[i], key))
			return true;
	}
	return false;
}

/* Takes away allowed single versions of the package but those to keep; change NULL: without a word. */
static void drop_pins(struct allow_edit *e, struct node *sample, const struct vec *keep, const char *change,
		      struct allow_edited *out)
{
	const struct vec *keys = keys_of(e);

	for (size_t i = 0; i < keys->count; i++) {
		const char *key = keys->items[i];

		if (holds(keep, key) || !is_pin(e->arena, key) || !is_set(e, key, true) ||
		    !allow_key_targets(e->arena, key, e->root, sample))
			continue;
		json_remove(e->field, key);
		if (change)
			note(e, out, key, change);
	}
}

static const char *deny_warning(struct arena *a, const char *key, const char *name)
{
	const char *subject = name ? name : "this package";

	if (is_name_only(a, key))
		return arena_printf(a, "%s is denied; remove the entry from allowScripts to approve %s.", key, subject);
	return arena_printf(a,
			    "%s is a versioned deny; run `lode install-scripts deny %s` to widen the deny to all versions of %s, or "
			    "remove the entry to approve %s.",
			    key, subject, subject, subject);
}

/* The key that denies one of them; NULL: none does. */
static const char *denied_by(const struct allow_edit *e, const struct vec *nodes)
{
	const struct vec *keys = keys_of(e);

	for (size_t n = 0; n < nodes->count; n++) {
		for (size_t i = 0; i < keys->count; i++) {
			const char *key = keys->items[i];

			if (is_set(e, key, false) && allow_key_targets(e->arena, key, e->root, nodes->items[n]))
				return key;
		}
	}
	return NULL;
}

/* By name: because that was asked for, or because a version cannot be known. */
static void approve_name(struct allow_edit *e, struct node *sample, const char *name, struct allow_edited *out)
{
	struct vec keep;

	vec_init(&keep, e->arena);
	vec_add(&keep, (void *)name);
	drop_pins(e, sample, &keep, e->pin ? "removed-pinned-allow" : NULL, out);
	set(e, out, name, true);
	if (e->pin && out->changes.count)
		out->warning = arena_printf(e->arena,
			"%s: approved by name (all versions) because its package-lock.json entry has no \"resolved\" URL, so lode can't "
			"pin a specific version. Run `lode install` to refresh the lockfile and enable pinning.", name);
}

void allow_edit_approve(struct allow_edit *e, const struct vec *nodes, struct allow_edited *out)
{
	struct node *sample = nodes->items[0];
	const char *name = allow_name_key(e->arena, sample), *denied = denied_by(e, nodes);
	bool unknown = !e->pin;
	struct vec installed;

	*out = (struct allow_edited){.warning = denied ? deny_warning(e->arena, denied, name) : NULL};
	vec_init(&out->changes, e->arena);
	vec_init(&installed, e->arena);
	for (size_t i = 0; i < nodes->count; i++) {
		const char *key = versioned_key(e->arena, nodes->items[i]);

		unknown = unknown || !key;
		if (key && !holds(&installed, key))
			vec_add(&installed, (void *)key);
	}
	if (denied)
		return;
	if (unknown && name) {
		approve_name(e, sample, name, out);
		return;
	}
	drop_pins(e, sample, &installed, "removed-stale", out);
	for (size_t i = 0; i < installed.count; i++)
		set(e, out, installed.items[i], true);
	if (installed.count && name && !holds(&installed, name) && is_set(e, name, true)) {
		json_remove(e->field, name);
		note(e, out, name, "replaced-by-pin");
	}
}

void allow_edit_deny(struct allow_edit *e, const struct vec *nodes, struct allow_edited *out)
{
	const char *name = allow_name_key(e->arena, nodes->items[0]);
	const struct vec *keys = keys_of(e);

	*out = (struct allow_edited){0};
	vec_init(&out->changes, e->arena);
	for (size_t i = 0; name && i < keys->count; i++) {
		const char *key = keys->items[i];

		if (streq(key, name) || !allow_key_targets(e->arena, key, e->root, nodes->items[0]))
			continue;
		json_remove(e->field, key);
		note(e, out, key, "removed-pinned-allow");
	}
	if (name)
		set(e, out, name, false);
}

static const char *why_unused(const struct allow_edit *e, const char *key, const struct vec *nodes)
{
	const char *why = "not-installed";

	for (size_t i = 0; i < nodes->count; i++) {
		if (!allow_key_matches(e->arena, key, e->root, nodes->items[i]))
			continue;
		if (allow_scripts_of(e->arena, nodes->items[i])->count)
			return NULL;
		why = "no-scripts";
	}
	return why;
}

void allow_edit_prune(struct allow_edit *e, const struct vec *nodes, struct allow_edited *out)
{
	const struct vec *keys = keys_of(e);

	*out = (struct allow_edited){0};
	vec_init(&out->changes, e->arena);
	for (size_t i = 0; i < keys->count; i++) {
		const char *key = keys->items[i];
		const char *why = parse(e->arena, key) ? why_unused(e, key, nodes) : NULL;

		if (!why)
			continue;
		json_remove(e->field, key);
		note(e, out, key, why);
	}
}
