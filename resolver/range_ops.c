/* SPDX-License-Identifier: MIT */
#include "resolver/range.h"

#include "base/arena.h"
#include "base/vec.h"
#include "resolver/range_text.h"

#include <string.h>

/* The index of the best that satisfies: side is the sign that a better one compares with. */
static ptrdiff_t best(const struct range *r, const char *const *versions, size_t n, int side)
{
	struct semver v, found = {0};
	ptrdiff_t at = -1;

	for (size_t i = 0; i < n; i++) {
		if (!semver_parse(&v, str_from(versions[i]), r->flags) || !range_test(r, &v))
			continue;
		if (at < 0 || semver_compare(&v, &found) == side) {
			found = v;
			at = (ptrdiff_t)i;
		}
	}
	return at;
}

ptrdiff_t range_max(const struct range *r, const char *const *versions, size_t n)
{
	return best(r, versions, n, 1);
}

ptrdiff_t range_min(const struct range *r, const char *const *versions, size_t n)
{
	return best(r, versions, n, -1);
}

/* The lowest version above the comparator's, if it bounds from below. */
static bool lower_bound(struct arena *a, const struct comparator *c, struct semver *out)
{
	if (c->any || c->op == RANGE_LT || c->op == RANGE_LE)
		return false;
	*out = c->version;
	if (c->op != RANGE_GT)
		return true;
	if (out->pre.len)
		out->pre = str_from(arena_printf(a, "%.*s.0", STR_ARGS(out->pre)));
	else
		out->patch++;
	return true;
}

bool range_min_version(struct arena *a, const struct range *r, struct semver *out)
{
	struct semver v, set_min;
	bool found = false, in_set;

	*out = (struct semver){0};
	if (range_test(r, out))
		return true;
	out->pre = STR("0");
	if (range_test(r, out))
		return true;
	for (uint32_t i = 0; i < r->count; i++) {
		in_set = false;
		for (uint32_t k = 0; k < r->sets[i].count; k++) {
			if (!lower_bound(a, &r->sets[i].items[k], &v) || (in_set && semver_compare(&v, &set_min) <= 0))
				continue;
			set_min = v;
			in_set = true;
		}
		if (in_set && (!found || semver_compare(out, &set_min) > 0)) {
			*out = set_min;
			found = true;
		}
	}
	return found && range_test(r, out);
}

/*
 * Is v beyond one set: side 1 asks above, side -1 below. The words are those of the question "above"; for "below"
 * every comparison is turned round.
 */
static bool outside_set(const struct comparator_set *set, const struct semver *v, int side)
{
	static const struct comparator lowest = {.op = RANGE_GE};
	enum range_op open = side > 0 ? RANGE_GT : RANGE_LT, closed = side > 0 ? RANGE_GE : RANGE_LE;
	const struct comparator *high = NULL, *low = NULL;
	int order;

	for (uint32_t i = 0; i < set->count; i++) {
		const struct comparator *c = set->items[i].any ? &lowest : &set->items[i];

		high = high ? high : c;
		low = low ? low : c;
		if (side * semver_compare(&c->version, &high->version) > 0)
			high = c;
		else if (side * semver_compare(&c->version, &low->version) < 0)
			low = c;
	}
	if (high->op == open || high->op == closed)
		return false;
	order = side * semver_compare(v, &low->version);
	if ((low->op == RANGE_EQ || low->op == open) && order <= 0)
		return false;
	return !(low->op == closed && order < 0);
}

bool range_outside(const struct range *r, const struct semver *v, char side)
{
	if (range_test(r, v))
		return false;
	for (uint32_t i = 0; i < r->count; i++)
		if (!outside_set(&r->sets[i], v, side == '<' ? -1 : 1))
			return false;
	return true;
}

static bool is_upward(const struct comparator *c)
{
	return c->op == RANGE_GT || c->op == RANGE_GE;
}

static bool is_downward(const struct comparator *c)
{
	return c->op == RANGE_LT || c->op == RANGE_LE;
}

/* "<0.0.0": nothing can be lower, but for its prereleases. */
static bool is_below_all(const struct comparator *c, unsigned flags)
{
	if (c->op != RANGE_LT || c->version.major || c->version.minor || c->version.patch)
		return false;
	return !(flags & SEMVER_PRERELEASE) || str_is(c->version.pre, "0");
}

static bool test_alone(const struct comparator *c, const struct semver *v, unsigned flags)
{
	struct comparator copy = *c;
	struct comparator_set set = {.items = &copy, .count = 1, .has_prerelease = c->version.pre.len != 0};

	return range_set_test(&set, v, flags);
}

bool comparator_intersects(const struct comparator *a, const struct comparator *b, unsigned flags)
{
	int order;

	if (a->any)
		return true;
	/* a prerelease alone satisfies "*" no more than it does a range */
	if (a->op == RANGE_EQ)
		return test_alone(b, &a->version, flags);
	if (b->any)
		return true;
	if (b->op == RANGE_EQ)
		return test_alone(a, &b->version, flags);
	if (is_below_all(a, flags) || is_below_all(b, flags))
		return false;
	if (is_upward(a) == is_upward(b))
		return true;
	order = semver_compare(&a->version, &b->version);
	if (order == 0)
		return (a->op == RANGE_GE || a->op == RANGE_LE) && (b->op == RANGE_GE || b->op == RANGE_LE);
	return order < 0 ? is_upward(a) : is_downward(a);
}

/* Can one version satisfy all of its comparators. */
static bool is_satisfiable(const struct comparator_set *set, unsigned flags)
{
	for (uint32_t i = set->count; i-- > 1;)
		for (uint32_t k = 0; k < i; k++)
			if (!comparator_intersects(&set->items[i], &set->items[k], flags))
				return false;
	return true;
}

static bool sets_intersect(const struct comparator_set *a, const struct comparator_set *b, unsigned flags)
{
	if (!is_satisfiable(b, flags))
		return false;
	for (uint32_t i = 0; i < a->count; i++)
		for (uint32_t k = 0; k < b->count; k++)
			if (!comparator_intersects(&a->items[i], &b->items[k], flags))
				return false;
	return true;
}

bool range_intersects(const struct range *a, const struct range *b)
{
	for (uint32_t i = 0; i < a->count; i++) {
		if (!is_satisfiable(&a->sets[i], a->flags))
			continue;
		for (uint32_t k = 0; k < b->count; k++)
			if (sets_intersect(&a->sets[i], &b->sets[k], a->flags))
				return true;
	}
	return false;
}

static int by_version(const void *a, const void *b, void *ctx)
{
	return semver_compare_text(a, b, *(unsigned *)ctx);
}

static void sort_versions(struct arena *a, const char **versions, size_t n, unsigned flags)
{
	struct vec v;

	vec_init(&v, a);
	for (size_t i = 0; i < n; i++)
		vec_add(&v, (void *)versions[i]);
	vec_sort(&v, by_version, &flags);
	for (size_t i = 0; i < n; i++)
		versions[i] = v.items[i];
}

/* from to to as a range; to NULL: no end. lowest is the first version of all. */
static const char *span_format(struct arena *a, const char *from, const char *to, const char *lowest)
{
	if (to && streq(from, to))
		return from;
	if (!to)
		return streq(from, lowest) ? "*" : arena_printf(a, ">=%s", from);
	return streq(from, lowest) ? arena_printf(a, "<=%s", to) : arena_printf(a, "%s - %s", from, to);
}

const char *range_simplify(struct arena *a, const char **versions, size_t n, const char *range, unsigned flags)
{
	struct range *r = range_parse(a, str_from(range), flags);
	const char *text = "", *from = NULL, *to = NULL;

	sort_versions(a, versions, n, flags);
	for (size_t i = 0; i <= n; i++) {
		if (i < n && r && range_test_text(r, versions[i])) {
			to = versions[i];
			from = from ? from : to;
			continue;
		}
		if (from)
			text = arena_printf(a, "%s%s%s", text, *text ? " || " : "",
				span_format(a, from, i < n ? to : NULL, versions[0]));
		from = NULL;
	}
	return strlen(text) < strlen(range) ? text : range;
}
