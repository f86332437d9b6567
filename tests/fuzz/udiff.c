/* SPDX-License-Identifier: MIT
 *
 * Diffs: any text is read or refused, and what was read applies or not. The input's two halves as texts: the diff from one to the
 * other leads there.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/udiff.h"

#include <stdlib.h>

#define TEXT_MAX ((size_t)1 << 24)

static void apply(struct arena *a, struct str diff, struct str source)
{
	struct err err = ERR_INIT;
	struct vec files;

	if (udiff_parse(a, diff, &files, &err) < 0) {
		if (err.code == ERR_OK)
			abort();
		return;
	}
	for (size_t i = 0; i < files.count; i++) {
		struct buf out = BUF_INIT(TEXT_MAX);

		(void)!udiff_apply(a, source, files.items[i], &out);
		buf_release(&out);
	}
}

/* A text without carriage returns; they may be added to a diff to suit the other text. */
static bool is_plain(struct str text)
{
	return str_find(text, '\r') < 0;
}

static void there_and_back(struct arena *a, struct str old, struct str new)
{
	struct buf diff = BUF_INIT(TEXT_MAX), out = BUF_INIT(TEXT_MAX);
	struct err err = ERR_INIT;
	struct vec files;

	buf_adds(&diff, "--- a/f\n+++ b/f\n");
	udiff_make(a, old, new, &diff);
	if (udiff_parse(a, buf_str(&diff), &files, &err) < 0 || files.count != 1)
		abort();
	if (is_plain(old) && is_plain(new) && (!udiff_apply(a, old, files.items[0], &out) || !str_eq(buf_str(&out), new)))
		abort();
	buf_release(&diff);
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct arena a = ARENA_INIT;

	apply(&a, text, text);
	apply(&a, str_skip(text, size / 2), str_first(text, size / 2));
	if (size < 2048)
		there_and_back(&a, str_first(text, size / 2), str_skip(text, size / 2));
	arena_release(&a);
	return 0;
}
