/* SPDX-License-Identifier: MIT
 *
 * When to try again: npm's schedule for answers that say "later", and a quick, more patient one for
 * connections that broke, which cost nothing to make again. Pure: the caller brings the clock and the dice.
 */
#pragma once

#include "base/base.h"

struct retry_policy {
	int retries;		/* attempts after the first */
	double factor;
	int64_t min_ms, max_ms;
};

/* Why an attempt failed. */
enum retry_cause {
	RETRY_NEVER,
	RETRY_LATER,	/* 408, 420, 429, 5xx, refused, timed out: npm's schedule */
	RETRY_BROKEN,	/* reset, cut short: at once and more often, then npm's schedule */
	RETRY_LOOKUP,	/* the name was not found: twice, quickly */
	RETRY_CHECK,	/* the answer was complete and made no sense: twice, quickly */
};

#define RETRY_CAUSES (RETRY_CHECK + 1)
/* A server asking for more patience than this is not waited for any longer. */
#define RETRY_AFTER_MAX_MS 120000

/*
 * How long to wait before the next attempt, or -1 to give up. made[cause] counts the retries made so far for each
 * cause, after_ms is what Retry-After asks (-1: nothing), dice a number from 0 up to 1 for the jitter.
 */
int64_t retry_delay(const struct retry_policy *p, const int made[RETRY_CAUSES], enum retry_cause cause, int64_t after_ms,
		    double dice);
/* Is it a status that npm asks again after? */
bool retry_status(int status);
/* Retry-After: seconds or an HTTP date; -1 when it is neither. now_s is the wall clock. */
int64_t retry_after_ms(const char *value, int64_t now_s);
