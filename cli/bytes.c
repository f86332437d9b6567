/* SPDX-License-Identifier: MIT */
#include "cli/bytes.h"

#include "base/arena.h"

/* One digit; a tie goes up, as JavaScript's toFixed. Of ties only a quarter would go down. */
static const char *fixed(struct arena *a, uint64_t bytes, double unit, const char *rest)
{
	double n = (double)bytes / unit;

	if (n - (double)(uint64_t)n == 0.25)
		n += 0.05;
	return arena_printf(a, "%.1f%s", n, rest);
}

const char *bytes_text(struct arena *a, uint64_t bytes, const char *between)
{
	if (bytes < 1000)
		return arena_printf(a, "%llu%sB", (unsigned long long)bytes, between);
	if (bytes < 999950)
		return fixed(a, bytes, 1e3, arena_printf(a, "%skB", between));
	if (bytes < 999950000)
		return fixed(a, bytes, 1e6, arena_printf(a, "%sMB", between));
	return fixed(a, bytes, 1e9, arena_printf(a, "%sGB", between));
}
