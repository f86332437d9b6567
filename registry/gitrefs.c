/* SPDX-License-Identifier: MIT */
#include "registry/gitrefs.h"

#include "base/arena.h"
#include "base/str.h"
#include "resolver/range.h"
#include "resolver/semver.h"

#include <string.h>

#define PEELED "^{}"

void gitrefs_init(struct gitrefs *r, struct arena *a)
{
	r->arena = a;
	vec_init(&r->all, a);
	map_init(&r->by_name, a);
	map_init(&r->versions, a);
}

bool gitrefs_is_sha(const char *text)
{
	size_t n = text ? strlen(text) : 0;

	return (n == 40 || n == 64) && strspn(text, "0123456789abcdef") == n;
}

static size_t skip_digits(const char *s, size_t at)
{
	while (s[at] >= '0' && s[at] <= '9')
		at++;
	return at;
}

/* Does "1.2.3", "1.2.3-x" or "1.2.3+x" run from here to the end? */
static bool is_version_to_end(const char *s)
{
	size_t at = 0;

	for (int i = 0; i < 3; i++) {
		size_t end = skip_digits(s, at);

		if (end == at || (i < 2 && s[end] != '.'))
			return false;
		at = end + (i < 2);
	}
	return !s[at] || ((s[at] == '-' || s[at] == '+') && s[at + 1]);
}

/* The version in a tag's name: "v1.2.3", "release-1.2.3-beta". NULL when it has none. */
static const char *version_of_tag(struct arena *a, const char *tag)
{
	struct semver v;

	for (; *tag; tag++)
		if (is_version_to_end(tag) || (*tag == 'v' && is_version_to_end(tag + 1)))
			break;
	if (*tag == 'v')
		tag++;
	if (!*tag || !semver_clean(&v, str_from(tag), SEMVER_LOOSE))
		return NULL;
	return semver_format(a, &v);
}

/* "v1" of "refs/tags/v1", "main" of "refs/heads/main", "pull/1" of "refs/pull/1/head"; else the name itself. */
static const char *short_name(struct arena *a, const char *name)
{
	if (cstr_starts(name, "refs/tags/"))
		return name + strlen("refs/tags/");
	if (cstr_starts(name, "refs/heads/"))
		return name + strlen("refs/heads/");
	if (!cstr_starts(name, "refs/pull/"))
		return name;
	name += strlen("refs/");
	return cstr_ends(name, "/head") ? arena_strndup(a, name, strlen(name) - strlen("/head")) : name;
}

static void peel(struct gitrefs *r, const char *name, const char *sha)
{
	const char *plain = arena_strndup(r->arena, name, strlen(name) - strlen(PEELED));
	struct gitref *ref = map_find(&r->by_name, plain);

	if (ref)
		ref->sha = arena_strdup(r->arena, sha);
}

void gitrefs_add(struct gitrefs *r, const char *name, const char *sha)
{
	const char *version;
	struct gitref *ref;

	if (cstr_ends(name, PEELED)) {
		peel(r, name, sha);
		return;
	}
	ref = ARENA_NEW(r->arena, struct gitref);
	ref->name = arena_strdup(r->arena, name);
	ref->sha = arena_strdup(r->arena, sha);
	vec_add(&r->all, ref);
	map_put(&r->by_name, short_name(r->arena, ref->name), ref);
	map_put(&r->by_name, ref->name, ref);
	if (!cstr_starts(name, "refs/tags/"))
		return;
	version = version_of_tag(r->arena, ref->name + strlen("refs/tags/"));
	if (version)
		map_put(&r->versions, version, ref);
}

const struct gitref *gitrefs_find(const struct gitrefs *r, const char *committish)
{
	const struct gitref *ref = map_find(&r->by_name, committish && *committish ? committish : "HEAD");

	for (size_t i = 0; !ref && i < r->all.count; i++)
		if (streq(VEC_AT(&r->all, struct gitref, i)->sha, committish))
			ref = VEC_AT(&r->all, struct gitref, i);
	return ref;
}

/* npm's dist-tags of a repository: the version at the branch or tag `latest`, else at HEAD. */
static const char *latest_version(const struct gitrefs *r)
{
	const struct gitref *latest = map_find(&r->by_name, "latest"), *head = map_find(&r->by_name, "HEAD");
	const struct gitref *at = latest ? latest : head;
	const char *found = NULL;

	for (struct map_entry *e = map_first(&r->versions); at && e; e = map_next(&r->versions, e))
		if (streq(((struct gitref *)e->value)->sha, at->sha))
			found = e->key;
	return found;
}

static const char *highest(const struct gitrefs *r, const struct range *range)
{
	const char **all = ARENA_ARRAY(r->arena, const char *, r->versions.count);
	size_t n = 0;
	ptrdiff_t best;

	for (struct map_entry *e = map_first(&r->versions); e; e = map_next(&r->versions, e))
		all[n++] = e->key;
	best = range_max(range, all, n);
	return best < 0 ? NULL : all[best];
}

const struct gitref *gitrefs_pick(const struct gitrefs *r, const char *text, const char **version)
{
	struct range *range = range_parse(r->arena, str_from(text), SEMVER_LOOSE);
	const char *latest = latest_version(r), *found;

	if (!range)
		found = streq(text, "latest") || streq(text, "HEAD") ? latest : NULL;
	else if (latest && (streq(text, "*") || range_test_text(range, latest)))
		found = latest;
	else
		found = highest(r, range);
	if (!found)
		return NULL;
	*version = found;
	return map_find(&r->versions, found);
}
