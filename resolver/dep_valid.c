/* SPDX-License-Identifier: MIT
 *
 * Is this node what that spec asks for? Asked all the time, so specs are parsed once.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/dep_valid.h"
#include "resolver/hosted.h"
#include "resolver/manifest.h"
#include "resolver/overrides.h"
#include "resolver/range.h"
#include "resolver/spec.h"
#include "resolver/tree_int.h"

#include <string.h>

enum { SPEC_KEY_ROOM = 256 };

/* A spec as parsed, or why it cannot be. */
struct known_spec {
	const struct spec *spec;
	struct err *err;
	struct range *range;	/* of the version, range or git_range that counts */
};

const char *edge_where(const struct node *n, const struct edge *e)
{
	struct arena *a = n->tree->arena;
	struct err ignored;

	err_clear(&ignored);
	if (e && e->overrides && e->overrides->value && streq(e->overrides->name, e->name))
		return n->source ? n->source->root->realpath : n->root->realpath;
	if (cstr_starts(n->resolved, "file:")) {
		const struct spec *s = spec_parse(a, n->resolved, n->root->realpath, &ignored);

		if (s && s->type == SPEC_FILE)
			return path_dir(a, s->fetch_spec);
	}
	return n->realpath ? n->realpath : "/";
}

static const struct spec *innermost(const struct spec *s)
{
	while (s && s->type == SPEC_ALIAS && s->sub)
		s = s->sub;
	return s;
}

static void parse_range(struct arena *a, struct known_spec *k)
{
	const struct spec *s = innermost(k->spec);

	if (!s)
		return;
	if (s->range)
		k->range = s->range;
	else if (s->type == SPEC_VERSION || s->type == SPEC_RANGE)
		k->range = range_parse(a, str_from(s->fetch_spec), SEMVER_LOOSE);
	else if (s->type == SPEC_GIT && s->git_range)
		k->range = range_parse(a, str_from(s->git_range), SEMVER_LOOSE);
}

static struct known_spec *parse_spec(struct arena *a, const char *name, const char *text, const char *where)
{
	struct known_spec *k = ARENA_NEW(a, struct known_spec);
	struct err err;

	err_clear(&err);
	k->spec = spec_resolve(a, name, text[0] ? text : "*", where, &err);
	if (k->spec) {
		parse_range(a, k);
		return k;
	}
	k->err = ARENA_NEW(a, struct err);
	*k->err = err;
	return k;
}

/* What a path means depends on the package it is in; anything else is the same everywhere. */
static bool depends_on_place(const struct known_spec *k)
{
	return !k->spec || k->spec->type == SPEC_FILE || k->spec->type == SPEC_DIRECTORY;
}

/* name@text, for looking up, in room when it fits there. */
static struct str spec_key(struct arena *a, char room[SPEC_KEY_ROOM], const char *name, const char *text)
{
	size_t n = strlen(name), len = n + 1 + strlen(text);

	if (len >= SPEC_KEY_ROOM)
		return str_from(arena_printf(a, "%s@%s", name, text));
	memcpy(room, name, n);
	room[n] = '@';
	memcpy(room + n + 1, text, len - n);
	return (struct str){room, len};
}

static void remember(struct tree *t, struct str key, struct known_spec *k)
{
	if (!depends_on_place(k))
		map_put(&t->specs, str_dup(t->arena, key), k);
}

static const struct known_spec *known(struct edge *e, const char *text)
{
	struct tree *t = e->from->tree;
	char room[SPEC_KEY_ROOM];
	const char *where = NULL;
	struct known_spec *k;
	struct str key;

	if (e->parsed && e->parsed_text == text && !e->parsed_where)
		return e->parsed;
	key = spec_key(t->arena, room, e->name, text);
	k = map_find_str(&t->specs, key);
	if (!k) {
		where = edge_where(e->from, e);
		k = parse_spec(t->arena, e->name, text, where);
		remember(t, key, k);
		where = depends_on_place(k) ? where : NULL;
	}
	e->parsed = k;
	e->parsed_text = text;
	e->parsed_where = where;
	return k;
}

const struct spec *tree_spec(struct tree *t, const struct dep *dep, const char *where, struct err *err)
{
	char room[SPEC_KEY_ROOM];
	struct known_spec *k;
	struct str key;

	/* Nothing at all is told apart from "*" in messages only. */
	if (!dep->spec[0])
		return spec_resolve(t->arena, dep->name, dep->spec, where, err);
	key = spec_key(t->arena, room, dep->name, dep->spec);
	k = map_find_str(&t->specs, key);
	if (!k) {
		k = parse_spec(t->arena, dep->name, dep->spec, where);
		remember(t, key, k);
	}
	if (!k->spec)
		*err = *k->err;
	return k->spec;
}

/* The version is kept parsed: it is compared with every dependent's range. */
static const struct semver *parsed_version(struct node *n)
{
	static const struct semver none;
	struct node *at = n->is_link && n->target ? n->target : n;
	struct semver *v;

	if (!at->version_cache) {
		v = ARENA_NEW(at->tree->arena, struct semver);
		at->version_cache = &none;
		if (semver_parse(v, str_from(node_version(at)), SEMVER_LOOSE))
			at->version_cache = v;
	}
	return at->version_cache == &none ? NULL : at->version_cache;
}

static bool in_range(struct node *child, const struct known_spec *k)
{
	const struct semver *v = parsed_version(child);

	return v && k->range && range_test(k->range, v);
}

static bool link_valid(struct node *child, const struct spec *s, const struct node *requestor)
{
	if (requestor->install_links && !node_is_workspace(child))
		return !child->is_link;
	return child->is_link && streq(child->realpath, s->fetch_spec);
}

static bool tarball_valid(struct node *child, const struct spec *s)
{
	const char *resolved = child->resolved;

	return !child->is_link && cstr_starts(resolved, "file:") && streq(resolved + strlen("file:"), s->fetch_spec);
}

static bool has_remote_resolution(struct node *child)
{
	struct err ignored = ERR_INIT;
	const char *resolved = node_resolved(child);
	const struct spec *s = resolved ? spec_parse(child->tree->arena, resolved, "/", &ignored) : NULL;

	return s && s->type == SPEC_REMOTE;
}

static bool is_full_sha(const char *s)
{
	size_t n = s ? strspn(s, "0123456789abcdefABCDEF") : 0;

	return n >= 40 && n <= 64 && !s[n];
}

/* Which committish the lockfile had for this edge; *known is false when it says nothing. */
static const char *locked_committish(struct node *child, const struct edge *e, bool *is_known)
{
	static const char *const lists[] = {"dependencies", "optionalDependencies", "devDependencies", "peerDependencies"};
	const struct node *from = e->from;
	const struct json *entry = from->location ? json_find(from->tree->lock_packages, from->location) : NULL;
	struct err ignored = ERR_INIT;
	const struct spec *s = NULL;

	*is_known = false;
	for (size_t i = 0; entry && !s && i < 4; i++) {
		const char *text = json_find_text(json_find(entry, lists[i]), child->name);

		if (text && text[0]) {
			s = spec_resolve(from->tree->arena, child->name, text, from->realpath, &ignored);
			break;
		}
	}
	if (!s || s->type != SPEC_GIT)
		return NULL;
	*is_known = true;
	return s->git_committish ? s->git_committish : "";
}

static bool same_repository(struct node *child, const struct spec *wanted, bool exact)
{
	struct arena *a = child->tree->arena;
	struct err ignored = ERR_INIT;
	const char *resolved = node_resolved(child);
	const struct spec *got = resolved ? spec_parse(a, resolved, "/", &ignored) : NULL;
	struct hosted_options options = {.no_committish = !exact};

	if (!got)
		return false;
	if (!got->hosted)
		return streq(got->fetch_spec, wanted->fetch_spec);
	return wanted->hosted && streq(hosted_format(a, wanted->hosted, HOSTED_SSH, &options),
					hosted_format(a, got->hosted, HOSTED_SSH, &options));
}

static bool git_valid(struct node *child, const struct known_spec *k, const struct edge *e)
{
	const struct spec *s = innermost(k->spec);
	bool exact = is_full_sha(s->git_committish);
	bool is_known;
	const char *locked;

	if (!same_repository(child, s, exact))
		return false;
	if (s->git_range)
		return in_range(child, k);
	if (exact)
		return true;
	locked = locked_committish(child, e, &is_known);
	return !is_known || streq(locked, s->git_committish ? s->git_committish : "");
}

static bool valid(struct node *child, const char *text, struct edge *e)
{
	const struct known_spec *k = known(e, text);
	const struct spec *s = innermost(k->spec);

	if (!s) {
		node_add_error(e->from, k->err);
		return false;
	}
	switch (s->type) {
	case SPEC_RANGE:
		if (streq(s->fetch_spec, "*"))
			return true;
		return in_range(child, k);
	case SPEC_VERSION:
		return in_range(child, k);
	case SPEC_DIRECTORY:
		return link_valid(child, s, e->from);
	case SPEC_FILE:
		return tarball_valid(child, s);
	case SPEC_TAG:
		return has_remote_resolution(child);
	case SPEC_REMOTE:
		return streq(node_resolved(child), s->fetch_spec);
	case SPEC_GIT:
		return git_valid(child, k, e);
	case SPEC_ALIAS:
		break;
	}
	return false;
}

bool dep_valid(struct node *child, const char *spec, struct edge *e)
{
	return valid(child, spec, e) || (e->accept && valid(child, e->accept, e));
}

/* Most specs are ranges, which needs no more than a look at their beginning. */
static bool asks_registry(struct arena *a, const char *text)
{
	struct err ignored = ERR_INIT;
	const struct spec *s;

	if (!*text || strchr("0123456789^~<>=*", *text))
		return true;
	s = spec_parse(a, text, "/", &ignored);
	return s && s->registry;
}

bool node_is_registry_dep(struct node *n)
{
	for (size_t i = 0; i < n->edges_in.count; i++)
		if (!asks_registry(n->tree->arena, edge_spec(VEC_AT(&n->edges_in, struct edge, i))))
			return false;
	return n->edges_in.count > 0;
}
