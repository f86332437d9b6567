/* SPDX-License-Identifier: MIT */
#include "cli/human.h"

#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define WEEK (7 * DAY)
#define MONTH (30 * DAY)
#define YEAR (365 * DAY)

const char *human_bytes(struct arena *a, double bytes, bool spaced)
{
	const char *gap = spaced ? " " : "";
	if (bytes < 1000) {
		struct buf b = BUF_INIT(64);
		json_format_number(&b, bytes);
		const char *text = arena_printf(a, "%s%sB", buf_text(&b), gap);
		buf_release(&b);
		return text;
	}
	if (bytes < 999950)
		return arena_printf(a, "%.1f%skB", bytes / 1e3, gap);
	if (bytes < 999950000)
		return arena_printf(a, "%.1f%sMB", bytes / 1e6, gap);
	return arena_printf(a, "%.1f%sGB", bytes / 1e9, gap);
}

static int64_t seconds_between(int64_t a, int64_t b)
{
	return (llabs(a - b) + 500) / 1000;
}

/* Within a week it is days on the calendar that count, not hours. */
static int64_t begin_of_day(int64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;
	if (!localtime_r(&s, &tm))
		return ms;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm) * 1000;
}

/* Below `less` seconds these words do; %lld is the time in `unit` seconds. */
static const struct step {
	int64_t less, unit;
	const char *past, *future;
} steps[] = {
	{30, 1, "just now", "just now"},
	{MINUTE, 1, "%lld seconds ago", "%lld seconds from now"},
	{2 * MINUTE, 0, "a minute ago", "a minute from now"},
	{HOUR, MINUTE, "%lld minutes ago", "%lld minutes from now"},
	{2 * HOUR, 0, "an hour ago", "an hour from now"},
	{DAY, HOUR, "%lld hours ago", "%lld hours from now"},
	{2 * DAY, 0, "yesterday", "tomorrow"},
	{WEEK, DAY, "%lld days ago", "%lld days from now"},
	{2 * WEEK, 0, "a week ago", "a week from now"},
	{MONTH, WEEK, "%lld weeks ago", "%lld weeks from now"},
	{2 * MONTH, 0, "a month ago", "a month from now"},
	{YEAR, MONTH, "%lld months ago", "%lld months from now"},
	{2 * YEAR, 0, "a year ago", "a year from now"},
	{INT64_MAX, 0, "over a year ago", "over a year from now"},
};

/* A step's words: "%lld" in them is the number. */
static const char *say(struct arena *a, const char *words, int64_t n)
{
	if (words[0] != '%')
		return words;
	return arena_printf(a, "%lld%s", (long long)n, words + 4);
}

const char *human_date(struct arena *a, int64_t ms, int64_t now_ms)
{
	const struct step *s = steps;
	int64_t delta = seconds_between(now_ms, ms);
	if (delta > DAY && delta < WEEK) {
		ms = begin_of_day(ms);
		delta = seconds_between(now_ms, ms);
	}
	while (delta >= s->less)
		s++;
	return say(a, now_ms >= ms ? s->past : s->future, s->unit ? delta / s->unit : 0);
}
