/* SPDX-License-Identifier: MIT */
#include "base/tarplain.h"

#include "base/err.h"

#include <string.h>

#define BLOCK 512

/* Where things are in a ustar header. */
#define NAME_LEN 100
#define MODE_AT 100
#define MODE_LEN 8
#define SIZE_AT 124
#define SIZE_LEN 12
#define SUM_AT 148
#define SUM_LEN 8
#define TYPE_AT 156
#define LINK_AT 157
#define MAGIC_AT 257
#define PREFIX_AT 345
#define PREFIX_LEN 155

static const char magic[8] = {'u', 's', 't', 'a', 'r', '\0', '0', '0'};
static const char zeros[BLOCK];

/* Octal digits, then only spaces and NULs. At most twelve digits, so it always fits. */
static bool number(const char *p, size_t len, uint64_t *out)
{
	size_t i = 0;

	*out = 0;
	for (; i < len && p[i] >= '0' && p[i] <= '7'; i++)
		*out = *out << 3 | (uint64_t)(p[i] - '0');
	if (!i)
		return false;
	for (; i < len; i++)
		if (p[i] != ' ' && p[i] != '\0')
			return false;
	return true;
}

/* Of all bytes, those of the sum itself taken as spaces. */
static uint64_t sum_of(const char *h)
{
	uint32_t sum = SUM_LEN * ' ';

	for (size_t i = 0; i < BLOCK; i++)
		sum += (uint8_t)h[i];
	for (size_t i = 0; i < SUM_LEN; i++)
		sum -= (uint8_t)h[SUM_AT + i];
	return sum;
}

static bool is_ascii(const char *p, size_t len)
{
	uint8_t bits = 0;

	for (size_t i = 0; i < len; i++)
		bits |= (uint8_t)p[i];
	return bits < 0x80;
}

/* A header that is plain; *size is how much comes behind it. */
static bool is_plain(const char *h, uint64_t *size)
{
	uint64_t mode, sum;
	size_t len = strnlen(h, NAME_LEN);
	char type = h[TYPE_AT];

	if (!len || h[LINK_AT] || memcmp(h + MAGIC_AT, magic, sizeof(magic)) != 0)
		return false;
	if (!number(h + MODE_AT, MODE_LEN, &mode) || !number(h + SIZE_AT, SIZE_LEN, size) ||
	    !number(h + SUM_AT, SUM_LEN, &sum) || sum != sum_of(h))
		return false;
	if (!is_ascii(h, NAME_LEN) || !is_ascii(h + PREFIX_AT, PREFIX_LEN))
		return false;
	/* A slash at its end makes a folder of what calls itself a file. */
	return type == '0' ? h[len - 1] != '/' : type == '5' && *size == 0;
}

static bool is_end(struct str rest)
{
	return memcmp(rest.ptr, zeros, BLOCK) == 0;
}

/* 1: there is something in rest. */
static int need(struct tarplain *t, struct err *err)
{
	if (t->rest.len)
		return 1;
	return t->more ? t->more(t->ctx, &t->rest, err) : 0;
}

/* What nobody asked for, and the padding. 0: there is not so much. */
static int pass_over(struct tarplain *t, struct err *err)
{
	uint64_t left = t->left + t->pad;
	int got = 1;

	while (left && (got = need(t, err)) > 0) {
		size_t n = left < t->rest.len ? (size_t)left : t->rest.len;

		t->rest = str_skip(t->rest, n);
		left -= n;
	}
	t->left = 0;
	t->pad = 0;
	return got;
}

static void join_name(char *out, const char *h)
{
	size_t len = strnlen(h + PREFIX_AT, PREFIX_LEN), more = strnlen(h, NAME_LEN);

	memcpy(out, h + PREFIX_AT, len);
	if (len && out[len - 1] != '/')
		out[len++] = '/';
	memcpy(out + len, h, more);
	out[len + more] = '\0';
}

int tarplain_next(struct tarplain *t, struct tar_entry *e, struct err *err)
{
	int got = pass_over(t, err);
	uint64_t mode;
	const char *h;

	if (got > 0)
		got = need(t, err);
	if (got <= 0)
		return got < 0 ? -1 : TARPLAIN_ODD;
	h = t->rest.ptr;
	if (t->rest.len < BLOCK)
		return TARPLAIN_ODD;
	if (is_end(t->rest))
		return t->begun ? TARPLAIN_END : TARPLAIN_ODD;
	if (!is_plain(h, &e->size))
		return TARPLAIN_ODD;
	(void)number(h + MODE_AT, MODE_LEN, &mode);
	join_name(t->name, h);
	e->path = t->name;
	e->kind = h[TYPE_AT] == '5' ? TAR_DIR : TAR_FILE;
	e->mode = (uint32_t)mode & 07777;
	t->begun = true;
	t->left = e->size;
	t->offset = 0;
	t->pad = -(size_t)e->size & (BLOCK - 1);
	t->rest = str_skip(t->rest, BLOCK);
	return TARPLAIN_ENTRY;
}

int tarplain_data(struct tarplain *t, struct tar_block *b, struct err *err)
{
	bool over = !t->left;
	int got = over ? pass_over(t, err) : need(t, err);
	size_t n;

	if (!got)
		return err_set(err, ERR_ETARBAD, "Truncated tar archive");
	if (got < 0 || over)
		return got < 0 ? -1 : 0;
	n = t->left < t->rest.len ? (size_t)t->left : t->rest.len;
	*b = (struct tar_block){{t->rest.ptr, n}, t->offset};
	t->rest = str_skip(t->rest, n);
	t->left -= n;
	t->offset += n;
	return 1;
}
