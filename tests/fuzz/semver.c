/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "resolver/semver.h"

#include <stdlib.h>

/* What was read can be written and read again, and is then the same. */
static void check_round_trip(struct arena *a, struct str text, unsigned flags)
{
	struct semver v, again;
	struct semver_bump bump = {"prerelease", "beta", SEMVER_BASE_0, flags};

	if (!semver_parse(&v, text, flags))
		return;
	if (!semver_parse(&again, str_from(semver_format(a, &v)), SEMVER_LOOSE) || semver_compare(&v, &again))
		abort();
	if (semver_diff(&v, &again) || !semver_inc(a, &v, &bump))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct str text = {(const char *)data, size};
	struct semver v;

	check_round_trip(&a, text, 0);
	check_round_trip(&a, text, SEMVER_LOOSE);
	for (unsigned flags = 0; flags < 8; flags++)
		if (semver_coerce(&a, &v, text, flags))
			semver_format(&a, &v);
	arena_release(&a);
	return 0;
}
