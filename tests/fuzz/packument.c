/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "resolver/packument.h"

#include <stdlib.h>
#include <string.h>

/* Looks at all there is; whatever the bytes, nothing outside the block is read. */
static void look(const struct packument *p)
{
	struct arena a = ARENA_INIT;

	for (uint32_t i = 0; i < p->n_versions && i < 1000; i++) {
		struct packument_version v = packument_at(p, i);
		struct err err = ERR_INIT;

		packument_find(p, v.version);
		if (packument_manifest(&a, p, i, &err) == NULL && !err.code)
			abort();
	}
	for (uint32_t i = 0; i < p->n_tags && i < 1000; i++)
		packument_tag(p, packument_tag_name(p, i));
	packument_intact(p);
	arena_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct packument_meta meta = {.url = "http://localhost/x", .max_age = -1};
	struct buf out = BUF_INIT(PACKUMENT_MAX);
	struct err err = ERR_INIT;
	struct packument p;

	if (packument_open(&p, data, size))
		look(&p);
	if (packument_index(&out, (struct str){(const char *)data, size}, &meta, "it", &err) == 0) {
		if (!packument_open(&p, out.ptr, out.len) || !packument_intact(&p))
			abort();
		look(&p);
		/* One byte changed, where the input says. */
		out.ptr[size * 7 % out.len] ^= 0x41;
		if (packument_open(&p, out.ptr, out.len))
			look(&p);
	}
	buf_release(&out);
	return 0;
}
