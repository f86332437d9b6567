/* SPDX-License-Identifier: MIT */
#include "resolver/semver.h"

#include "base/arena.h"
#include "resolver/semver_scan.h"

#include <inttypes.h>
#include <string.h>

/* More identifiers than fit a version, and one to add. */
#define MAX_IDS (SEMVER_MAX_LENGTH / 2 + 2)

struct id_list {
	struct str ids[MAX_IDS];
	size_t count;
};

static void list_of(struct id_list *list, struct str text)
{
	struct str id;
	uint64_t number;

	list->count = 0;
	while (list->count < MAX_IDS - 1 && semver_next_id(&text, &id)) {
		/* what is a number has no leading zeros */
		while (id.len > 1 && id.ptr[0] == '0' && semver_id_number(id, &number))
			id = str_skip(id, 1);
		list->ids[list->count++] = id;
	}
}

static struct str join(struct arena *a, const struct id_list *list)
{
	const char *text = "";

	for (size_t i = 0; i < list->count; i++)
		text = arena_printf(a, "%s%s%.*s", text, i ? "." : "", STR_ARGS(list->ids[i]));
	return str_from(text);
}

/* Counts the last number up; false when there is none. */
static bool count_up(struct arena *a, struct id_list *list)
{
	uint64_t number;

	for (size_t i = list->count; i-- > 0;) {
		if (semver_id_number(list->ids[i], &number)) {
			list->ids[i] = str_from(arena_printf(a, "%" PRIu64, number + 1));
			return true;
		}
	}
	return false;
}

static bool starts_with_identifier(const struct id_list *list, struct str identifier, size_t *after)
{
	struct str id;

	*after = 0;
	do {
		id = str_cut(identifier, '.', &identifier);
		if (*after >= list->count || semver_compare_ids(list->ids[*after], id) != 0)
			return false;
		++*after;
	} while (identifier.ptr);
	return true;
}

static size_t skip_while(struct str s, size_t i, const char *set)
{
	while (i < s.len && strchr(set, s.ptr[i]))
		i++;
	return i;
}

/* "0x1f", "0b1", "0o7": JavaScript's other ways to write a number, with at least one digit. */
static bool is_radix_number(struct str id)
{
	static const struct {
		const char *letters, *digits;
	} radix[] = {{"xX", "0123456789abcdefABCDEF"}, {"bB", "01"}, {"oO", "01234567"}};

	if (id.len < 3 || id.ptr[0] != '0')
		return false;
	for (size_t i = 0; i < ARRAY_LEN(radix); i++)
		if (strchr(radix[i].letters, id.ptr[1]))
			return skip_while(id, 2, radix[i].digits) == id.len;
	return false;
}

/* !isNaN(id) for what an identifier can be: digits, "-5", "1e3", "1e-3", "0x1f", "Infinity". */
static bool is_js_number(struct str id)
{
	static const char digits[] = "0123456789";
	size_t sign = id.len && id.ptr[0] == '-' ? 1 : 0;
	size_t i = skip_while(id, sign, digits), exponent;

	if (is_radix_number(id) || str_is(str_skip(id, sign), "Infinity"))
		return true;
	if (i == sign)
		return false;
	if (i == id.len)
		return true;
	if (id.ptr[i] != 'e' && id.ptr[i] != 'E')
		return false;
	exponent = i + 1 + (i + 1 < id.len && id.ptr[i + 1] == '-' ? 1 : 0);
	return exponent < id.len && skip_while(id, exponent, digits) == id.len;
}

/* The prerelease after `pre`: counted up, or begun anew under the identifier. False: nothing could be counted. */
static bool next_prerelease(struct arena *a, struct str *pre, const struct semver_bump *bump)
{
	struct str base = bump->base == SEMVER_BASE_1 ? STR("1") : STR("0");
	struct str identifier = str_from(bump->identifier);
	bool none = bump->base == SEMVER_BASE_NONE;
	struct id_list list;
	size_t after;

	list_of(&list, *pre);
	if (!list.count) {
		list.ids[list.count++] = base;
	} else if (!count_up(a, &list)) {
		if (none && str_eq(identifier, *pre))
			return false;
		list.ids[list.count++] = base;
	}
	if (identifier.len && !(starts_with_identifier(&list, identifier, &after) && after < list.count &&
				is_js_number(list.ids[after]))) {
		list.ids[0] = identifier;
		list.ids[1] = base;
		list.count = none ? 1 : 2;
	}
	*pre = join(a, &list);
	return true;
}

static void next_patch(struct semver *v)
{
	if (!v->pre.len)
		v->patch++;
	v->pre = STR_NULL;
}

/* The steps before the prerelease itself is counted; false when release is no pre… type. */
static bool prepare_prerelease(struct semver *v, const char *release)
{
	if (streq(release, "pre"))
		return true;
	if (streq(release, "prerelease")) {
		if (!v->pre.len)
			next_patch(v);
		return true;
	}
	v->pre = STR_NULL;
	if (streq(release, "prepatch")) {
		v->patch++;
		return true;
	}
	v->patch = 0;
	if (streq(release, "preminor")) {
		v->minor++;
		return true;
	}
	v->minor = 0;
	v->major++;
	return streq(release, "premajor");
}

static bool next_release(struct semver *v, const char *release)
{
	bool had_pre = v->pre.len != 0;

	if (streq(release, "patch")) {
		next_patch(v);
		return true;
	}
	v->pre = STR_NULL;
	if (streq(release, "release"))
		return had_pre;
	if (streq(release, "minor")) {
		v->minor += v->patch != 0 || !had_pre;
		v->patch = 0;
		return true;
	}
	v->major += v->minor != 0 || v->patch != 0 || !had_pre;
	v->minor = 0;
	v->patch = 0;
	return streq(release, "major");
}

const char *semver_inc(struct arena *a, const struct semver *v, const struct semver_bump *bump)
{
	struct str identifier = str_from(bump->identifier);
	struct semver next = *v;

	if (!cstr_starts(bump->release, "pre"))
		return bump->release && next_release(&next, bump->release) ? semver_format(a, &next) : NULL;
	if (!identifier.len && bump->base == SEMVER_BASE_NONE)
		return NULL;
	if (identifier.len && !semver_ids_valid(identifier, bump->flags & SEMVER_LOOSE))
		return NULL;
	if (!prepare_prerelease(&next, bump->release) || !next_prerelease(a, &next.pre, bump))
		return NULL;
	return arena_printf(a, "%" PRIu64 ".%" PRIu64 ".%" PRIu64 "-%.*s", next.major, next.minor, next.patch,
		STR_ARGS(next.pre));
}

const char *semver_truncate(struct arena *a, const struct semver *v, const char *release)
{
	static const char *const types[] = {"major", "premajor", "minor", "preminor", "patch", "prepatch", "prerelease"};
	struct semver cut = *v;
	size_t i = 0;

	while (i < ARRAY_LEN(types) && !streq(types[i], release))
		i++;
	if (i == ARRAY_LEN(types))
		return NULL;
	if (cstr_starts(release, "pre"))
		return semver_format(a, v);
	cut.pre = STR_NULL;
	if (!streq(release, "patch"))
		cut.patch = 0;
	if (streq(release, "major"))
		cut.minor = 0;
	return semver_format(a, &cut);
}

/* A prerelease that becomes a release: what it was a prerelease of. NULL: the parts decide as ever. */
static const char *diff_to_release(const struct semver *low, const struct semver *high)
{
	if (!low->patch && !low->minor)
		return "major";
	if (!semver_same_tuple(low, high))
		return NULL;
	return low->minor && !low->patch ? "minor" : "patch";
}

const char *semver_diff(const struct semver *a, const struct semver *b)
{
	static const char *const names[2][3] = {{"major", "minor", "patch"}, {"premajor", "preminor", "prepatch"}};
	int order = semver_compare(a, b);
	const struct semver *high = order > 0 ? a : b, *low = order > 0 ? b : a;
	const char *to_release = NULL;
	const char *const *name = names[high->pre.len ? 1 : 0];

	if (order == 0)
		return NULL;
	if (low->pre.len && !high->pre.len)
		to_release = diff_to_release(low, high);
	if (to_release)
		return to_release;
	if (a->major != b->major)
		return name[0];
	if (a->minor != b->minor)
		return name[1];
	return a->patch != b->patch ? name[2] : "prerelease";
}
