/* SPDX-License-Identifier: MIT */
#include "resolver/advisory.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/packument.h"
#include "resolver/range.h"

#include <string.h>

#define MAX_RANGE ((size_t)16 << 20)

struct advisory_book {
	struct arena *arena;
	struct map all;
};

struct advisory_book *advisory_book(struct arena *a)
{
	struct advisory_book *b = ARENA_NEW(a, struct advisory_book);

	b->arena = a;
	map_init(&b->all, a);
	return b;
}

/* ---- all versions ---- */

/* Some of a package's versions, by their numbers, in order. */
struct list {
	size_t from, to;	/* the last one is to - 1 */
};

static bool is_pre(const struct advisory *v, size_t i)
{
	return strchr(v->versions[i], '-') != NULL;
}

static bool hits_at(struct advisory *v, size_t i)
{
	return advisory_hits(v, v->versions[i], NULL);
}

static void mark_all(struct advisory *v, size_t from, size_t to)
{
	for (; from < to; from++)
		advisory_mark(v, v->versions[from]);
}

static void add_list(struct advisory *v, struct vec *lists, size_t from, size_t to)
{
	struct list *l = ARENA_NEW(v->arena, struct list);

	*l = (struct list){from, to};
	if (from < to)
		vec_add(lists, l);
}

/* In two halves; prereleases at the cut count as what is beside them. */
static void halve(struct advisory *v, struct vec *lists, const struct list *l)
{
	size_t mid = l->from + (l->to - l->from) / 2, end = mid, begin = mid;
	bool hit;

	if (!is_pre(v, l->from)) {
		hit = hits_at(v, end - 1);
		for (; end > l->from && is_pre(v, end - 1); end--)
			if (hit)
				advisory_mark(v, v->versions[end - 1]);
	}
	if (!is_pre(v, l->to - 1)) {
		hit = hits_at(v, begin);
		for (; begin < l->to && is_pre(v, begin); begin++)
			if (hit)
				advisory_mark(v, v->versions[begin]);
	}
	add_list(v, lists, l->from, end);
	add_list(v, lists, begin, l->to);
}

/* What is between two vulnerable ends counts as vulnerable; else both halves are looked at. */
static void test_list(struct advisory *v, struct vec *lists, const struct list *l)
{
	size_t head = l->from, tail = l->to - 1;
	bool first = hits_at(v, head), last, head_hit, tail_hit;

	while (head < l->to && is_pre(v, head))
		head++;
	if (head == l->to)
		head = l->from;
	else if (first)
		mark_all(v, l->from, head);
	last = hits_at(v, tail);
	while (tail > head && is_pre(v, tail))
		tail--;
	if (tail == head)
		tail = l->to - 1;
	else if (last)
		mark_all(v, tail + 1, l->to);
	head_hit = head == l->from ? first : hits_at(v, head);
	tail_hit = tail == l->to - 1 ? last : hits_at(v, tail);
	if (head_hit && tail_hit)
		mark_all(v, head, tail);
	else if (tail >= head + 2)
		halve(v, lists, l);
}

/* Versions of one major and minor are looked at together. */
static void test_versions(struct advisory *v)
{
	struct vec lists;
	size_t from = 0;

	vec_init(&lists, v->arena);
	for (size_t i = 1; i <= v->n_versions; i++) {
		bool same = i < v->n_versions && v->parsed[i].major == v->parsed[from].major &&
			    v->parsed[i].minor == v->parsed[from].minor;

		if (same)
			continue;
		add_list(v, &lists, from, i);
		from = i;
	}
	for (size_t i = 0; i < lists.count; i++)
		test_list(v, &lists, lists.items[i]);
}

/* ---- a metavuln's range ---- */

/* One run of vulnerable versions, beginning at or after *at; prereleases in between and in front do not part it. */
static bool next_run(const struct advisory *v, size_t *at, size_t *first, size_t *last)
{
	bool any = false;

	*first = *at;
	for (; *at < v->n_versions; ++*at) {
		if (!map_has(&v->vulnerable, v->versions[*at])) {
			if (is_pre(v, *at))
				continue;
			if (any)
				break;
			*first = *at + 1;
			continue;
		}
		any = true;
		*last = *at;
	}
	return any;
}

static void calculate_range(struct advisory *v)
{
	struct buf b = BUF_INIT(MAX_RANGE);
	size_t at = 0, first = 0, last = 0;
	const char *text = "<0.0.0-0";

	while (next_run(v, &at, &first, &last)) {
		buf_adds(&b, b.len ? " || " : "");
		if (last + 1 == v->n_versions)
			buf_printf(&b, ">=%s", v->versions[first]);
		else if (first == last)
			buf_adds(&b, v->versions[first]);
		else
			buf_printf(&b, "%s - %s", v->versions[first], v->versions[last]);
	}
	if (b.len)
		text = range_simplify(v->arena, v->versions, v->n_versions, buf_text(&b), ADVISORY_SEMVER);
	v->range = arena_strdup(v->arena, text);
	buf_release(&b);
}

/* ---- making ---- */

static int by_version(const void *a, const void *b, void *ctx)
{
	struct semver x, y;

	(void)ctx;
	if (!semver_parse(&x, str_from(a), SEMVER_LOOSE) || !semver_parse(&y, str_from(b), SEMVER_LOOSE))
		return 0;
	return semver_compare_build(&x, &y);
}

static void take_versions(struct advisory *v)
{
	struct vec all;
	struct semver parsed;

	vec_init(&all, v->arena);
	for (uint32_t i = 0; v->packument && i < v->packument->n_versions; i++) {
		const char *text = packument_version_text(v->packument, i);

		if (semver_parse(&parsed, str_from(text), SEMVER_LOOSE))
			vec_add(&all, arena_strdup(v->arena, text));
	}
	vec_sort(&all, by_version, NULL);
	v->n_versions = all.count;
	v->versions = ARENA_ARRAY(v->arena, const char *, all.count + 1);
	v->parsed = ARENA_ARRAY(v->arena, struct semver, all.count + 1);
	for (size_t i = 0; i < all.count; i++) {
		v->versions[i] = all.items[i];
		if (!semver_parse(&v->parsed[i], str_from(v->versions[i]), SEMVER_LOOSE))
			v->parsed[i] = (struct semver){0};
	}
}

static const char *hash_of(struct arena *a, const char *name, const struct json *id)
{
	struct json *both = json_array(a);
	struct buf text = BUF_INIT(MAX_RANGE);
	uint8_t sum[DIGEST_MAX];

	json_add(a, both, json_string(a, name));
	json_add(a, both, id ? (struct json *)id : json_null(a));
	json_format(&text, both, NULL);
	digest_of(DIGEST_SHA512, text.ptr, text.len, sum);
	buf_release(&text);
	return base64_make(a, sum, digest_len(DIGEST_SHA512));
}

static struct advisory *make(struct advisory_book *b, const char *name, const struct json *id, const struct packument *p)
{
	struct advisory *v = ARENA_NEW(b->arena, struct advisory);

	v->arena = b->arena;
	v->name = arena_strdup(b->arena, name);
	v->id = id;
	v->packument = p;
	map_init(&v->vulnerable, b->arena);
	map_init(&v->tested, b->arena);
	map_init(&v->specs, b->arena);
	take_versions(v);
	return v;
}

struct advisory *advisory_of(struct advisory_book *b, const char *name, const struct json *source, const struct packument *p)
{
	const struct json *id = json_find(source, "id");
	const char *key = hash_of(b->arena, name, id), *severity = json_find_text(source, "severity");
	const char *range = json_find_text(source, "vulnerable_versions");
	struct advisory *v = map_find(&b->all, key);

	if (v)
		return v;
	v = make(b, name, id, p);
	v->hash = key;
	v->dependency = v->name;
	v->source = source;
	v->severity = severity && *severity ? severity : "high";
	v->range = range && *range ? range : "*";
	v->parsed_range = range_parse(b->arena, str_from(v->range), ADVISORY_SEMVER);
	test_versions(v);
	map_put(&b->all, key, v);
	return v;
}

struct advisory *advisory_through(struct advisory_book *b, const char *name, struct advisory *cause, const struct packument *p)
{
	struct json *id = json_string(b->arena, cause->hash);
	const char *key = hash_of(b->arena, name, id);
	struct advisory *v = map_find(&b->all, key);

	if (v)
		return v;
	v = make(b, name, id, p);
	v->hash = key;
	v->dependency = cause->name;
	v->through = cause;
	v->source = cause->source;
	v->severity = cause->severity;
	/* Packages that need each other: what is being worked out counts as known. */
	map_put(&b->all, key, v);
	test_versions(v);
	calculate_range(v);
	return v;
}
