/* SPDX-License-Identifier: MIT */
#include "resolver/patched.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/range.h"
#include "resolver/semver.h"

#include <string.h>

void patch_rules_read(struct arena *a, const struct json *patched, struct patch_rules *out)
{
	*out = (struct patch_rules){.arena = a, .items = ARENA_ARRAY(a, struct patch_rule, json_count(patched) + 1)};
	for (uint32_t i = 0; json_is(patched, JSON_OBJECT) && i < patched->count; i++) {
		const char *key = patched->members[i].key;
		const char *at = key[0] ? strchr(key + 1, '@') : NULL;

		out->items[out->count++] = (struct patch_rule){
			.key = key,
			.name = at ? arena_strndup(a, key, (size_t)(at - key)) : key,
			.spec = at ? at + 1 : NULL,
			.path = json_text(patched->members[i].value),
		};
	}
}

bool patch_rule_is_exact(const struct patch_rule *r)
{
	return r->spec && semver_valid(str_from(r->spec), 0);
}

static bool is_same_version(const struct patch_rule *r, const struct semver *version)
{
	struct semver v;

	return patch_rule_is_exact(r) && semver_parse(&v, str_from(r->spec), SEMVER_LOOSE) && semver_compare(&v, version) == 0;
}

static bool is_in_range(struct arena *a, const struct patch_rule *r, const struct semver *version)
{
	struct range *range = r->spec && r->spec[0] && !patch_rule_is_exact(r) ? range_parse(a, str_from(r->spec), SEMVER_LOOSE) : NULL;

	return range && range_test(range, version);
}

bool patch_rule_fits(struct arena *a, const struct patch_rule *r, const char *version)
{
	struct semver v;

	if (!r->spec || !r->spec[0])
		return true;
	return semver_parse(&v, str_from(version), SEMVER_LOOSE) && (is_same_version(r, &v) || is_in_range(a, r, &v));
}

/* Is everything in x in y, too? */
static bool is_subset(struct arena *a, const struct patch_rule *x, const struct patch_rule *y)
{
	struct range *sub = range_parse(a, str_from(x->spec), SEMVER_LOOSE), *dom = range_parse(a, str_from(y->spec), SEMVER_LOOSE);

	return sub && dom && range_subset(sub, dom);
}

static int narrower(struct arena *a, struct patch_rule **best, struct patch_rule *r, const char *version, struct err *err)
{
	if (!*best || is_subset(a, r, *best)) {
		*best = r;
		return 0;
	}
	if (is_subset(a, *best, r))
		return 0;
	return err_set_as(err, "EPATCHAMBIGUOUS",
		"Ambiguous patch selectors for %s@%s: \"%s@%s\" and \"%s@%s\" overlap but neither is a subset. "
		"Add an exact \"%s@%s\" entry to disambiguate.", r->name, version, r->name, (*best)->spec, r->name, r->spec, r->name,
		version);
}

/* The first rule that names this version, or else the narrowest range that holds it. */
static int find_by_version(const struct patch_rules *rules, const char *name, const char *version, struct patch_rule **found,
			   struct err *err)
{
	struct semver v;

	if (!version || !semver_parse(&v, str_from(version), SEMVER_LOOSE))
		return 0;
	for (size_t i = 0; i < rules->count && !*found; i++)
		if (streq(rules->items[i].name, name) && is_same_version(&rules->items[i], &v))
			*found = &rules->items[i];
	if (*found)
		return 0;
	for (size_t i = 0; i < rules->count; i++) {
		struct patch_rule *r = &rules->items[i];

		if (streq(r->name, name) && is_in_range(rules->arena, r, &v) && narrower(rules->arena, found, r, version, err) < 0)
			return -1;
	}
	return 0;
}

int patch_rules_find(const struct patch_rules *rules, const char *name, const char *version, struct patch_rule **found,
		     struct err *err)
{
	*found = NULL;
	if (find_by_version(rules, name, version, found, err) < 0)
		return -1;
	for (size_t i = 0; i < rules->count && !*found; i++)
		if (!rules->items[i].spec && streq(rules->items[i].name, name))
			*found = &rules->items[i];
	return 0;
}
