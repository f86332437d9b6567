/* SPDX-License-Identifier: MIT */
#include "registry/retry.h"

#include "base/str.h"

#include <time.h>

#define QUICK_MS 100
#define QUICK_TRIES 5
#define LOOKUP_TRIES 2
#define CHECK_TRIES 2

/* Not pow(), for which libm would be loaded at every start. */
static double power(double base, int n)
{
	double out = 1;

	while (n-- > 0)
		out *= base;
	return out;
}

static int64_t quick_delay(int made, double dice)
{
	/* Full jitter: a broken HTTP/2 connection sets a hundred requests free in the same moment. */
	return (int64_t)((double)QUICK_MS * power(2, made) * (0.5 + dice));
}

static int64_t scheduled_delay(const struct retry_policy *p, int made, double dice)
{
	double ms = (double)(p->min_ms > 0 ? p->min_ms : 1) * power(p->factor, made);
	double max = (double)p->max_ms;

	if (ms > max)
		ms = max;
	/* A tenth of spread keeps the schedule npm's and its users apart. */
	return (int64_t)(ms * (0.9 + 0.2 * dice));
}

static int quick_tries(enum retry_cause cause)
{
	switch (cause) {
	case RETRY_BROKEN:
		return QUICK_TRIES;
	case RETRY_LOOKUP:
		return LOOKUP_TRIES;
	case RETRY_CHECK:
		return CHECK_TRIES;
	default:
		return 0;
	}
}

int64_t retry_delay(const struct retry_policy *p, const int made[RETRY_CAUSES], enum retry_cause cause, int64_t after_ms,
	double dice)
{
	int quick = quick_tries(cause), slow;
	int64_t ms;

	if (cause == RETRY_NEVER || p->retries <= 0)
		return -1;
	if (made[cause] < quick)
		return quick_delay(made[cause], dice);
	if (cause == RETRY_LOOKUP || cause == RETRY_CHECK)
		return -1;
	slow = made[RETRY_LATER];
	if (made[RETRY_BROKEN] > QUICK_TRIES)
		slow += made[RETRY_BROKEN] - QUICK_TRIES;
	if (slow >= p->retries || after_ms > RETRY_AFTER_MAX_MS)
		return -1;
	ms = scheduled_delay(p, slow, dice);
	return after_ms > ms ? after_ms : ms;
}

bool retry_status(int status)
{
	return status == 408 || status == 420 || status == 429 || status >= 500;
}

int64_t retry_after_ms(const char *value, int64_t now_s)
{
	struct tm tm = {0};
	uint64_t seconds;
	const char *end;
	int64_t at;

	if (!value)
		return -1;
	if (str_to_u64(str_trim(str_from(value)), &seconds))
		return seconds > INT64_MAX / 1000 ? INT64_MAX : (int64_t)seconds * 1000;
	end = strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	if (!end || *end)
		return -1;
	at = (int64_t)timegm(&tm);
	return at > now_s ? (at - now_s) * 1000 : 0;
}
