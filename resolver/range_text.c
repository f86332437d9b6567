/* SPDX-License-Identifier: MIT */
#include "resolver/range_text.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "resolver/semver_scan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* "1", "1.2", "1.2.x", "1.2.3-beta" and their like; parts that are not there have len 0. */
struct partial {
	struct str major, minor, patch, pre;
};

static bool is_x(struct str id)
{
	return !id.len || str_is(id, "x") || str_is(id, "X") || str_is(id, "*");
}

static size_t prefix_length(struct str s)
{
	size_t n = 0;

	while (n < s.len && (s.ptr[n] == 'v' || s.ptr[n] == '=' || s.ptr[n] == ' '))
		n++;
	return n;
}

/* A number or an x at the front of s; 0 when there is none. */
static size_t part_length(struct str s, bool loose)
{
	size_t n = 0;

	if (s.len && strchr("xX*", s.ptr[0]) && s.ptr[0])
		return 1;
	while (n < s.len && semver_is_digit(s.ptr[n]))
		n++;
	if (!loose && n > 1 && s.ptr[0] == '0')
		return 1;
	return n <= SEMVER_MAX_DIGITS + (loose ? 0u : 1u) ? n : SEMVER_MAX_DIGITS;
}

static bool take_part(struct str *s, bool loose, struct str *part)
{
	*part = str_first(*s, part_length(*s, loose));
	*s = str_skip(*s, part->len);
	return part->len != 0;
}

/* Loosely "1.2.34.5" is 1.2.3-4.5. */
static bool borrow_digit(struct partial *p, struct str rest)
{
	if (p->patch.len < 2 || rest.ptr[0] != '.')
		return false;
	p->patch.len--;
	p->pre = (struct str){rest.ptr - 1, rest.len + 1};
	return semver_ids_valid(p->pre, true);
}

/* The whole text, but for a prefix of "v", "=" and blanks. */
static bool partial_parse(struct partial *p, struct str s, bool loose)
{
	*p = (struct partial){0};
	s = str_skip(s, prefix_length(s));
	if (!take_part(&s, loose, &p->major))
		return false;
	if (!s.len)
		return true;
	if (s.ptr[0] != '.' || (s = str_skip(s, 1), !take_part(&s, loose, &p->minor)))
		return false;
	if (!s.len)
		return true;
	if (s.ptr[0] != '.' || (s = str_skip(s, 1), !take_part(&s, loose, &p->patch)))
		return false;
	return semver_prerelease_valid(s, loose, &p->pre) || (loose && borrow_digit(p, s));
}

struct str range_strip_build(struct arena *a, struct str set)
{
	char *text;
	size_t n = 0, i = 0;

	if (str_find(set, '+') < 0)
		return set;
	text = arena_alloc(a, set.len + 1);
	while (i < set.len) {
		if (set.ptr[i] != '+' || i + 1 == set.len || !semver_is_id_char(set.ptr[i + 1])) {
			text[n++] = set.ptr[i++];
			continue;
		}
		do {
			i++;
			while (i < set.len && semver_is_id_char(set.ptr[i]))
				i++;
		} while (i + 1 < set.len && set.ptr[i] == '.' && semver_is_id_char(set.ptr[i + 1]));
	}
	return (struct str){text, n};
}

/* One more than the number, written as JavaScript writes it: past 2^53 it is no version any more. */
static void add_next(struct buf *out, struct str number)
{
	uint64_t n;
	char digits[SEMVER_MAX_DIGITS + 2];
	double d;

	if (str_to_u64(number, &n)) {
		buf_printf(out, "%" PRIu64, n + 1);
		return;
	}
	number = str_first(number, sizeof(digits) - 1);
	memcpy(digits, number.ptr, number.len);
	digits[number.len] = '\0';
	d = strtod(digits, NULL) + 1;
	json_format_number(out, d);
}

/* ">=major.minor.patch-pre", parts that are NULL as 0. */
static void add_from(struct buf *out, const struct partial *p, int parts, const char *tail)
{
	buf_adds(out, ">=");
	buf_addstr(out, p->major);
	buf_addc(out, '.');
	buf_addstr(out, parts > 1 ? p->minor : STR("0"));
	buf_addc(out, '.');
	buf_addstr(out, parts > 2 ? p->patch : STR("0"));
	if (parts > 2 && p->pre.len) {
		buf_addc(out, '-');
		buf_addstr(out, p->pre);
	}
	buf_adds(out, tail);
}

/* "<" and the version whose part 0, 1 or 2 is one more, before all its prereleases. */
static void add_below_next(struct buf *out, const struct partial *p, int part)
{
	const struct str parts[3] = {p->major, p->minor, p->patch};

	buf_addc(out, '<');
	for (int i = 0; i < 3; i++) {
		if (i)
			buf_addc(out, '.');
		if (i < part)
			buf_addstr(out, parts[i]);
		else if (i == part)
			add_next(out, parts[i]);
		else
			buf_addc(out, '0');
	}
	buf_adds(out, "-0");
}

static bool is_hyphen_side(struct partial *p, struct str side, unsigned flags)
{
	return partial_parse(p, side, flags & SEMVER_LOOSE);
}

static void add_hyphen_from(struct buf *out, struct str text, const struct partial *p, const char *lowest)
{
	if (is_x(p->major))
		return;
	if (is_x(p->minor)) {
		add_from(out, p, 1, lowest);
	} else if (is_x(p->patch)) {
		add_from(out, p, 2, lowest);
	} else {
		buf_adds(out, ">=");
		buf_addstr(out, text);
		buf_adds(out, p->pre.len ? "" : lowest);
	}
}

static void add_hyphen_to(struct buf *out, struct str text, const struct partial *p, unsigned flags)
{
	if (is_x(p->major))
		return;
	if (is_x(p->minor)) {
		add_below_next(out, p, 0);
	} else if (is_x(p->patch)) {
		add_below_next(out, p, 1);
	} else if (p->pre.len) {
		buf_printf(out, "<=%.*s.%.*s.%.*s-%.*s", STR_ARGS(p->major), STR_ARGS(p->minor), STR_ARGS(p->patch),
			STR_ARGS(p->pre));
	} else if (flags & SEMVER_PRERELEASE) {
		add_below_next(out, p, 2);
	} else {
		buf_adds(out, "<=");
		buf_addstr(out, text);
	}
}

/* "a - b"; false when the set is none. */
static bool rewrite_hyphen(struct buf *out, struct str set, unsigned flags)
{
	const char *lowest = flags & SEMVER_PRERELEASE ? "-0" : "";
	const char *dash = memmem(set.ptr, set.len, " - ", 3);
	struct partial from, to;
	struct str left, right;

	if (!dash)
		return false;
	left = str_range(set.ptr, dash);
	right = str_skip(set, left.len + 3);
	if (left.len && left.ptr[0] == ' ')
		left = str_skip(left, 1);
	if (right.len && right.ptr[right.len - 1] == ' ')
		right.len--;
	if (!is_hyphen_side(&from, left, flags) || !is_hyphen_side(&to, right, flags))
		return false;
	add_hyphen_from(out, left, &from, lowest);
	if (!is_x(from.major) && !is_x(to.major))
		buf_addc(out, ' ');
	add_hyphen_to(out, right, &to, flags);
	return true;
}

/* Where the identifiers of a prerelease end that begins at `at`; `at` when there are none. */
static size_t ids_end(struct str s, size_t at, bool loose)
{
	size_t end = at, next = at, n;

	for (;;) {
		for (n = 0; next + n < s.len && semver_is_id_char(s.ptr[next + n]);)
			n++;
		if (!n)
			return end;
		if (!semver_ids_valid((struct str){s.ptr + next, n}, loose))
			return next + 1;
		end = next + n;
		if (end >= s.len || s.ptr[end] != '.')
			return end;
		next = end + 1;
	}
}

/* Up to three parts from `at` on; returns where they end and how many there were. */
static size_t parts_end(struct str s, size_t at, bool loose, int *parts)
{
	size_t n = part_length(str_skip(s, at), loose);

	for (*parts = 0; *parts < 3 && n; ++*parts) {
		at += n;
		n = at < s.len && s.ptr[at] == '.' ? part_length(str_skip(s, at + 1), loose) : 0;
		n += n != 0;
	}
	return at;
}

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != '.' && !semver_is_digit(s.ptr[i]))
			return false;
	return true;
}

/* Where a version (loosely) or else a partial one (strictly) that begins at `at` ends; `at` when none does. */
static size_t version_end(struct str s, size_t at)
{
	int parts;
	size_t end = parts_end(s, at, true, &parts), pre;

	if (parts == 3 && all_digits(str_range(s.ptr + at, s.ptr + end))) {
		pre = end < s.len && s.ptr[end] == '-' ? ids_end(s, end + 1, true) : end;
		return pre > end + 1 ? pre : ids_end(s, end, true);
	}
	end = parts_end(s, at, false, &parts);
	if (parts < 3 || end >= s.len || s.ptr[end] != '-')
		return end;
	pre = ids_end(s, end + 1, false);
	return pre > end + 1 ? pre : end;
}

/* An operator (or none) and its version at `at`, joined; returns where it ends, or `at` when there is none. */
static size_t join_operator(struct buf *out, struct str s, size_t at)
{
	size_t op_end = at, version, end;

	op_end += op_end < s.len && s.ptr[op_end] == ' ';
	op_end += op_end < s.len && (s.ptr[op_end] == '<' || s.ptr[op_end] == '>');
	op_end += op_end < s.len && s.ptr[op_end] == '=';
	version = op_end + (op_end < s.len && s.ptr[op_end] == ' ');
	end = version + prefix_length(str_skip(s, version));
	if (version_end(s, end) == end)
		return at;
	end = version_end(s, end);
	buf_addstr(out, str_range(s.ptr + at, s.ptr + op_end));
	buf_addstr(out, str_range(s.ptr + version, s.ptr + end));
	return end;
}

static void join_comparators(struct buf *out, struct str s)
{
	for (size_t at = 0; at < s.len;) {
		size_t end = join_operator(out, s, at);

		if (end == at)
			buf_addc(out, s.ptr[end++]);
		at = end;
	}
}

/* "~ 1", "~> 1" and "^ 1" lose their blank (and "~>" its ">"). */
static void join_tildes_and_carets(struct buf *out, struct str s)
{
	for (size_t at = 0; at < s.len;) {
		bool tilde = s.ptr[at] == '~', caret = s.ptr[at] == '^';

		buf_addc(out, s.ptr[at++]);
		if (tilde && at + 1 < s.len && s.ptr[at] == '>' && s.ptr[at + 1] == ' ')
			at += 2;
		else if ((tilde || caret) && at < s.len && s.ptr[at] == ' ')
			at++;
	}
}

void range_join_operators(struct buf *out, struct str set, unsigned flags)
{
	struct buf hyphen = BUF_INIT(out->max), joined = BUF_INIT(out->max);

	if (rewrite_hyphen(&hyphen, set, flags))
		set = buf_str(&hyphen);
	join_comparators(&joined, set);
	join_tildes_and_carets(out, buf_str(&joined));
	out->failed |= hyphen.failed || joined.failed;
	buf_release(&hyphen);
	buf_release(&joined);
}

/* What a caret lets change: the parts right of the first one that is not 0. */
static int caret_part(const struct partial *p)
{
	if (is_x(p->minor) || !str_is(p->major, "0"))
		return 0;
	return is_x(p->patch) || !str_is(p->minor, "0") ? 1 : 2;
}

/* ^ and ~ differ in which part may not change; from full versions neither goes below the version itself. */
static void add_compatible(struct buf *out, const struct partial *p, int part, unsigned flags)
{
	const char *lowest = flags & SEMVER_PRERELEASE ? "-0" : "";
	int parts = is_x(p->minor) ? 1 : is_x(p->patch) ? 2 : 3;

	if (is_x(p->major))
		return;
	add_from(out, p, parts, parts < 3 ? lowest : "");
	buf_addc(out, ' ');
	add_below_next(out, p, part);
}

/* An operator before a version with an x: ">1.x" is ">=2.0.0". */
static void add_compared_x(struct buf *out, struct str op, const struct partial *p, unsigned flags)
{
	bool one_part = is_x(p->minor), next = str_is(op, ">") || str_is(op, "<=");
	bool below = op.ptr[0] == '<';

	buf_adds(out, below ? "<" : ">=");
	if (next && one_part)
		add_next(out, p->major);
	else
		buf_addstr(out, p->major);
	buf_addc(out, '.');
	if (one_part)
		buf_addc(out, '0');
	else if (next)
		add_next(out, p->minor);
	else
		buf_addstr(out, p->minor);
	buf_adds(out, below || flags & SEMVER_PRERELEASE ? ".0-0" : ".0");
}

static size_t operator_length(struct str word)
{
	size_t n = word.len && (word.ptr[0] == '<' || word.ptr[0] == '>');

	return n + (n < word.len && word.ptr[n] == '=');
}

/* "1.x", ">=1", "=*"; false when the word is no such thing and stays as it is. */
static bool rewrite_x(struct buf *out, struct str word, unsigned flags)
{
	struct partial p;
	struct str op = str_first(word, operator_length(word));

	if (!partial_parse(&p, str_skip(word, op.len), flags & SEMVER_LOOSE))
		return false;
	if ((is_x(p.major) && !is_x(p.minor)) || (is_x(p.minor) && !is_x(p.patch)))
		return false;
	if (is_x(p.major)) {
		if (str_is(op, "<") || str_is(op, ">"))
			buf_adds(out, "<0.0.0-0");
		return true;
	}
	if (!is_x(p.patch))
		return false;
	if (op.len && !str_is(op, "="))
		add_compared_x(out, op, &p, flags);
	else
		add_compatible(out, &p, is_x(p.minor) ? 0 : 1, flags);
	return true;
}

/* The first star goes, with the operator before it: a star allows anything. */
static void add_without_star(struct buf *out, struct str word)
{
	ptrdiff_t star = str_find(word, '*');
	size_t keep;

	if (star < 0) {
		buf_addstr(out, word);
		return;
	}
	keep = (size_t)star;
	keep -= keep && word.ptr[keep - 1] == '=';
	keep -= keep && (word.ptr[keep - 1] == '<' || word.ptr[keep - 1] == '>');
	buf_addstr(out, str_first(word, keep));
	buf_addstr(out, str_skip(word, (size_t)star + 1));
}

void range_rewrite_word(struct buf *out, struct str word, unsigned flags)
{
	bool loose = flags & SEMVER_LOOSE;
	struct partial p;
	size_t op = 0;

	if (word.len && word.ptr[0] == '^') {
		if (partial_parse(&p, str_skip(word, 1), loose)) {
			add_compatible(out, &p, caret_part(&p), flags);
			return;
		}
	} else if (word.len && word.ptr[0] == '~') {
		op = word.len > 1 && word.ptr[1] == '>' ? 2 : 1;
		if (partial_parse(&p, str_skip(word, op), loose)) {
			add_compatible(out, &p, is_x(p.minor) ? 0 : 1, flags);
			return;
		}
	} else if (rewrite_x(out, word, flags)) {
		return;
	}
	add_without_star(out, word);
}
