/* SPDX-License-Identifier: MIT
 *
 * Time: a monotonic clock for durations and limits, and the wall clock for what is written down.
 */
#pragma once

#include "base/base.h"

int64_t clock_now_ms(void);		/* monotonic, since some point in the past */
int64_t clock_now_ns(void);
/* As the kernel gives it to files that are changed now: it stands still for some milliseconds, then jumps. */
int64_t clock_file_ns(void);
int64_t clock_wall_ms(void);		/* since 1970, as JavaScript's Date.now() */
void clock_sleep_ms(int64_t ms);	/* at least that long, signals or not */
/* As Date.prototype.toISOString: "2026-01-31T23:59:59.999Z". out holds 25 bytes. */
void clock_iso(int64_t wall_ms, char out[25]);
