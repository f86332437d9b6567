/* SPDX-License-Identifier: MIT */
#include "resolver/semver.h"

#include "base/arena.h"
#include "base/jstext.h"
#include "resolver/semver_scan.h"

#include <string.h>

#define MAX_COMPONENT 16

/* A place in the text that could be a version. */
struct candidate {
	struct str parts[3];	/* len 0: not there */
	struct str pre, build;
	size_t end;		/* with the one character that ends it */
};

static size_t digits_at(struct str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && semver_is_digit(s.ptr[at + n]))
		n++;
	return n;
}

static size_t id_chars_at(struct str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && semver_is_id_char(s.ptr[at + n]))
		n++;
	return n;
}

/* "-rc.1" at `at`: as many valid identifiers as there are; returns where it ends, `at` when there is none. */
static size_t take_prerelease(struct str s, size_t at, struct str *pre)
{
	size_t end = at, next = at + 1, n;

	if (at >= s.len || s.ptr[at] != '-')
		return at;
	while ((n = id_chars_at(s, next)) && semver_ids_valid((struct str){s.ptr + next, n}, false)) {
		end = next + n;
		if (end >= s.len || s.ptr[end] != '.')
			break;
		next = end + 1;
	}
	if (end > at)
		*pre = str_range(s.ptr + at + 1, s.ptr + end);
	return end;
}

static size_t take_build(struct str s, size_t at, struct str *build)
{
	size_t end = at, next = at + 1, n;

	if (at >= s.len || s.ptr[at] != '+')
		return at;
	while ((n = id_chars_at(s, next))) {
		end = next + n;
		if (end >= s.len || s.ptr[end] != '.')
			break;
		next = end + 1;
	}
	if (end > at)
		*build = str_range(s.ptr + at + 1, s.ptr + end);
	return end;
}

/* The candidate whose first digit is at `at`; false when that number is too long to be one. */
static bool take_candidate(struct candidate *c, struct str s, size_t at, bool full)
{
	size_t n = digits_at(s, at), size;

	*c = (struct candidate){0};
	for (size_t i = 0; i < 3 && n > 0 && n <= MAX_COMPONENT; i++) {
		c->parts[i] = (struct str){s.ptr + at, n};
		at += n;
		c->end = at;
		n = at < s.len && s.ptr[at] == '.' ? digits_at(s, ++at) : 0;
	}
	if (!c->parts[0].len)
		return false;
	if (full) {
		c->end = take_prerelease(s, c->end, &c->pre);
		c->end = take_build(s, c->end, &c->build);
	}
	if (c->end < s.len) {
		jstext_code_point(str_skip(s, c->end), &size);
		c->end += size;
	}
	return true;
}

/* Start of the next run of digits from `at` on; s.len when there is none. */
static size_t next_digits(struct str s, size_t at)
{
	while (at < s.len && !semver_is_digit(s.ptr[at]))
		at++;
	return at;
}

static bool find_first(struct candidate *found, struct str s, bool full)
{
	for (size_t at = next_digits(s, 0); at < s.len; at = next_digits(s, at + digits_at(s, at)))
		if (take_candidate(found, s, at, full))
			return true;
	return false;
}

/* The right-most one that does not end where one further left ends: "1.2.3.4" gives 2.3.4. */
static bool find_last(struct candidate *found, struct str s, bool full)
{
	struct candidate c;
	bool any = false;

	for (size_t at = next_digits(s, 0); at < s.len; at = next_digits(s, at + digits_at(s, at))) {
		if (!take_candidate(&c, s, at, full))
			continue;
		if (any && found->end == s.len)
			break;
		if (!any || c.end != found->end)
			*found = c;
		any = true;
	}
	return any;
}

static const char *part(struct arena *a, struct str s)
{
	return s.len ? str_dup(a, s) : "0";
}

bool semver_coerce(struct arena *a, struct semver *v, struct str text, unsigned flags)
{
	bool full = flags & SEMVER_PRERELEASE;
	struct candidate c;
	const char *version;

	if (!(flags & SEMVER_RTL ? find_last(&c, text, full) : find_first(&c, text, full)))
		return false;
	version = arena_printf(a, "%s.%s.%s%s%.*s%s%.*s", part(a, c.parts[0]), part(a, c.parts[1]), part(a, c.parts[2]),
		c.pre.len ? "-" : "", STR_ARGS(c.pre), c.build.len ? "+" : "", STR_ARGS(c.build));
	return semver_parse(v, str_from(version), flags);
}
