/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include "base/arena.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* Which second bytes a first one may have, and how many bytes there are in all. */
static const struct lead {
	uint8_t from, to, low, high, length;
} leads[] = {
	{0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
	{0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static const struct lead *lead_of(uint8_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(leads); i++)
		if (c >= leads[i].from && c <= leads[i].to)
			return &leads[i];
	return NULL;
}

size_t utf8_next(struct str s, size_t *bad)
{
	const uint8_t *p = (const uint8_t *)s.ptr;
	const struct lead *lead;

	*bad = 1;
	if (p[0] < 0x80)
		return 1;
	lead = lead_of(p[0]);
	if (!lead || s.len < 2 || p[1] < lead->low || p[1] > lead->high)
		return 0;
	for (*bad = 2; *bad < lead->length; ++*bad)
		if (*bad >= s.len || (p[*bad] & 0xc0) != 0x80)
			return 0;
	return lead->length;
}

static size_t count_mistakes(struct str s)
{
	size_t n = 0, bad;

	while (s.len) {
		size_t good = utf8_next(s, &bad);

		n += !good;
		s = str_skip(s, good ? good : bad);
	}
	return n;
}

struct str utf8_clean(struct arena *a, struct str bytes)
{
	size_t mistakes = count_mistakes(bytes), len = 0, bad;
	char *out;

	if (!mistakes)
		return bytes;
	out = arena_alloc(a, bytes.len + mistakes * strlen(REPLACEMENT) + 1);
	while (bytes.len) {
		size_t good = utf8_next(bytes, &bad);

		memcpy(out + len, good ? bytes.ptr : REPLACEMENT, good ? good : strlen(REPLACEMENT));
		len += good ? good : strlen(REPLACEMENT);
		bytes = str_skip(bytes, good ? good : bad);
	}
	return (struct str){out, len};
}
