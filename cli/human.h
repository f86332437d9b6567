/* SPDX-License-Identifier: MIT
 *
 * Sizes and times as npm words them.
 */
#pragma once

#include "base/base.h"

struct arena;

/* "12 B", "1.2 kB", "3.4 MB", "5.6 GB"; without the blank when spaced is false. */
const char *human_bytes(struct arena *a, double bytes, bool spaced);
/* "just now", "3 days ago", "a month from now"; both in milliseconds since 1970. */
const char *human_date(struct arena *a, int64_t ms, int64_t now_ms);
