/* SPDX-License-Identifier: MIT */
#include "resolver/range.h"

#include "resolver/range_text.h"

enum answer { NO, YES, NOTHING /* the set on the left allows no version at all */ };

/* What the left set says, taken together. */
struct bounds {
	const struct comparator *lower, *upper;	/* the tightest > or >=, < or <=; NULL: none */
	const struct semver *equal;		/* of its only = comparator */
	uint32_t n_equal;
	int order;				/* of lower and upper, when there are both */
	bool at_one;				/* lower and upper are the same version */
};

static bool is_lower(const struct comparator *c)
{
	return c->op == RANGE_GT || c->op == RANGE_GE;
}

static bool is_upper(const struct comparator *c)
{
	return c->op == RANGE_LT || c->op == RANGE_LE;
}

/* The tighter of two bounds of one side (1: lower bounds, -1: upper ones); the first one when they are equal. */
static const struct comparator *tighter(const struct comparator *a, const struct comparator *b, int side)
{
	int order;

	if (!a)
		return b;
	order = side * semver_compare(&a->version, &b->version);
	if (order)
		return order > 0 ? a : b;
	return (a->op == RANGE_GE && b->op == RANGE_GT) || (a->op == RANGE_LE && b->op == RANGE_LT) ? b : a;
}

static bool test_alone(const struct comparator *c, const struct semver *v, unsigned flags)
{
	struct comparator copy = *c;
	struct comparator_set set = {.items = &copy, .count = 1, .has_prerelease = c->version.pre.len != 0};

	return range_set_test(&set, v, flags);
}

/* False when no version can be within. */
static bool bounds_of(struct bounds *b, const struct comparator_set *set)
{
	*b = (struct bounds){0};
	for (uint32_t i = 0; i < set->count; i++) {
		const struct comparator *c = &set->items[i];

		if (is_lower(c)) {
			b->lower = tighter(b->lower, c, 1);
		} else if (is_upper(c)) {
			b->upper = tighter(b->upper, c, -1);
		} else {
			b->equal = &c->version;
			b->n_equal++;
		}
	}
	if (b->n_equal > 1)
		return false;
	if (!b->lower || !b->upper)
		return true;
	b->order = semver_compare(&b->lower->version, &b->upper->version);
	b->at_one = b->order == 0;
	return b->order < 0 || (b->order == 0 && b->lower->op == RANGE_GE && b->upper->op == RANGE_LE);
}

static enum answer equal_subset(const struct bounds *b, const struct comparator_set *dom, unsigned flags)
{
	if (b->lower && !test_alone(b->lower, b->equal, flags))
		return NOTHING;
	if (b->upper && !test_alone(b->upper, b->equal, flags))
		return NOTHING;
	for (uint32_t i = 0; i < dom->count; i++)
		if (!test_alone(&dom->items[i], b->equal, flags))
			return NO;
	return YES;
}

/* Does the right set break a bound of the left one. side 1 asks about lower bounds, -1 about upper ones. */
static bool breaks(const struct comparator *bound, const struct comparator *c, int side)
{
	bool same_side = side > 0 ? is_lower(c) : is_upper(c);
	enum range_op closed = side > 0 ? RANGE_GE : RANGE_LE;

	if (same_side)
		return c != bound && tighter(bound, c, side) == c;
	return bound->op == closed && !comparator_test(c, &bound->version);
}

/* A bound that names a prerelease needs one of the same tuple on the right, else the right allows none of them. */
static bool lacks_prerelease(const struct comparator *bound, const struct comparator_set *dom, unsigned flags)
{
	uint64_t number;

	if (!bound || flags & SEMVER_PRERELEASE || !bound->version.pre.len)
		return false;
	/* <1.2.3-0 is the same as <1.2.3 */
	if (bound->op == RANGE_LT && semver_id_number(bound->version.pre, &number) && !number)
		return false;
	for (uint32_t i = 0; i < dom->count; i++) {
		const struct semver *v = &dom->items[i].version;

		if (v->pre.len && semver_same_tuple(v, &bound->version))
			return false;
	}
	return true;
}

/* Does the left leave a side open on which the right has a bound. */
static bool is_open(const struct bounds *b, const struct comparator_set *dom)
{
	for (uint32_t i = 0; i < dom->count; i++)
		if ((!b->upper && is_upper(&dom->items[i])) || (!b->lower && is_lower(&dom->items[i])))
			return true;
	return false;
}

static enum answer bounds_subset(const struct bounds *b, const struct comparator_set *dom, unsigned flags)
{
	for (uint32_t i = 0; i < dom->count; i++) {
		const struct comparator *c = &dom->items[i];

		if (b->lower && breaks(b->lower, c, 1))
			return NO;
		if (b->upper && breaks(b->upper, c, -1))
			return NO;
		if (c->op == RANGE_EQ && !b->at_one)
			return NO;
	}
	if (is_open(b, dom) || lacks_prerelease(b->lower, dom, flags) || lacks_prerelease(b->upper, dom, flags))
		return NO;
	return YES;
}

static bool is_any(const struct comparator_set *set)
{
	return set->count == 1 && set->items[0].any;
}

static enum answer set_subset(const struct comparator_set *sub, const struct comparator_set *dom, unsigned flags)
{
	struct comparator from_0 = {.op = RANGE_GE}, from_pre = {.op = RANGE_GE, .version.pre = STR("0")};
	struct comparator_set lowest = {.items = &from_0, .count = 1};
	struct comparator_set lowest_pre = {.items = &from_pre, .count = 1, .has_prerelease = true};
	struct bounds b;

	if (sub->source.ptr && dom->source.ptr && str_eq(sub->source, dom->source))
		return YES;
	if (is_any(sub)) {
		if (is_any(dom))
			return YES;
		sub = flags & SEMVER_PRERELEASE ? &lowest_pre : &lowest;
	}
	if (is_any(dom)) {
		if (flags & SEMVER_PRERELEASE)
			return YES;
		dom = &lowest;
	}
	if (!bounds_of(&b, sub))
		return NOTHING;
	return b.n_equal ? equal_subset(&b, dom, flags) : bounds_subset(&b, dom, flags);
}

bool range_subset(const struct range *sub, const struct range *dom)
{
	bool saw_something = false;

	for (uint32_t i = 0; i < sub->count; i++) {
		enum answer answer = NO;

		for (uint32_t k = 0; k < dom->count && answer != YES; k++) {
			answer = set_subset(&sub->sets[i], &dom->sets[k], sub->flags);
			saw_something |= answer != NOTHING;
		}
		/* sets that allow nothing are passed over, unless another one did allow something */
		if (answer != YES && saw_something)
			return false;
	}
	return true;
}
