/* SPDX-License-Identifier: MIT */
#include "base/tarwrite.h"

#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#define BLOCK 512
#define NAME_MAX_LEN 100

static void put_octal(char *at, size_t width, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%0*llo", (int)width - 1, (unsigned long long)value);
	memcpy(at, text, width);
}

static void add_header(struct buf *out, const char *name, char type, const struct tarwrite_file *f, size_t size)
{
	char h[BLOCK] = {0};
	unsigned sum = 0;

	memcpy(h, name, strnlen(name, NAME_MAX_LEN));
	put_octal(h + 100, 8, f->mode);
	put_octal(h + 108, 8, 0);
	put_octal(h + 116, 8, 0);
	put_octal(h + 124, 12, size);
	put_octal(h + 136, 12, (uint64_t)(f->mtime > 0 ? f->mtime : 0));
	memset(h + 148, ' ', 8);
	h[156] = type;
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	put_octal(h + 148, 7, sum);
	buf_add(out, h, BLOCK);
}

static void pad(struct buf *out, size_t size)
{
	buf_repeat(out, '\0', (BLOCK - size % BLOCK) % BLOCK);
}

/* A pax record counts its own length, digits included. */
static void add_long_name(struct buf *out, const struct tarwrite_file *f)
{
	size_t rest = strlen(f->path) + strlen(" path=\n"), len = rest + 1;
	char digits[32];

	while ((size_t)snprintf(digits, sizeof(digits), "%zu", len) + rest != len)
		len++;
	add_header(out, "PaxHeader", 'x', f, len);
	buf_printf(out, "%s path=%s\n", digits, f->path);
	pad(out, len);
}

void tarwrite_add(struct buf *out, const struct tarwrite_file *f)
{
	if (strlen(f->path) > NAME_MAX_LEN)
		add_long_name(out, f);
	add_header(out, f->path, '0', f, f->data.len);
	buf_addstr(out, f->data);
	pad(out, f->data.len);
}

void tarwrite_end(struct buf *out)
{
	buf_repeat(out, '\0', (size_t)2 * BLOCK);
}
