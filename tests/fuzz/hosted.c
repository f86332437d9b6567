/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "resolver/hosted.h"

#include <stddef.h>

/* Whatever is read can be written in every form. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct hosted *h = hosted_parse(&a, arena_strndup(&a, (const char *)data, size));
	struct hosted_options opts = {.path = "/package.json", .fragment = "A b"};
	for (int form = 0; h && form < HOSTED_FORMS; form++)
		hosted_format(&a, h, (enum hosted_form)form, form % 2 ? &opts : NULL);
	if (h)
		hosted_text(&a, h, NULL);
	arena_release(&a);
	return 0;
}
