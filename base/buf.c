/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "base/arena.h"
#include "base/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From this size on memory comes in pages of its own. */
#define EXPECT_FROM ((size_t)4 << 20)

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf)BUF_INIT(max);
}

void buf_release(struct buf *b)
{
	free(b->ptr);
	buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->ptr)
		b->ptr[0] = '\0';
}

char *buf_reserve(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 256;
	char *p;

	if (b->failed || n > b->max || b->len > b->max - n) {
		b->failed = true;
		return NULL;
	}
	if (b->len + n + 1 <= b->cap)
		return b->ptr + b->len;
	while (cap < b->len + n + 1)
		cap *= 2;
	p = realloc(b->ptr, cap);
	if (!p)
		base_out_of_memory();
	if (cap >= EXPECT_FROM)
		os_expect_writes(p, cap);
	b->ptr = p;
	b->cap = cap;
	return p + b->len;
}

void buf_extend(struct buf *b, size_t n)
{
	b->len += n;
	b->ptr[b->len] = '\0';
}

void buf_cut(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->ptr[len] = '\0';
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	char *to = buf_reserve(b, n);

	if (!to)
		return;
	if (n)
		memcpy(to, p, n);
	buf_extend(b, n);
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addstr(struct buf *b, struct str s)
{
	buf_add(b, s.ptr, s.len);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	char *to;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	to = n < 0 ? NULL : buf_reserve(b, (size_t)n);
	if (to) {
		vsnprintf(to, (size_t)n + 1, fmt, again);
		buf_extend(b, (size_t)n);
	}
	va_end(again);
}

void buf_repeat(struct buf *b, char c, size_t n)
{
	char *to = buf_reserve(b, n);

	if (!to)
		return;
	memset(to, c, n);
	buf_extend(b, n);
}

const char *buf_text(const struct buf *b)
{
	return b->ptr ? b->ptr : "";
}

struct str buf_str(const struct buf *b)
{
	return (struct str){buf_text(b), b->len};
}

const char *buf_dup(struct arena *a, const struct buf *b)
{
	return arena_strndup(a, buf_text(b), b->len);
}
