/* SPDX-License-Identifier: MIT
 *
 * yarn.lock of yarn 1: any text is read, as far as it can be; what was read can be asked, by every word in it.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "base/err.h"
#include "lockfile/yarn.h"
#include "resolver/spec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct str text = {(const char *)data, size};
	struct yarn *y = yarn_parse(&a, text, "/p", "https://registry.example.test/");

	yarn_is_berry(text);
	for (struct map_entry *i = map_first(&y->entries); i; i = map_next(&y->entries, i)) {
		struct err ignored = ERR_INIT;
		const struct spec *spec = spec_parse(&a, i->key, "/p", &ignored);
		const struct yarn_choice *choice = spec ? yarn_choose(y, spec) : NULL;

		if (choice && !choice->spec)
			abort();
	}
	arena_release(&a);
	return 0;
}
