/* SPDX-License-Identifier: MIT */
#include "base/isodate.h"

struct reader {
	struct str rest;
	bool failed;
};

static unsigned digits(struct reader *r, size_t n)
{
	unsigned v = 0;

	for (size_t i = 0; i < n; i++) {
		if (i >= r->rest.len || r->rest.ptr[i] < '0' || r->rest.ptr[i] > '9') {
			r->failed = true;
			return 0;
		}
		v = v * 10 + (unsigned)(r->rest.ptr[i] - '0');
	}
	r->rest = str_skip(r->rest, n);
	return v;
}

static bool take(struct reader *r, char c)
{
	if (!r->rest.len || r->rest.ptr[0] != c)
		return false;
	r->rest = str_skip(r->rest, 1);
	return true;
}

static void need(struct reader *r, char c)
{
	if (!take(r, c))
		r->failed = true;
}

/* Days from 1970-01-01 in the Gregorian calendar, years counted from March so that leap days come last. */
static int64_t days_of(int64_t year, unsigned month, unsigned day)
{
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int64_t)day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* A fraction of a second, as milliseconds; further digits do not count. */
static unsigned fraction(struct reader *r)
{
	unsigned ms = 0, n = 0;

	for (; r->rest.len && r->rest.ptr[0] >= '0' && r->rest.ptr[0] <= '9'; n++) {
		if (n < 3)
			ms = ms * 10 + (unsigned)(r->rest.ptr[0] - '0');
		r->rest = str_skip(r->rest, 1);
	}
	if (!n)
		r->failed = true;
	for (; n < 3; n++)
		ms *= 10;
	return ms;
}

static int64_t zone(struct reader *r)
{
	int64_t sign = 1, minutes;

	if (!r->rest.len || take(r, 'Z'))
		return 0;
	if (!take(r, '+')) {
		need(r, '-');
		sign = -1;
	}
	minutes = (int64_t)digits(r, 2) * 60;
	need(r, ':');
	return sign * (minutes + digits(r, 2)) * 60000;
}

static int64_t time_of_day(struct reader *r)
{
	unsigned hour, minute, second = 0, ms = 0;

	hour = digits(r, 2);
	need(r, ':');
	minute = digits(r, 2);
	if (take(r, ':')) {
		second = digits(r, 2);
		if (take(r, '.'))
			ms = fraction(r);
	}
	if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && (minute || second || ms)))
		r->failed = true;
	return ((int64_t)hour * 3600 + minute * 60 + second) * 1000 + ms - zone(r);
}

int64_t isodate_parse(struct str text)
{
	struct reader r = {.rest = text};
	unsigned year, month, day;
	int64_t ms;

	year = digits(&r, 4);
	need(&r, '-');
	month = digits(&r, 2);
	need(&r, '-');
	day = digits(&r, 2);
	if (r.failed || month < 1 || month > 12 || day < 1 || day > 31)
		return ISODATE_NONE;
	ms = days_of(year, month, day) * 86400000;
	if (take(&r, 'T'))
		ms += time_of_day(&r);
	return r.failed || r.rest.len ? ISODATE_NONE : ms;
}
