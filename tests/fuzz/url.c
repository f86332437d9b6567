/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "base/str.h"
#include "base/url.h"

#include <stdlib.h>

/* A URL's normal form is the normal form of itself, and its parts can be asked for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct url base, u, again;
	struct str text = {(const char *)data, size}, rest;
	struct str first = str_cut(text, '\n', &rest);
	bool based = rest.ptr && url_parse(&a, rest, NULL, &base);
	if (url_parse(&a, first, based ? &base : NULL, &u)) {
		const char *href = url_href(&a, &u);
		if (!url_parse(&a, str_from(href), NULL, &again) || !streq(url_href(&a, &again), href))
			abort();
		url_origin(&a, &u);
		url_decode_component(&a, u.pathname);
	}
	arena_release(&a);
	return 0;
}
