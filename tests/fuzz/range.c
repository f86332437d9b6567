/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "resolver/range.h"

#include <stdlib.h>
#include <string.h>

/* The lowest version that fits does fit, and normal text stays what it is. */
static void check_range(struct arena *a, struct str text, unsigned flags)
{
	struct range *r = range_parse(a, text, flags), *again;
	struct semver lowest;
	const char *normal;

	if (!r)
		return;
	normal = range_format(a, r);
	again = range_parse(a, str_from(normal), flags);
	/* loosely ">=00.0.0" is not yet everything, written normally it is */
	if (!(flags & SEMVER_LOOSE) && (!again || strcmp(range_format(a, again), normal) != 0))
		abort();
	if (range_min_version(a, r, &lowest) && (!range_test(r, &lowest) || range_outside(r, &lowest, '>')))
		abort();
	range_intersects(r, r);
	if (!range_subset(r, r))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct str text = {(const char *)data, size};

	for (unsigned flags = 0; flags < 4; flags++)
		check_range(&a, text, flags);
	arena_release(&a);
	return 0;
}
