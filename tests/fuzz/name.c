/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "resolver/collate.h"
#include "resolver/name.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	const char *name = arena_strndup(&a, (const char *)data, size);
	const char *half = arena_strndup(&a, (const char *)data, size / 2);
	int order = collate_compare(name, half);

	if (name_validate(&a, name).valid_old != name_is_valid(name))
		abort();
	if (collate_compare(half, name) != -order || collate_compare(name, name) != 0)
		abort();
	arena_release(&a);
	return 0;
}
