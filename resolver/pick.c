/* SPDX-License-Identifier: MIT */
#include "resolver/pick.h"

#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/glob.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/packument.h"
#include "resolver/platform.h"
#include "resolver/range.h"
#include "resolver/spec.h"

/* A version that may be picked, from the packument or from the policy. */
struct candidate {
	const char *version;
	ptrdiff_t index;
	const struct json *extra;
	bool avoided, restricted, staged, deprecated;
	int64_t time;
	struct str engines;	/* of the packument; the policy's are in extra */
};

/* How good one is, the most important first; smaller is better. */
enum { RANKS = 6 };

struct picker {
	struct arena *a;
	const struct packument *p;
	const struct pick_options *o;
	const char *wanted;
	const struct range *avoid;
	const struct json *staged, *restricted;
	int64_t before;
};

static bool is_before(const struct picker *k, int64_t time)
{
	return time == PACKUMENT_NO_TIME || time <= k->before;
}

static bool is_avoided(const struct picker *k, const char *version)
{
	return k->avoid && range_test_text(k->avoid, version);
}

static struct candidate complete(const struct picker *k, struct candidate c)
{
	c.avoided = is_avoided(k, c.version);
	c.restricted = json_find(k->restricted, c.version) != NULL;
	c.staged = json_find(k->staged, c.version) != NULL;
	return c;
}

static struct candidate from_packument(const struct picker *k, uint32_t i)
{
	struct packument_version v = packument_at(k->p, i);
	return complete(k, (struct candidate){.version = v.version, .index = i, .deprecated = v.deprecated != NULL,
					      .time = v.time, .engines = v.engines});
}

static struct candidate from_policy(const struct picker *k, const struct json_member *m)
{
	return complete(k, (struct candidate){.version = m->key, .index = -1, .extra = m->value,
					      .deprecated = json_truthy(json_find(m->value, "deprecated")),
					      .time = PACKUMENT_NO_TIME});
}

static uint32_t candidate_count(const struct picker *k)
{
	return k->p->n_versions + json_count(k->staged) + json_count(k->restricted);
}

static struct candidate candidate_at(const struct picker *k, uint32_t i)
{
	if (i < k->p->n_versions)
		return from_packument(k, i);
	i -= k->p->n_versions;
	if (i < json_count(k->staged))
		return from_policy(k, &k->staged->members[i]);
	return from_policy(k, &k->restricted->members[i - json_count(k->staged)]);
}

static bool engine_ok(const struct picker *k, const struct candidate *c)
{
	const struct json *engines = json_find(c->extra, "engines");
	struct err none = ERR_INIT;
	if (c->engines.ptr)
		engines = json_parse_fast(k->a, c->engines, "engines", &none);
	return platform_engine_ok(engines, k->o->npm_version, k->o->node_version);
}

static void put(const struct candidate *c, struct pick *out)
{
	*out = (struct pick){.index = c->index, .extra = c->extra, .version = c->version, .should_avoid = c->avoided};
}

/* The one with this very text, in the packument or in the policy. */
static bool take_exactly(const struct picker *k, const char *version, struct pick *out)
{
	ptrdiff_t at = version ? packument_find(k->p, version) : -1;
	struct candidate c;
	if (at >= 0) {
		c = from_packument(k, (uint32_t)at);
		put(&c, out);
		return is_before(k, c.time);
	}
	for (uint32_t i = k->p->n_versions; version && i < candidate_count(k); i++) {
		c = candidate_at(k, i);
		if (!streq(c.version, version))
			continue;
		put(&c, out);
		return true;
	}
	return false;
}

static const char *default_version(const struct picker *k)
{
	return packument_tag(k->p, k->o->default_tag ? k->o->default_tag : "latest");
}

static bool take_default(const struct picker *k, const struct range *range, struct pick *out)
{
	const char *version = default_version(k);
	ptrdiff_t at = version ? packument_find(k->p, version) : -1;
	if (at < 0 || (!streq(k->wanted, "*") && !range_test_text(range, version)))
		return false;
	struct candidate c = from_packument(k, (uint32_t)at);
	if (c.restricted || c.avoided || c.deprecated || c.staged || !is_before(k, c.time) || !engine_ok(k, &c))
		return false;
	put(&c, out);
	return true;
}

static void rank(const struct picker *k, const struct candidate *c, bool *ranks)
{
	bool engine = engine_ok(k, c);
	ranks[0] = c->avoided;
	ranks[1] = c->restricted;
	ranks[2] = c->staged;
	ranks[3] = c->deprecated || !engine;
	ranks[4] = !engine;
	ranks[5] = c->deprecated;
}

static bool has_no_blemish(const bool *ranks)
{
	return !memchr(ranks, true, RANKS * sizeof(*ranks));
}

/* The i-th to be looked at: the packument's from the highest down, then the policy's. */
static struct candidate candidate_in_order(const struct picker *k, uint32_t i)
{
	return candidate_at(k, i < k->p->n_versions ? packument_descending(k->p, i) : i);
}

/* The first of the best; false when none satisfies. *any: some were early enough. */
static bool take_best(const struct picker *k, const struct range *range, struct pick *out, bool *any)
{
	struct semver best = {0}, v;
	bool best_ranks[RANKS] = {0}, ranks[RANKS], found = false;
	for (uint32_t i = 0; i < candidate_count(k); i++) {
		struct candidate c = candidate_in_order(k, i);
		if (!is_before(k, c.time))
			continue;
		*any = true;
		if (!semver_parse(&v, str_from(c.version), SEMVER_LOOSE) || !range_test(range, &v))
			continue;
		int order = found ? semver_compare(&v, &best) : 1;
		if (order <= 0 && has_no_blemish(best_ranks))
			continue;
		rank(k, &c, ranks);
		int better = found ? memcmp(ranks, best_ranks, sizeof(ranks)) : -1;
		if (better > 0 || (better == 0 && order <= 0))
			continue;
		memcpy(best_ranks, ranks, sizeof(ranks));
		best = v;
		found = true;
		put(&c, out);
		/* What comes behind it in the packument is lower. */
		if (has_no_blemish(best_ranks) && i < k->p->n_versions)
			i = k->p->n_versions - 1;
	}
	return found;
}

static const char *name_of(const struct picker *k)
{
	return k->o->name ? k->o->name : k->p->name;
}

/* 1: picked, 0: there is none, -1: error. */
static int take_range(const struct picker *k, const char *text, struct pick *out, struct err *err)
{
	struct range *range = range_parse(k->a, str_from(text), SEMVER_LOOSE);
	bool any = false;
	if (range && take_default(k, range, out))
		return 1;
	if (range && take_best(k, range, out, &any))
		return 1;
	return any ? 0 : err_set(err, ERR_ENOVERSIONS, "No versions available for %s", name_of(k));
}

static int take_tag(struct picker *k, struct pick *out, struct err *err)
{
	const char *version = packument_tag(k->p, k->wanted);
	ptrdiff_t at = version ? packument_find(k->p, version) : -1;
	if (at < 0 || is_before(k, packument_at(k->p, (uint32_t)at).time))
		return take_exactly(k, version, out);
	/* Too young: the highest one up to it that is not. */
	k->wanted = arena_printf(k->a, "<=%s", version);
	return take_range(k, k->wanted, out, err);
}

static int check_tag(const struct picker *k, struct err *err)
{
	struct spec *s = spec_resolve(k->a, NULL, k->wanted, "/", err);
	if (s && s->type != SPEC_TAG)
		return err_set(err, ERR_EGENERIC, "Only tag, version, and range are supported");
	return s ? 0 : -1;
}

static int take(struct picker *k, const char *wanted, struct pick *out, struct err *err)
{
	struct str text = str_trim(str_from(wanted));
	struct semver v;
	k->wanted = wanted;
	if (!text.len) {
		/* Nothing wanted is the default tag, if it will do, and any otherwise. */
		k->wanted = "*";
		return take_range(k, "*", out, err);
	}
	if (semver_valid(text, SEMVER_LOOSE)) {
		bool clean = semver_clean(&v, text, SEMVER_LOOSE);
		return clean && take_exactly(k, semver_format(k->a, &v), out);
	}
	if (range_parse(k->a, text, SEMVER_LOOSE))
		return take_range(k, wanted, out, err);
	return check_tag(k, err) < 0 ? -1 : take_tag(k, out, err);
}

/* Outside of the wanted range rather than one to avoid: first within its major version, then anywhere. */
static int take_strictly(struct picker *k, const char *wanted, struct pick *out, struct err *err)
{
	int rc = take(k, wanted, out, err);
	if (rc <= 0 || !out->should_avoid)
		return rc;
	const char *caret = arena_printf(k->a, "^%s", out->version);
	rc = take(k, caret, out, err);
	if (rc > 0 && out->should_avoid) {
		rc = take(k, "*", out, err);
		out->semver_major = rc > 0;
	}
	if (rc > 0 && out->should_avoid)
		return err_set(err, ERR_ETARGET, "No avoidable versions for %s", name_of(k));
	out->outside_range = rc > 0;
	return rc;
}

/* As toLocaleString() of an American machine. */
static const char *local_date(struct arena *a, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm t;
	if (!localtime_r(&seconds, &t))
		return "";
	int hour = t.tm_hour % 12 ? t.tm_hour % 12 : 12;
	return arena_printf(a, "%d/%d/%d, %d:%02d:%02d %s", t.tm_mon + 1, t.tm_mday, t.tm_year + 1900, hour, t.tm_min,
			    t.tm_sec, t.tm_hour < 12 ? "AM" : "PM");
}

static const char *describe(const struct picker *k, const char *wanted)
{
	const char *what = arena_printf(k->a, "%s@%s", name_of(k), wanted ? wanted : "");
	if (k->o->before == PICK_ANY_TIME)
		return what;
	return arena_printf(k->a, "%s with a date before %s", what, local_date(k->a, k->o->before));
}

int pick_version(struct arena *a, const struct packument *p, const struct pick_options *opts, struct pick *out,
		 struct err *err)
{
	const struct pick_policy *policy = opts->policy;
	struct picker k = {.a = a, .p = p, .o = opts, .before = opts->before};
	if (opts->avoid)
		k.avoid = range_parse(a, str_from(opts->avoid), SEMVER_LOOSE | SEMVER_PRERELEASE);
	k.staged = policy && opts->include_staged ? policy->staged : NULL;
	k.restricted = policy ? policy->restricted : NULL;
	const char *wanted = opts->wanted ? opts->wanted : "";
	int rc = opts->avoid_strict ? take_strictly(&k, wanted, out, err) : take(&k, wanted, out, err);
	if (rc < 0)
		return -1;
	if (!rc)
		return err_set(err, ERR_ETARGET, "No matching version found for %s.", describe(&k, wanted));
	if (json_find(k.restricted, out->version))
		return err_set(err, ERR_E403, "Could not download %s due to policy violations:\n%s", describe(&k, wanted),
			       policy->message ? policy->message : "");
	return 0;
}

/* Extended patterns are plain text here: a list that opens a gate must not match more than it seems to. */
static bool has_extended(const char *pattern)
{
	for (const char *p = strchr(pattern, '('); p; p = strchr(p + 1, '('))
		if (p > pattern && strchr("?*+@!", p[-1]))
			return true;
	return false;
}

bool pick_age_excluded(const char *name, const char *const *patterns, size_t n)
{
	for (size_t i = 0; name && *name && i < n; i++)
		if (streq(name, patterns[i]) || (!has_extended(patterns[i]) && glob_match(patterns[i], name, 0)))
			return true;
	return false;
}
