/* SPDX-License-Identifier: MIT */
#include "base/jstext.h"

#include <string.h>

static bool is_space(uint32_t c)
{
	if (c < 0x80)
		return c == ' ' || (c >= '\t' && c <= '\r');
	return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000 || c == 0xfeff;
}

/* How many bytes a sequence beginning so should have; 1 for what begins none. */
static size_t sequence_length(unsigned char c)
{
	if (c >= 0xf0 && c < 0xf8)
		return 4;
	if (c >= 0xe0 && c < 0xf0)
		return 3;
	return c >= 0xc2 && c < 0xe0 ? 2 : 1;
}

uint32_t jstext_code_point(struct str s, size_t *size)
{
	static const uint8_t first_bits[] = {0, 0, 0x1f, 0x0f, 0x07};
	unsigned char first = (unsigned char)s.ptr[0];
	size_t n = sequence_length(first);
	uint32_t c = first;

	*size = 1;
	if (n == 1 || n > s.len)
		return c;
	c &= first_bits[n];
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s.ptr[i] & 0xc0) != 0x80)
			return first;
		c = c << 6 | ((unsigned char)s.ptr[i] & 0x3f);
	}
	*size = n;
	return c;
}

size_t jstext_space(struct str s)
{
	size_t size;
	uint32_t c;

	if (!s.len)
		return 0;
	c = jstext_code_point(s, &size);
	/* a lone byte beyond ASCII is part of some other character */
	return is_space(c) && (c < 0x80 || size > 1) ? size : 0;
}

/* Bytes of the white space character at the end of s. */
static size_t space_before_end(struct str s)
{
	for (size_t n = 1; n <= 3 && n <= s.len; n++)
		if (jstext_space(str_skip(s, s.len - n)) == n)
			return n;
	return 0;
}

struct str jstext_trim(struct str s)
{
	size_t n;

	while ((n = jstext_space(s)))
		s = str_skip(s, n);
	while ((n = space_before_end(s)))
		s.len -= n;
	return s;
}

size_t jstext_length(struct str s)
{
	size_t units = 0, size;

	for (; s.len; s = str_skip(s, size))
		units += jstext_code_point(s, &size) > 0xffff ? 2 : 1;
	return units;
}

/* Alphabets whose capitals and small letters alternate, from the first code point given. */
static bool alternates(uint32_t c, uint32_t *lower)
{
	static const struct {
		uint32_t from, to;
	} even[] = {{0x100, 0x12f}, {0x132, 0x137}, {0x14a, 0x177}, {0x1e00, 0x1e95}, {0x1ea0, 0x1eff}, {0x370, 0x373},
		    {0x3d8, 0x3ef}, {0x460, 0x481}, {0x48a, 0x4bf}, {0x4d0, 0x52f}},
	  odd[] = {{0x139, 0x148}, {0x179, 0x17e}, {0x4c1, 0x4ce}};

	for (size_t i = 0; i < ARRAY_LEN(even); i++) {
		if (c >= even[i].from && c <= even[i].to) {
			*lower = c | 1;
			return true;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		if (c >= odd[i].from && c <= odd[i].to) {
			*lower = c + (c & 1);
			return true;
		}
	}
	return false;
}

uint32_t jstext_lower(uint32_t c)
{
	/* capitals at a fixed distance from their small letters */
	static const struct {
		uint32_t from, to, distance;
	} blocks[] = {{'A', 'Z', 32}, {0xc0, 0xd6, 32}, {0xd8, 0xde, 32}, {0x391, 0x3a1, 32}, {0x3a3, 0x3ab, 32},
		      {0x400, 0x40f, 80}, {0x410, 0x42f, 32}, {0x531, 0x556, 48}, {0x2160, 0x216f, 16},
		      {0x24b6, 0x24cf, 26}, {0xff21, 0xff3a, 32}, {0x10400, 0x10427, 40}};
	uint32_t lower;

	for (size_t i = 0; i < ARRAY_LEN(blocks); i++)
		if (c >= blocks[i].from && c <= blocks[i].to)
			return c + blocks[i].distance;
	if (c == 0x130)
		return 'i';
	if (c == 0x178)
		return 0xff;
	return alternates(c, &lower) ? lower : c;
}
