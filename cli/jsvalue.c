/* SPDX-License-Identifier: MIT */
#include "cli/jsvalue.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"

#define MAX_TEXT ((size_t)1 << 24)

static bool digits_of(const char *s, size_t len, int base, double *out)
{
	double v = 0;
	if (!len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int c = tolower((unsigned char)s[i]);
		int d = isdigit(c) ? c - '0' : isalpha(c) ? c - 'a' + 10 : 99;
		if (d >= base)
			return false;
		v = v * base + d;
	}
	*out = v;
	return true;
}

/* How many digits s begins with; they are taken off. */
static size_t skip_digits(struct str *s)
{
	size_t n = 0;
	while (n < s->len && isdigit((unsigned char)s->ptr[n]))
		n++;
	*s = str_skip(*s, n);
	return n;
}

static bool skip_one(struct str *s, const char *any)
{
	if (!s->len || !s->ptr[0] || !strchr(any, s->ptr[0]))
		return false;
	*s = str_skip(*s, 1);
	return true;
}

static bool is_decimal(struct str s)
{
	skip_one(&s, "+-");
	size_t digits = skip_digits(&s);
	if (skip_one(&s, "."))
		digits += skip_digits(&s);
	if (!digits || !skip_one(&s, "eE"))
		return digits && !s.len;
	skip_one(&s, "+-");
	return skip_digits(&s) && !s.len;
}

bool js_number(const char *text, double *out)
{
	struct str s = str_trim(str_from(text));
	*out = 0;
	if (!s.len)
		return true;
	if (s.len > 2 && s.ptr[0] == '0') {
		int c = tolower((unsigned char)s.ptr[1]);
		int base = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
		if (base)
			return digits_of(s.ptr + 2, s.len - 2, base, out);
	}
	if (str_is(s, "Infinity") || str_is(s, "+Infinity") || str_is(s, "-Infinity")) {
		*out = s.ptr[0] == '-' ? -INFINITY : INFINITY;
		return true;
	}
	if (!is_decimal(s))
		return false;
	*out = strtod(s.ptr, NULL);
	return true;
}

static bool umask_text(const char *s, double *out)
{
	size_t len = strlen(s);
	if (len >= 2 && s[0] == '0') {
		size_t skip = s[1] == 'o' ? 2 : 1;
		return digits_of(s + skip, len - skip, 8, out);
	}
	return len && s[0] >= '1' && s[0] <= '9' && digits_of(s, len, 10, out);
}

bool js_umask(const struct json *v, double *out)
{
	if (json_is(v, JSON_STRING))
		return umask_text(v->text, out);
	if (!json_is(v, JSON_NUMBER))
		return false;
	*out = floor(v->number);
	return *out >= 0 && *out <= 0777;
}

static void add_string(struct buf *b, const struct json *v)
{
	if (json_is(v, JSON_STRING)) {
		buf_add(b, v->text, v->len);
	} else if (json_is(v, JSON_ARRAY)) {
		for (uint32_t i = 0; i < json_count(v); i++) {
			if (i)
				buf_addc(b, ',');
			if (!json_is(v->items[i], JSON_NULL))
				add_string(b, v->items[i]);
		}
	} else if (json_is(v, JSON_OBJECT)) {
		buf_adds(b, "[object Object]");
	} else if (json_is(v, JSON_NUMBER) && !isfinite(v->number)) {
		buf_adds(b, v->number < 0 ? "-Infinity" : "Infinity");
	} else if (v) {
		json_format(b, v, NULL);
	}
}

const char *js_string(struct arena *a, const struct json *v)
{
	struct buf b = BUF_INIT(MAX_TEXT);
	add_string(&b, v);
	const char *s = buf_dup(a, &b);
	buf_release(&b);
	return s;
}

const char *js_date_iso(struct arena *a, int64_t ms)
{
	char text[25];
	clock_iso(ms, text);
	return arena_strdup(a, text);
}

/* "+02:00", "-0530", "Z", "GMT+1" behind the blanks of *s: seconds to take away; false when there is no zone. */
static bool read_zone(const char **s, int64_t *offset)
{
	const char *p = *s + strspn(*s, " ");
	bool found = *p == 'Z' || !strncmp(p, "GMT", 3) || !strncmp(p, "UTC", 3);
	*offset = 0;
	if (found)
		p += *p == 'Z' ? 1 : 3;
	if (*p == '+' || *p == '-') {
		int sign = *p++ == '-' ? -1 : 1, digits = 0, n = 0;
		for (; digits < 4 && (isdigit((unsigned char)*p) || *p == ':'); p++) {
			if (*p == ':')
				continue;
			n = n * 10 + (*p - '0');
			digits++;
		}
		int minutes = digits > 2 ? n / 100 * 60 + n % 100 : n * 60;
		*offset = (int64_t)sign * minutes * 60;
		found = true;
	}
	if (found)
		*s = p;
	return found;
}

static int read_digits(const char **s, int count)
{
	int n = 0;
	for (int i = 0; i < count; i++) {
		if (!isdigit((unsigned char)(*s)[i]))
			return -1;
		n = n * 10 + ((*s)[i] - '0');
	}
	*s += count;
	return n;
}

/* ":mm[:ss[.fff]]" after the hour. */
static bool read_clock(const char **s, struct tm *tm, int *milli)
{
	tm->tm_hour = read_digits(s, 2);
	if (tm->tm_hour < 0 || tm->tm_hour > 24 || *(*s)++ != ':')
		return false;
	tm->tm_min = read_digits(s, 2);
	if (tm->tm_min < 0 || tm->tm_min > 59)
		return false;
	if (**s != ':')
		return true;
	(*s)++;
	tm->tm_sec = read_digits(s, 2);
	if (tm->tm_sec < 0 || tm->tm_sec > 59)
		return false;
	if (**s != '.')
		return true;
	int scale = 100;
	for ((*s)++; isdigit((unsigned char)**s); (*s)++, scale /= 10)
		*milli += (**s - '0') * scale;
	return true;
}

static bool read_day(const char **s, struct tm *tm)
{
	tm->tm_year = read_digits(s, 4) - 1900;
	if (tm->tm_year < -1900)
		return false;
	if (**s != '-')
		return true;
	(*s)++;
	tm->tm_mon = read_digits(s, 2) - 1;
	if (tm->tm_mon < 0 || tm->tm_mon > 11)
		return false;
	if (**s != '-')
		return true;
	(*s)++;
	tm->tm_mday = read_digits(s, 2);
	return tm->tm_mday >= 1 && tm->tm_mday <= 31;
}

static bool iso_date(const char *s, int64_t *ms)
{
	struct tm tm = {.tm_mday = 1, .tm_isdst = -1};
	int milli = 0;
	bool utc = true;
	int64_t offset = 0;
	if (!read_day(&s, &tm))
		return false;
	if (*s == 'T' || *s == ' ') {
		s++;
		if (!read_clock(&s, &tm, &milli))
			return false;
		utc = read_zone(&s, &offset);
	}
	if (s[strspn(s, " ")])
		return false;
	*ms = ((int64_t)(utc ? timegm(&tm) : mktime(&tm)) - offset) * 1000 + milli;
	return true;
}

bool js_date(const char *text, int64_t *ms)
{
	static const char *const forms[] = {
		"%a, %d %b %Y %T", "%a %b %d %Y %T", "%d %b %Y %T", "%b %d, %Y %T", "%b %d %Y %T", "%Y/%m/%d %T",
		"%m/%d/%Y %T",	   "%a, %d %b %Y",   "%a %b %d %Y", "%d %b %Y",	    "%b %d, %Y",   "%b %d %Y",
		"%Y/%m/%d",	   "%m/%d/%Y",
	};
	if (iso_date(text, ms))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct tm tm = {.tm_mday = 1, .tm_isdst = -1};
		int64_t offset;
		const char *rest = strptime(text, forms[i], &tm);
		if (!rest)
			continue;
		bool zone = read_zone(&rest, &offset);
		if (rest[strspn(rest, " ")] && rest[strspn(rest, " ")] != '(')
			continue;
		tm.tm_isdst = -1;
		*ms = ((int64_t)(zone ? timegm(&tm) : mktime(&tm)) - offset) * 1000;
		return true;
	}
	return false;
}
