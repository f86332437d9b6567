/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "resolver/range.h"
#include "runtime/pin.h"

#include <stdlib.h>

/* What is understood is a range, and means the same when it is read again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct str text = {(const char *)data, size};
	struct pin pin;

	if (pin_parse_file(&a, text, ".nvmrc", &pin, &err)) {
		if (err.code == ERR_OK)
			abort();
	} else if (!range_parse(&a, str_from(pin.range), 0)) {
		abort();
	} else if (!streq(pin_range(&a, str_from(pin.text)), pin.range)) {
		abort();
	}
	arena_release(&a);
	return 0;
}
