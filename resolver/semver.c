/* SPDX-License-Identifier: MIT */
#include "resolver/semver.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/jstext.h"
#include "resolver/semver_scan.h"

#include <stdlib.h>
#include <string.h>

static size_t count_digits(struct str s)
{
	size_t n = 0;

	while (n < s.len && semver_is_digit(s.ptr[n]))
		n++;
	return n;
}

static bool id_valid(struct str id, bool loose)
{
	size_t digits = count_digits(id);

	for (size_t i = digits; i < id.len; i++)
		if (!semver_is_id_char(id.ptr[i]))
			return false;
	if (!id.len || digits > SEMVER_MAX_DIGITS)
		return false;
	if (digits < id.len)
		return id.len - digits - 1 <= SEMVER_MAX_TAIL;
	return loose || digits == 1 || id.ptr[0] != '0';
}

bool semver_next_id(struct str *rest, struct str *id)
{
	if (!rest->ptr || !rest->len)
		return false;
	*id = str_cut(*rest, '.', rest);
	return true;
}

bool semver_ids_valid(struct str ids, bool loose)
{
	struct str id;

	do {
		id = str_cut(ids, '.', &ids);
		if (!id_valid(id, loose))
			return false;
	} while (ids.ptr);
	return true;
}

bool semver_prerelease_valid(struct str rest, bool loose, struct str *pre)
{
	*pre = STR_NULL;
	if (!rest.len)
		return true;
	if (rest.ptr[0] == '-') {
		*pre = str_skip(rest, 1);
		if (semver_ids_valid(*pre, loose))
			return true;
	}
	/* a dash that introduces nothing is a word of its own */
	*pre = rest;
	return loose && semver_ids_valid(rest, loose);
}

static bool build_valid(struct str ids)
{
	struct str id;

	do {
		id = str_cut(ids, '.', &ids);
		if (!id.len)
			return false;
		for (size_t i = 0; i < id.len; i++)
			if (!semver_is_id_char(id.ptr[i]))
				return false;
	} while (ids.ptr);
	return true;
}

/* Takes one number off the front; false when there is none. *fits turns false when it is beyond the maximum. */
static bool take_number(struct str *s, bool loose, uint64_t *out, bool *fits)
{
	size_t n = count_digits(*s);
	uint64_t value = 0;

	if (!n || (!loose && n > 1 && s->ptr[0] == '0'))
		return false;
	for (size_t i = 0; i < n; i++) {
		value = value * 10 + (uint64_t)(s->ptr[i] - '0');
		if (value > SEMVER_MAX_NUMBER) {
			*fits = false;
			value = SEMVER_MAX_NUMBER;
		}
	}
	*out = value;
	*s = str_skip(*s, n);
	return true;
}

static bool take_dot(struct str *s)
{
	if (!s->len || s->ptr[0] != '.')
		return false;
	*s = str_skip(*s, 1);
	return true;
}

static struct str skip_prefix(struct str s, bool loose)
{
	size_t n;

	if (!loose)
		return s.len && s.ptr[0] == 'v' ? str_skip(s, 1) : s;
	while (s.len) {
		n = s.ptr[0] == 'v' || s.ptr[0] == '=' ? 1 : jstext_space(s);
		if (!n)
			break;
		s = str_skip(s, n);
	}
	return s;
}

/*
 * Loosely a prerelease needs no dash, so that "1.2.34.5" is 1.2.3-4.5: the last digit of the patch begins it.
 * digits is the patch with all that follows but the build.
 */
static bool borrow_digit(struct semver *v, struct str digits, bool *fits)
{
	size_t n = count_digits(digits);
	struct str patch = str_first(digits, n - 1);

	v->pre = str_skip(digits, n - 1);
	if (n < 2 || n >= digits.len || digits.ptr[n] != '.' || !semver_ids_valid(v->pre, true))
		return false;
	return take_number(&patch, true, &v->patch, fits);
}

/* The patch and what follows it. */
static bool take_rest(struct semver *v, struct str rest, bool loose, bool *fits)
{
	struct str build = STR_NULL, digits;
	bool fitted = *fits;

	rest = digits = str_cut(rest, '+', &build);
	if (!take_number(&rest, loose, &v->patch, fits) || (build.ptr && !build_valid(build)))
		return false;
	v->build = build;
	if (!rest.len || semver_prerelease_valid(rest, loose, &v->pre))
		return true;
	*fits = fitted;
	return loose && borrow_digit(v, digits, fits);
}

enum semver_shape semver_scan(struct semver *v, struct str text, bool loose)
{
	bool fits = text.len <= SEMVER_MAX_LENGTH || jstext_length(text) <= SEMVER_MAX_LENGTH;
	struct str s = jstext_trim(text);

	*v = (struct semver){0};
	s = skip_prefix(s, loose);
	if (!take_number(&s, loose, &v->major, &fits) || !take_dot(&s))
		return SEMVER_NO_SHAPE;
	if (!take_number(&s, loose, &v->minor, &fits) || !take_dot(&s))
		return SEMVER_NO_SHAPE;
	if (!take_rest(v, s, loose, &fits))
		return SEMVER_NO_SHAPE;
	return fits ? SEMVER_FITS : SEMVER_OUT_OF_BOUNDS;
}

bool semver_parse(struct semver *v, struct str text, unsigned flags)
{
	return semver_scan(v, text, flags & SEMVER_LOOSE) == SEMVER_FITS;
}

bool semver_valid(struct str text, unsigned flags)
{
	struct semver v;

	return semver_parse(&v, text, flags);
}

bool semver_clean(struct semver *v, struct str text, unsigned flags)
{
	text = jstext_trim(text);
	while (text.len && (text.ptr[0] == '=' || text.ptr[0] == 'v'))
		text = str_skip(text, 1);
	return semver_parse(v, text, flags);
}

static struct str without_zeros(struct str id)
{
	while (id.len > 1 && id.ptr[0] == '0')
		id = str_skip(id, 1);
	return id;
}

bool semver_id_number(struct str id, uint64_t *out)
{
	return str_to_u64(without_zeros(id), out) && *out < SEMVER_MAX_NUMBER;
}

/* As JavaScript's Number(id) of any number of digits. */
static double id_double(struct str id)
{
	char text[400];

	id = str_first(id, sizeof(text) - 1);
	memcpy(text, id.ptr, id.len);
	text[id.len] = '\0';
	return strtod(text, NULL);
}

static int compare_numbers(struct str a, struct str b)
{
	double x, y;

	a = without_zeros(a);
	b = without_zeros(b);
	if (a.len <= 15 && b.len <= 15) {
		if (a.len != b.len)
			return a.len < b.len ? -1 : 1;
		return str_cmp(a, b);
	}
	x = id_double(a);
	y = id_double(b);
	return (x > y) - (x < y);
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

int semver_compare_ids(struct str a, struct str b)
{
	bool a_number = a.len && count_digits(a) == a.len;
	bool b_number = b.len && count_digits(b) == b.len;

	if (a_number && b_number)
		return sign(compare_numbers(a, b));
	if (a_number != b_number)
		return a_number ? -1 : 1;
	return sign(str_cmp(a, b));
}

/* Identifier by identifier; the shorter list comes first. words: none is held as a number. */
static int compare_lists(struct str a, struct str b, bool words)
{
	struct str x, y;
	uint64_t number;
	int c;

	while (semver_next_id(&a, &x)) {
		if (!semver_next_id(&b, &y))
			return 1;
		if (str_eq(x, y))
			continue;
		c = semver_compare_ids(x, y);
		if (c || words || !semver_id_number(x, &number) || !semver_id_number(y, &number))
			return c;
	}
	return b.len ? -1 : 0;
}

static int compare_main(const struct semver *a, const struct semver *b)
{
	if (a->major != b->major)
		return a->major < b->major ? -1 : 1;
	if (a->minor != b->minor)
		return a->minor < b->minor ? -1 : 1;
	if (a->patch != b->patch)
		return a->patch < b->patch ? -1 : 1;
	return 0;
}

int semver_compare(const struct semver *a, const struct semver *b)
{
	int c = compare_main(a, b);

	if (c || (!a->pre.len && !b->pre.len))
		return c;
	if (!a->pre.len || !b->pre.len)
		return a->pre.len ? -1 : 1;
	return compare_lists(a->pre, b->pre, false);
}

int semver_compare_build(const struct semver *a, const struct semver *b)
{
	int c = semver_compare(a, b);

	return c ? c : compare_lists(a->build, b->build, true);
}

int semver_compare_text(const char *a, const char *b, unsigned flags)
{
	struct semver x, y;
	bool x_valid = semver_parse(&x, str_from(a), flags);
	bool y_valid = semver_parse(&y, str_from(b), flags);

	if (x_valid && y_valid)
		return semver_compare(&x, &y);
	return x_valid - y_valid;
}

bool semver_same_tuple(const struct semver *a, const struct semver *b)
{
	return compare_main(a, b) == 0;
}

static void add_number(struct buf *out, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	buf_add(out, digits + at, sizeof(digits) - at);
}

static void add_ids(struct buf *out, struct str ids)
{
	struct str id;
	uint64_t number;

	while (semver_next_id(&ids, &id)) {
		if (semver_id_number(id, &number))
			add_number(out, number);
		else
			buf_addstr(out, id);
		if (ids.ptr)
			buf_addc(out, '.');
	}
}

void semver_add(struct buf *out, const struct semver *v)
{
	add_number(out, v->major);
	buf_addc(out, '.');
	add_number(out, v->minor);
	buf_addc(out, '.');
	add_number(out, v->patch);
	if (v->pre.len) {
		buf_addc(out, '-');
		add_ids(out, v->pre);
	}
}

const char *semver_format(struct arena *a, const struct semver *v)
{
	struct buf out = BUF_INIT((size_t)1 << 20);
	const char *text;

	semver_add(&out, v);
	text = buf_dup(a, &out);
	buf_release(&out);
	return text;
}
