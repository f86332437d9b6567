/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jsonscan.h"

#include <stdlib.h>
#include <string.h>

static unsigned walk(struct jscan *s, unsigned depth)
{
	struct str key;
	unsigned n = 0;

	if (depth < 20 && jscan_enter(s, '{'))
		while (jscan_member(s, &key))
			n += walk(s, depth + 1);
	else if (depth < 20 && jscan_enter(s, '['))
		while (jscan_item(s))
			n += walk(s, depth + 1);
	else if (jscan_peek(s) == JSCAN_STRING)
		n += jscan_text(s) != NULL;
	else
		jscan_skip(s);
	return n;
}

/* Both parsers give the same value; only half a surrogate pair is taken by one alone. */
static void compare(struct arena *a, struct str text)
{
	struct err err = ERR_INIT;
	struct json *one = json_parse(a, text, "it", &err), *other = json_parse_fast(a, text, "it", &err);
	struct buf x = BUF_INIT(1 << 20), y = BUF_INIT(1 << 20);

	if (one && !other)
		abort();
	if (one) {
		json_format(&x, one, NULL);
		json_format(&y, other, NULL);
		if (!str_eq(buf_str(&x), buf_str(&y)))
			abort();
	}
	buf_release(&x);
	buf_release(&y);
}

/* Walking into a text and skipping over it agree, and what the parser of values takes is taken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	/* A copy of its own, so that reading behind the end is seen. */
	char *copy = malloc(size ? size : 1);
	struct str text = {copy, size};
	struct err err = ERR_INIT;
	struct jscan s;
	bool valid;

	if (!copy)
		abort();
	memcpy(copy, data, size);
	valid = jscan_valid(text);
	jscan_init(&s, text, &a);
	walk(&s, 0);
	if (jscan_end(&s) != valid)
		abort();
	if (json_parse_fast(&a, text, "it", &err) && !valid && !memchr(copy, '\0', size))
		abort();
	compare(&a, text);
	free(copy);
	arena_release(&a);
	return 0;
}
