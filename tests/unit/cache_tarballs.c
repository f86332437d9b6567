/* SPDX-License-Identifier: MIT */
#include "tests/unit/cache_tarballs.h"

#include <string.h>

#define BLOCK 512

static void put_octal(char *to, unsigned digits, size_t value)
{
	while (digits--) {
		to[digits] = (char)('0' + value % 8);
		value /= 8;
	}
}

/* A field of a hundred bytes. */
static void put_text(char *to, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	memcpy(to, text ? text : "", len < 100 ? len : 100);
}

static void put_header(struct buf *out, const struct tar_part *p, size_t size)
{
	char h[BLOCK] = {0};
	unsigned sum = 0;

	put_text(h, p->name);
	put_octal(h + 100, 7, p->mode ? p->mode : 0644);
	put_octal(h + 108, 7, 0);
	put_octal(h + 116, 7, 0);
	put_octal(h + 124, 11, size);
	put_octal(h + 136, 11, 0);
	memset(h + 148, ' ', 8);
	h[156] = p->type ? p->type : '0';
	put_text(h + 157, p->link);
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	put_octal(h + 148, 6, sum);
	h[154] = '\0';
	buf_add(out, h, BLOCK);
}

void tar_put(struct buf *out, const struct tar_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t size = parts[i].data ? strlen(parts[i].data) : 0;

		put_header(out, &parts[i], size);
		buf_add(out, parts[i].data, size);
		buf_repeat(out, '\0', (BLOCK - size % BLOCK) % BLOCK);
	}
}

void tar_finish(struct buf *out)
{
	buf_repeat(out, '\0', (size_t)2 * BLOCK);
}

static uint32_t crc_of(struct str data)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < data.len; i++) {
		crc ^= (uint8_t)data.ptr[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

void tar_gzip(struct buf *out, struct str data)
{
	static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03";
	uint32_t crc = crc_of(data), size = (uint32_t)data.len;
	bool last;

	buf_add(out, head, sizeof(head) - 1);
	do {
		uint16_t n = data.len > 60000 ? 60000 : (uint16_t)data.len, not_n = (uint16_t)~n;

		last = n == data.len;
		buf_addc(out, last);
		buf_add(out, &n, 2);
		buf_add(out, &not_n, 2);
		buf_add(out, data.ptr, n);
		data = str_skip(data, n);
	} while (!last);
	buf_add(out, &crc, 4);
	buf_add(out, &size, 4);
}
