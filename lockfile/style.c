/* SPDX-License-Identifier: MIT */
#include "lockfile/style.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/vec.h"
#include "resolver/collate.h"

#include <string.h>

#define FEW 32		/* members that are sorted in place */
#define MAX_INDENT 10	/* JSON.stringify takes no more */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

/* Length of the run of line breaks (\n or \r\n) at the front of s. */
static size_t breaks_len(struct str s)
{
	size_t n = 0;
	for (;;) {
		if (n < s.len && s.ptr[n] == '\n')
			n++;
		else if (n + 1 < s.len && s.ptr[n] == '\r' && s.ptr[n + 1] == '\n')
			n += 2;
		else
			return n;
	}
}

struct style style_detect(struct arena *a, struct str text)
{
	if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0)
		text = str_skip(text, 3);
	if (text.len >= 2 && (memcmp(text.ptr, "{}", 2) == 0 || memcmp(text.ptr, "[]", 2) == 0)) {
		struct str rest = str_skip(text, 2);
		if (breaks_len(rest) == rest.len)
			return (struct style){"  ", rest.len ? str_dup(a, rest) : "\n"};
	}
	while (text.len && is_space(text.ptr[0]))
		text = str_skip(text, 1);
	struct str rest = str_skip(text, 1);
	size_t breaks = breaks_len(rest);
	if (!text.len || !breaks)
		return (struct style){"", ""};
	struct str after = str_skip(rest, breaks);
	size_t indent = 0;
	while (indent < after.len && is_space(after.ptr[indent]))
		indent++;
	if (indent > MAX_INDENT)
		indent = MAX_INDENT;
	return (struct style){str_dup(a, str_first(after, indent)), str_dup(a, str_first(rest, breaks))};
}

/* JSON's own text has line breaks between its parts only: inside strings they are escaped. */
static void add_with_newline(struct buf *out, struct str text, const char *newline)
{
	while (text.ptr) {
		struct str rest;
		buf_addstr(out, str_cut(text, '\n', &rest));
		if (rest.ptr)
			buf_adds(out, newline);
		text = rest;
	}
}

static void format_marked(struct buf *out, const struct json *v, struct style style, struct json_marks *marks)
{
	if (streq(style.newline, "\n")) {
		json_format_marked(out, v, style.indent, marks);
		buf_addc(out, '\n');
		return;
	}
	struct buf plain = BUF_INIT(out->max);
	json_format(&plain, v, style.indent);
	buf_addc(&plain, '\n');
	add_with_newline(out, buf_str(&plain), style.newline);
	out->failed |= plain.failed;
	buf_release(&plain);
	if (marks)
		marks->object = NULL;
}

void style_format(struct buf *out, const struct json *v, struct style style)
{
	format_marked(out, v, style, NULL);
}

/* Keys that come first, in this order. */
static const char *const first_keys[] = {
	"name", "version", "lockfileVersion", "resolved", "integrity", "requires", "packages", "dependencies",
};

static int first_rank(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(first_keys); i++)
		if (key[0] == first_keys[i][0] && streq(key, first_keys[i]))
			return (int)i;
	return (int)ARRAY_LEN(first_keys);
}

/* JavaScript keeps keys that are array indexes in front, whatever order they are put in. */
static bool index_key(const char *key, uint64_t *value)
{
	return key[0] >= '0' && key[0] <= '9' && (key[0] != '0' || !key[1]) && str_to_u64(str_from(key), value) && *value < UINT32_MAX;
}

/* What decides before a member's letters do: objects come last. */
static int rank_of(const struct json_member *m)
{
	bool object = json_is(m->value, JSON_OBJECT) || json_is(m->value, JSON_WRITTEN);

	return first_rank(m->key) + (object ? (int)ARRAY_LEN(first_keys) + 1 : 0);
}

static bool is_small_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Nearly always two plain words that begin with different letters. */
static int letter_order(const char *a, const char *b)
{
	return a[0] != b[0] && is_small_letter(a[0]) && is_small_letter(b[0]) ? a[0] - b[0] : collate_compare(a, b);
}

static int member_order(const void *pa, const void *pb, UNUSED void *ctx)
{
	const struct json_member *a = pa, *b = pb;
	uint64_t ia, ib;
	bool a_index = index_key(a->key, &ia), b_index = index_key(b->key, &ib);
	if (a_index || b_index)
		return a_index && b_index ? (ia > ib) - (ia < ib) : b_index - a_index;
	int ra = rank_of(a), rb = rank_of(b);
	return ra != rb ? ra - rb : letter_order(a->key, b->key);
}

static bool is_in_order(const struct json *v)
{
	for (uint32_t i = 1; i < v->count; i++)
		if (member_order(&v->members[i - 1], &v->members[i], NULL) > 0)
			return false;
	return true;
}

static const struct json *sorted_array(struct arena *a, const struct json *v)
{
	struct json *out = json_array(a);
	for (uint32_t i = 0; i < v->count; i++)
		json_add(a, out, (struct json *)style_sorted(a, v->items[i]));
	return out;
}

static struct json *new_object(struct arena *a, uint32_t count)
{
	struct json *out = ARENA_NEW(a, struct json);

	*out = (struct json){.type = JSON_OBJECT, .count = count, .cap = count, .initials = ~0u};
	out->members = ARENA_ARRAY(a, struct json_member, count);
	return out;
}

/* In order already: it is made anew only from the first value on that is not. */
static const struct json *ordered_object(struct arena *a, const struct json *v)
{
	struct json *out = NULL;

	for (uint32_t i = 0; i < v->count; i++) {
		const struct json_member *m = &v->members[i];
		const struct json *value = style_sorted(a, m->value);

		if (value != m->value && !out) {
			out = new_object(a, v->count);
			memcpy(out->members, v->members, v->count * sizeof(*v->members));
		}
		if (out)
			out->members[i].value = (struct json *)value;
	}
	return out ? out : v;
}

struct ranked {
	const struct json_member *member;
	int rank;
};

static bool is_after(const struct ranked *a, const struct ranked *b)
{
	return a->rank != b->rank ? a->rank > b->rank : letter_order(a->member->key, b->member->key) > 0;
}

/* Few members, none an array index, as in nearly every entry: put in one after the other. false: not so. */
static bool sort_few(const struct json *v, struct json_member *out)
{
	struct ranked list[FEW];
	if (v->count > FEW)
		return false;
	for (uint32_t i = 0; i < v->count; i++) {
		const struct json_member *m = &v->members[i];
		uint64_t index;
		if (index_key(m->key, &index))
			return false;
		struct ranked now = {m, rank_of(m)};
		uint32_t at = i;
		for (; at && is_after(&list[at - 1], &now); at--)
			list[at] = list[at - 1];
		list[at] = now;
	}
	for (uint32_t i = 0; i < v->count; i++)
		out[i] = *list[i].member;
	return true;
}

static void sort_many(struct arena *a, const struct json *v, struct json_member *out)
{
	struct vec members;
	vec_init(&members, a);
	for (uint32_t i = 0; i < v->count; i++)
		vec_add(&members, &v->members[i]);
	vec_sort(&members, member_order, NULL);
	for (uint32_t i = 0; i < v->count; i++)
		out[i] = *VEC_AT(&members, struct json_member, i);
}

static const struct json *sorted_object(struct arena *a, const struct json *v)
{
	if (is_in_order(v))
		return ordered_object(a, v);
	struct json *out = new_object(a, v->count);
	if (!sort_few(v, out->members))
		sort_many(a, v, out->members);
	for (uint32_t i = 0; i < v->count; i++)
		out->members[i].value = (struct json *)style_sorted(a, out->members[i].value);
	return out;
}

const struct json *style_sorted(struct arena *a, const struct json *v)
{
	if (json_is(v, JSON_ARRAY))
		return v->count ? sorted_array(a, v) : v;
	return json_is(v, JSON_OBJECT) && v->count ? sorted_object(a, v) : v;
}

struct style style_of_lock(struct style style)
{
	return (struct style){
		.indent = style.indent[0] ? style.indent : STYLE_DEFAULT.indent,
		.newline = style.newline[0] ? style.newline : STYLE_DEFAULT.newline,
	};
}

void style_format_lock_marked(struct arena *a, struct buf *out, const struct json *v, struct style style,
			      struct json_marks *marks)
{
	const struct json *sorted = style_sorted(a, v);
	style = style_of_lock(style);
	if (marks) {
		marks->object = json_find(sorted, "packages");
		marks->at = ARENA_ARRAY(a, size_t, (size_t)json_count(marks->object) + 1);
	}
	format_marked(out, sorted, style, marks);
}

void style_format_lock(struct arena *a, struct buf *out, const struct json *v, struct style style)
{
	style_format_lock_marked(a, out, v, style, NULL);
}
