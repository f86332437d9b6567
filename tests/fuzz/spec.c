/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "base/err.h"
#include "resolver/spec.h"

#include <stdlib.h>

/* Text is a spec of a known type or an error that says why. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct spec *s = spec_parse(&a, arena_strndup(&a, (const char *)data, size), "/where", &err);
	if (s ? !s->raw || !s->raw_spec || !*spec_type_name(s->type) : !err.text[0])
		abort();
	if (s)
		spec_format(&a, s);
	arena_release(&a);
	return 0;
}
