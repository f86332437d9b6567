/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "resolver/ssri.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct str text = {(const char *)data, size};
	struct ssri *s, *again;

	for (unsigned flags = 0; flags <= SSRI_STRICT; flags++) {
		s = ssri_parse(&a, text, flags);
		again = ssri_parse(&a, str_from(ssri_format(&a, s, NULL, flags)), flags);
		if (!ssri_is_empty(again) && !ssri_match(s, again))
			abort();
		ssri_hex(&a, s);
	}
	arena_release(&a);
	return 0;
}
