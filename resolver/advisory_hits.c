/* SPDX-License-Identifier: MIT
 *
 * Is one version vulnerable? Apart from what makes advisories: that takes digests, which lode itself does not link.
 */
#include "resolver/advisory.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/packument.h"
#include "resolver/range.h"

static char yes, no;	/* marks in maps */

void advisory_mark(struct advisory *v, const char *version)
{
	if (!map_has(&v->vulnerable, version))
		map_put(&v->vulnerable, arena_strdup(v->arena, version), &yes);
}

static bool is_bundled(const struct json *manifest, const char *name)
{
	const struct json *list = json_find(manifest, "bundleDependencies");

	if (!json_is(list, JSON_ARRAY))
		list = json_find(manifest, "bundledDependencies");
	return json_has_text(list, name);
}

/* What a manifest asks of a dependency; NULL when nothing. Development does not count. */
static const char *dep_spec(const struct json *manifest, const char *name)
{
	static const char *const lists[] = {"dependencies", "optionalDependencies", "peerDependencies"};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const char *spec = json_find_text(json_find(manifest, lists[i]), name);

		if (spec)
			return spec;
	}
	return NULL;
}

/* With a scratch arena for the manifest. */
static bool asks_for_trouble(struct advisory *v, struct arena *scratch, const char *version, const char *spec)
{
	ptrdiff_t at = v->packument ? packument_find(v->packument, version) : -1;
	struct advisory *cause = (struct advisory *)v->through;
	struct err ignored = ERR_INIT;
	const struct json *manifest = at < 0 ? NULL : packument_brief(scratch, v->packument, (uint32_t)at, &ignored);
	struct range *wanted, *avoid;

	if (!spec || !*spec)
		spec = manifest ? dep_spec(manifest, v->dependency) : NULL;
	if (!spec)
		return false;
	wanted = range_parse(scratch, str_from(spec), ADVISORY_SEMVER);
	if (!wanted)
		return true;	/* no range: nothing can be hoped for */
	if (manifest && is_bundled(manifest, v->dependency)) {
		avoid = range_parse(scratch, str_from(cause->range), ADVISORY_SEMVER);
		return !avoid || range_intersects(wanted, avoid);
	}
	return advisory_hits_spec(cause, spec);
}

static bool test(struct advisory *v, const char *version, const char *spec)
{
	struct arena scratch = ARENA_INIT;
	bool hit;

	if (map_has(&v->vulnerable, version))
		return true;
	if (!v->through)
		return v->parsed_range && range_test_text(v->parsed_range, version);
	hit = asks_for_trouble(v, &scratch, version, spec);
	arena_release(&scratch);
	return hit;
}

bool advisory_hits(struct advisory *v, const char *version, const char *spec)
{
	const char *known = map_find(&v->tested, version);
	bool hit;

	if (known)
		return known == &yes;
	hit = test(v, version, spec);
	if (hit)
		advisory_mark(v, version);
	map_put(&v->tested, arena_strdup(v->arena, version), hit ? &yes : &no);
	return hit;
}

bool advisory_hits_spec(struct advisory *v, const char *spec)
{
	const char *known = map_find(&v->specs, spec);
	struct arena scratch = ARENA_INIT;
	struct range *r;
	bool hit = true;

	if (known)
		return known == &yes;
	r = range_parse(&scratch, str_from(spec), ADVISORY_SEMVER);
	for (size_t i = 0; r && hit && i < v->n_versions; i++)
		hit = !range_test(r, &v->parsed[i]) || advisory_hits(v, v->versions[i], NULL);
	arena_release(&scratch);
	map_put(&v->specs, arena_strdup(v->arena, spec), hit ? &yes : &no);
	return hit;
}
