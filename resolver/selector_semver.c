/* SPDX-License-Identifier: MIT
 *
 * :semver(value, field, function): a package's version, or a field of it, beside a version or range.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/manifest.h"
#include "resolver/range.h"
#include "resolver/selector.h"
#include "resolver/selector_int.h"
#include "resolver/semver.h"
#include "resolver/tree.h"

/* A version, a range, or both at once. */
struct side {
	bool is_version;
	struct semver version;
	const struct range *range;	/* NULL: neither */
};

static struct side read_side(struct arena *a, const char *text)
{
	struct side s = {0};

	s.is_version = semver_parse(&s.version, str_from(text), 0);
	s.range = range_parse(a, str_from(text), 0);
	return s;
}

enum family { VERSIONS, ONE_VERSION, RANGES, UNKNOWN };

static enum family family_of(const char *f)
{
	static const struct {
		const char *name;
		enum family family;
	} known[] = {
		{"eq", VERSIONS},      {"neq", VERSIONS},     {"gt", VERSIONS},		{"gte", VERSIONS},
		{"lt", VERSIONS},      {"lte", VERSIONS},     {"gtr", ONE_VERSION},	{"ltr", ONE_VERSION},
		{"satisfies", ONE_VERSION}, {"intersects", RANGES}, {"subset", RANGES},
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (streq(known[i].name, f))
			return known[i].family;
	return UNKNOWN;
}

static const char *infer(const struct side *field, const struct side *value)
{
	if (field->is_version && value->is_version)
		return "eq";
	return field->is_version || value->is_version ? "satisfies" : "intersects";
}

static bool compare_versions(const char *f, const struct semver *a, const struct semver *b)
{
	int order = semver_compare(a, b);

	if (streq(f, "neq"))
		return order != 0;
	if (streq(f, "eq"))
		return order == 0;
	if (order == 0)
		return f[2] == 'e';
	return (order > 0) == (f[0] == 'g');
}

static bool compare_one(const char *f, const struct semver *v, const struct range *r)
{
	if (!r)
		return false;
	if (streq(f, "satisfies"))
		return range_test(r, v);
	return range_outside(r, v, f[0] == 'g' ? '>' : '<');
}

/* 1, 0, or -1 with the error. */
static int compare(const char *f, const struct side *field, const struct side *value, struct err *err)
{
	switch (family_of(f)) {
	case VERSIONS:
		return field->is_version && value->is_version && compare_versions(f, &field->version, &value->version);
	case ONE_VERSION:
		if (value->is_version)
			return compare_one(f, &value->version, field->range);
		return field->is_version && compare_one(f, &field->version, value->range);
	case RANGES:
		if (!field->range || !value->range)
			return 0;
		return streq(f, "subset") ? range_subset(field->range, value->range)
					  : range_intersects(field->range, value->range);
	default:
		return err_set_as(err, "EQUERYINVALIDOPERATOR", "`semver.%s` is not a supported operator.", f);
	}
}

static int object_matches(const struct sel_results *r, const struct json *obj, const struct side *value,
			  struct err *err)
{
	const struct sel *at = r->at;
	int rc = at->match.op ? sel_matches(r->run->arena, &at->match, obj, err) : 1;

	if (rc <= 0)
		return rc;
	const char *text = json_is(obj, JSON_OBJECT) && at->match.name ? json_find_text(obj, at->match.name) : NULL;
	if (!text)
		return 0;
	struct side field = read_side(r->run->arena, text);
	if (!field.is_version && !field.range)
		return 0;
	return compare(at->function && !streq(at->function, "infer") ? at->function : infer(&field, value), &field,
		       value, err);
}

int sel_choose_semver(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err)
{
	const char *text = r->at->arg;

	if (!text || !*text) {
		if (r->run->feed && r->run->feed->warn)
			r->run->feed->warn(r->run->feed->ctx, "usage of :semver() with no parameters is deprecated");
		*out = *items;
		return 0;
	}
	struct side value = read_side(r->run->arena, text);
	if (!value.is_version && !value.range)
		return err_set_as(err, "EQUERYINVALIDSEMVER", "`%s` is not a valid semver version or range", text);
	for (size_t i = 0; i < items->count; i++) {
		const struct node *n = items->items[i];
		struct vec objects;
		int rc = 0;

		sel_lookup(r->run->arena, n->manifest->raw, &r->at->lookup, &objects);
		for (size_t k = 0; k < objects.count && !rc; k++)
			rc = object_matches(r, objects.items[k], &value, err);
		if (rc < 0)
			return -1;
		if (rc)
			vec_add(out, (void *)n);
	}
	return 0;
}
