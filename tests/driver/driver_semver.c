/* SPDX-License-Identifier: MIT */
#include "tests/driver/driver.h"

#include "base/buf.h"
#include "base/vec.h"
#include "resolver/range.h"

static unsigned flags_of(const struct driver_call *c)
{
	return (driver_opt(c, "loose") ? SEMVER_LOOSE : 0u) | (driver_opt(c, "includePrerelease") ? SEMVER_PRERELEASE : 0u) |
	       (driver_opt(c, "rtl") ? SEMVER_RTL : 0u);
}

static int read_version(const char *text, struct semver *v, unsigned flags, struct err *err)
{
	if (!text || !semver_parse(v, str_from(text), flags))
		return err_set(err, ERR_EGENERIC, "Invalid Version: %s", text ? text : "null");
	return 0;
}

static struct range *read_range(struct driver_call *c, const char *text, struct err *err)
{
	struct range *r = text ? range_parse(c->arena, str_from(text), flags_of(c)) : NULL;

	if (!r)
		err_set(err, ERR_EGENERIC, "Invalid SemVer Range: %s", text ? text : "null");
	return r;
}

static void answer_text(struct driver_call *c, const char *text)
{
	c->result = json_string(c->arena, text);
}

static void answer_bool(struct driver_call *c, bool yes)
{
	c->result = json_bool(c->arena, yes);
}

static struct json *ids_json(struct arena *a, struct str ids, bool numbers)
{
	struct json *list = json_array(a);
	struct str id;
	uint64_t number;

	while (semver_next_id(&ids, &id))
		json_add(a, list, numbers && semver_id_number(id, &number) ? json_number(a, (double)number)
									   : json_string(a, str_dup(a, id)));
	return list;
}

static int parse(struct driver_call *c, struct err *err UNUSED)
{
	struct semver v;
	const char *text = driver_text(c, 0);

	if (!text || !semver_parse(&v, str_from(text), flags_of(c)))
		return 0;
	c->result = json_object(c->arena);
	json_put_text(c->arena, c->result, "version", semver_format(c->arena, &v));
	json_put(c->arena, c->result, "major", json_number(c->arena, (double)v.major));
	json_put(c->arena, c->result, "minor", json_number(c->arena, (double)v.minor));
	json_put(c->arena, c->result, "patch", json_number(c->arena, (double)v.patch));
	json_put(c->arena, c->result, "prerelease", ids_json(c->arena, v.pre, true));
	json_put(c->arena, c->result, "build", ids_json(c->arena, v.build, false));
	return 0;
}

static int valid(struct driver_call *c, struct err *err UNUSED)
{
	struct semver v;
	const char *text = driver_text(c, 0);

	if (text && semver_parse(&v, str_from(text), flags_of(c)))
		answer_text(c, semver_format(c->arena, &v));
	return 0;
}

static int clean(struct driver_call *c, struct err *err UNUSED)
{
	struct semver v;
	const char *text = driver_text(c, 0);

	if (text && semver_clean(&v, str_from(text), flags_of(c)))
		answer_text(c, semver_format(c->arena, &v));
	return 0;
}

static int coerce(struct driver_call *c, struct err *err UNUSED)
{
	const struct json *arg = driver_arg(c, 0);
	struct semver v;
	struct buf text = BUF_INIT(64);
	const char *given = json_text(arg);

	if (json_is(arg, JSON_NUMBER)) {
		json_format_number(&text, arg->number);
		given = buf_dup(c->arena, &text);
		buf_release(&text);
	}
	if (given && semver_coerce(c->arena, &v, str_from(given), flags_of(c)))
		answer_text(c, semver_format(c->arena, &v));
	return 0;
}

static int major_minor_patch(struct driver_call *c, struct err *err)
{
	struct semver v;

	if (read_version(driver_text(c, 0), &v, flags_of(c), err) < 0)
		return -1;
	c->result = json_number(c->arena, (double)(streq(c->fn, "major") ? v.major : streq(c->fn, "minor") ? v.minor : v.patch));
	return 0;
}

static int prerelease(struct driver_call *c, struct err *err UNUSED)
{
	struct semver v;
	const char *text = driver_text(c, 0);

	if (text && semver_parse(&v, str_from(text), flags_of(c)) && v.pre.len)
		c->result = ids_json(c->arena, v.pre, true);
	return 0;
}

static int compare_args(struct driver_call *c, const char *const texts[2], int *order, struct err *err)
{
	unsigned flags = streq(c->fn, "compareLoose") ? SEMVER_LOOSE : flags_of(c);
	struct semver a, b;

	if (read_version(texts[0], &a, flags, err) < 0 || read_version(texts[1], &b, flags, err) < 0)
		return -1;
	*order = streq(c->fn, "compareBuild") ? semver_compare_build(&a, &b) : semver_compare(&a, &b);
	return 0;
}

static int compare(struct driver_call *c, struct err *err)
{
	const char *texts[2] = {driver_text(c, 0), driver_text(c, 1)};
	int order;

	if (compare_args(c, texts, &order, err) < 0)
		return -1;
	c->result = json_number(c->arena, streq(c->fn, "rcompare") ? 0 - order : order);
	return 0;
}

static const struct operator {
	const char *name, *sign;
	bool below, same, above;
} operators[] = {
	{"gt", ">", false, false, true}, {"gte", ">=", false, true, true}, {"lt", "<", true, false, false},
	{"lte", "<=", true, true, false}, {"eq", "==", false, true, false}, {"neq", "!=", true, false, true},
	{"eq", "=", false, true, false}, {"eq", "", false, true, false},
};

static void answer_operator(struct driver_call *c, const struct operator *op, int order)
{
	answer_bool(c, order < 0 ? op->below : order > 0 ? op->above : op->same);
}

static int compare_named(struct driver_call *c, struct err *err)
{
	const char *texts[2] = {driver_text(c, 0), driver_text(c, 1)};
	int order;

	if (compare_args(c, texts, &order, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(operators); i++)
		if (streq(operators[i].name, c->fn))
			answer_operator(c, &operators[i], order);
	return 0;
}

static int cmp(struct driver_call *c, struct err *err)
{
	const char *texts[2] = {driver_text(c, 0), driver_text(c, 2)}, *sign = driver_text(c, 1);
	int order;

	if (streq(sign, "===") || streq(sign, "!==")) {
		answer_bool(c, streq(texts[0], texts[1]) == streq(sign, "==="));
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
		if (!streq(operators[i].sign, sign))
			continue;
		if (compare_args(c, texts, &order, err) < 0)
			return -1;
		answer_operator(c, &operators[i], order);
		return 0;
	}
	return err_set(err, ERR_EGENERIC, "Invalid operator: %s", sign ? sign : "null");
}

static int sort_order(const void *a, const void *b, void *ctx)
{
	struct semver x, y;

	if (!semver_parse(&x, str_from(a), *(unsigned *)ctx) || !semver_parse(&y, str_from(b), *(unsigned *)ctx))
		return 0;
	return semver_compare_build(&x, &y);
}

static int sort(struct driver_call *c, struct err *err)
{
	const struct json *list = driver_arg(c, 0);
	unsigned flags = flags_of(c);
	struct semver v;
	struct vec sorted;

	vec_init(&sorted, c->arena);
	for (uint32_t i = 0; i < json_count(list); i++) {
		if (json_count(list) > 1 && read_version(json_text(json_at(list, i)), &v, flags, err) < 0)
			return -1;
		vec_add(&sorted, (void *)json_text(json_at(list, i)));
	}
	vec_sort(&sorted, sort_order, &flags);
	c->result = json_array(c->arena);
	for (size_t i = 0; i < sorted.count; i++)
		json_add(c->arena, c->result,
			json_string(c->arena, sorted.items[streq(c->fn, "sort") ? i : sorted.count - 1 - i]));
	return 0;
}

static enum semver_base base_of(const struct json *v)
{
	if (json_is(v, JSON_BOOL))
		return v->boolean ? SEMVER_BASE_1 : SEMVER_BASE_NONE;
	if (json_is(v, JSON_NUMBER))
		return v->number != 0 ? SEMVER_BASE_1 : SEMVER_BASE_0;
	return json_is(v, JSON_STRING) && streq(v->text, "1") ? SEMVER_BASE_1 : SEMVER_BASE_0;
}

static int inc(struct driver_call *c, struct err *err UNUSED)
{
	struct semver_bump bump = {driver_text(c, 1), driver_text(c, 2), base_of(driver_arg(c, 3)), flags_of(c)};
	struct semver v;
	const char *text = driver_text(c, 0);

	if (text && bump.release && semver_parse(&v, str_from(text), bump.flags))
		answer_text(c, semver_inc(c->arena, &v, &bump));
	return 0;
}

static int truncate_version(struct driver_call *c, struct err *err UNUSED)
{
	struct semver v;
	const char *text = driver_text(c, 0);

	if (text && driver_text(c, 1) && semver_parse(&v, str_from(text), flags_of(c)))
		answer_text(c, semver_truncate(c->arena, &v, driver_text(c, 1)));
	return 0;
}

static int diff(struct driver_call *c, struct err *err)
{
	struct semver a, b;

	if (read_version(driver_text(c, 0), &a, 0, err) < 0 || read_version(driver_text(c, 1), &b, 0, err) < 0)
		return -1;
	answer_text(c, semver_diff(&a, &b));
	return 0;
}

static int satisfies(struct driver_call *c, struct err *err UNUSED)
{
	answer_bool(c, semver_satisfies(driver_text(c, 0), driver_text(c, 1), flags_of(c)));
	return 0;
}

static int valid_range(struct driver_call *c, struct err *err UNUSED)
{
	const char *text = driver_text(c, 0);
	struct range *r = text ? range_parse(c->arena, str_from(text), flags_of(c)) : NULL;

	if (r)
		answer_text(c, range_format(c->arena, r));
	return 0;
}

static int to_comparators(struct driver_call *c, struct err *err)
{
	struct range *r = read_range(c, driver_text(c, 0), err);

	if (!r)
		return -1;
	c->result = json_array(c->arena);
	for (uint32_t i = 0; i < r->count; i++) {
		struct json *set = json_array(c->arena);

		for (uint32_t k = 0; k < r->sets[i].count; k++)
			json_add(c->arena, set, json_string(c->arena, comparator_format(c->arena, &r->sets[i].items[k])));
		json_add(c->arena, c->result, set);
	}
	return 0;
}

static int outside(struct driver_call *c, struct err *err)
{
	const char *side = streq(c->fn, "gtr") ? ">" : streq(c->fn, "ltr") ? "<" : driver_text(c, 2);
	struct range *r;
	struct semver v;

	if (read_version(driver_text(c, 0), &v, flags_of(c), err) < 0)
		return -1;
	r = read_range(c, driver_text(c, 1), err);
	if (!r)
		return -1;
	if (!streq(side, "<") && !streq(side, ">"))
		return err_set(err, ERR_EGENERIC, "Must provide a hilo val of \"<\" or \">\"");
	answer_bool(c, range_outside(r, &v, *side));
	return 0;
}

static int intersects(struct driver_call *c, struct err *err)
{
	struct range *a = read_range(c, driver_text(c, 0), err), *b = read_range(c, driver_text(c, 1), err);

	if (!a || !b)
		return -1;
	answer_bool(c, range_intersects(a, b));
	return 0;
}

static int intersects_comparator(struct driver_call *c, struct err *err)
{
	struct comparator two[2];

	for (uint32_t i = 0; i < 2; i++)
		if (!driver_text(c, i) || !comparator_parse(c->arena, &two[i], str_from(driver_text(c, i)), flags_of(c)))
			return err_set(err, ERR_EGENERIC, "Invalid comparator");
	answer_bool(c, comparator_intersects(&two[0], &two[1], flags_of(c)));
	return 0;
}

static int subset(struct driver_call *c, struct err *err)
{
	struct range *a, *b;

	if (streq(driver_text(c, 0), driver_text(c, 1))) {
		answer_bool(c, true);
		return 0;
	}
	a = read_range(c, driver_text(c, 0), err);
	b = read_range(c, driver_text(c, 1), err);
	if (!a || !b)
		return -1;
	answer_bool(c, range_subset(a, b));
	return 0;
}

static const char **texts_of(struct driver_call *c, size_t *n)
{
	const struct json *list = driver_arg(c, 0);
	const char **texts = ARENA_ARRAY(c->arena, const char *, json_count(list) + 1);

	for (*n = 0; *n < json_count(list); ++*n)
		texts[*n] = json_text(json_at(list, (uint32_t)*n));
	return texts;
}

static int best_satisfying(struct driver_call *c, struct err *err UNUSED)
{
	size_t n;
	const char **versions = texts_of(c, &n);
	const char *text = driver_text(c, 1);
	struct range *r = text ? range_parse(c->arena, str_from(text), flags_of(c)) : NULL;
	ptrdiff_t at = -1;

	if (r)
		at = streq(c->fn, "maxSatisfying") ? range_max(r, versions, n) : range_min(r, versions, n);
	if (at >= 0)
		answer_text(c, versions[at]);
	return 0;
}

static int min_version(struct driver_call *c, struct err *err)
{
	struct range *r = read_range(c, driver_text(c, 0), err);
	struct semver v;

	if (!r)
		return -1;
	if (range_min_version(c->arena, r, &v))
		answer_text(c, semver_format(c->arena, &v));
	return 0;
}

static int simplify(struct driver_call *c, struct err *err)
{
	size_t n;
	const char **versions = texts_of(c, &n);
	struct semver v;

	for (size_t i = 0; n > 1 && i < n; i++)
		if (read_version(versions[i], &v, flags_of(c), err) < 0)
			return -1;
	if (!driver_text(c, 1))
		return err_set(err, ERR_EGENERIC, "no range");
	answer_text(c, range_simplify(c->arena, versions, n, driver_text(c, 1), flags_of(c)));
	return 0;
}

DRIVER_FUNCTIONS(semver, {"parse", NULL, parse}, {"valid", NULL, valid}, {"clean", NULL, clean},
		 {"coerce", NULL, coerce}, {"major", NULL, major_minor_patch}, {"minor", NULL, major_minor_patch},
		 {"patch", NULL, major_minor_patch}, {"prerelease", NULL, prerelease}, {"compare", NULL, compare},
		 {"rcompare", NULL, compare}, {"compareLoose", NULL, compare}, {"compareBuild", NULL, compare},
		 {"gt", NULL, compare_named}, {"gte", NULL, compare_named}, {"lt", NULL, compare_named},
		 {"lte", NULL, compare_named}, {"eq", NULL, compare_named}, {"neq", NULL, compare_named},
		 {"cmp", NULL, cmp}, {"sort", NULL, sort}, {"rsort", NULL, sort}, {"inc", NULL, inc},
		 {"truncate", NULL, truncate_version}, {"diff", NULL, diff}, {"satisfies", NULL, satisfies},
		 {"validRange", NULL, valid_range}, {"toComparators", NULL, to_comparators}, {"outside", NULL, outside},
		 {"gtr", NULL, outside}, {"ltr", NULL, outside}, {"intersects", NULL, intersects},
		 {"comparatorIntersects", NULL, intersects_comparator}, {"subset", NULL, subset},
		 {"maxSatisfying", NULL, best_satisfying}, {"minSatisfying", NULL, best_satisfying},
		 {"minVersion", NULL, min_version}, {"simplify", NULL, simplify}, {"simplifyRange", NULL, simplify});
