/* SPDX-License-Identifier: MIT
 *
 * package.json: any text is read or refused, and edges can be made from what was read.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "lockfile/style.h"
#include "resolver/manifest.h"
#include "resolver/pkgjson.h"
#include "resolver/tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned steps[] = {PKGJSON_REGISTRY, PKGJSON_PREPARE, PKGJSON_FIX};
	struct str text = {(const char *)data, size};
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct manifest *m = manifest_parse(&a, text, "package.json", &err);

	if (!m && err.code == ERR_OK)
		abort();
	(void)style_detect(&a, text);
	if (m) {
		struct tree *t = tree_make(&a);

		for (size_t i = 0; json_is(m->raw, JSON_OBJECT) && i < ARRAY_LEN(steps); i++)
			(void)!pkgjson_normalize(&a, json_copy(&a, m->raw), steps[i], &err);
		t->root = node_make(t, &(struct node_options){.path = "/p", .manifest = m, .load_overrides = true});
	}
	arena_release(&a);
	return 0;
}
