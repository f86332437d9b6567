/* SPDX-License-Identifier: MIT */
#include "base/inflate.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/library.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>

/* Fixed header and trailer of a member. */
#define GZIP_HEAD 10
#define GZIP_MIN 18
#define METHOD_AT 2
#define METHOD 8
#define FLAGS_AT 3
enum { FLAG_SUM = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAGS_UNKNOWN = 0xe0 };
/* Below this the ratio says nothing: a block of zeros is a legal file. */
#define RATIO_FLOOR ((size_t)1 << 20)

static struct {
	__typeof__(&isal_inflate_init) init;
	__typeof__(&isal_inflate) inflate;
} isal;
static const char *const names[] = {"isal_inflate_init", "isal_inflate"};
static struct library libisal = LIBRARY(LODE_ISAL_SONAME, names, isal);

struct inflate {
	struct inflate_state state;	/* of the member at hand */
	struct str data;
	struct str rest;		/* what follows the members that are over */
	size_t made, max;
	bool inside;			/* a member */
	bool over;
	uint8_t piece[INFLATE_PIECE];
};

bool inflate_is_gzip(struct str data)
{
	return data.len >= 2 && (uint8_t)data.ptr[0] == 0x1f && (uint8_t)data.ptr[1] == 0x8b;
}

/* What the last four bytes claim; right for the usual file of one member, a first guess for any other. */
static size_t claimed_size(struct str data)
{
	const uint8_t *p = (const uint8_t *)data.ptr + data.len - 4;

	return data.len < GZIP_MIN ? 0 : (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
}

static size_t max_by_ratio(struct str data)
{
	size_t most = data.len > SIZE_MAX / INFLATE_MAX_RATIO ? SIZE_MAX : data.len * INFLATE_MAX_RATIO;

	return most < RATIO_FLOOR ? RATIO_FLOOR : most;
}

static struct inflate *open_bounded(struct str data, size_t max)
{
	struct inflate *z = malloc(sizeof(*z));

	if (!z)
		base_out_of_memory();
	z->data = z->rest = data;
	z->made = 0;
	z->max = max < INFLATE_MAX ? max : INFLATE_MAX;
	z->inside = z->over = false;
	return z;
}

struct inflate *inflate_open(struct str data)
{
	return open_bounded(data, INFLATE_MAX);
}

void inflate_close(struct inflate *z)
{
	free(z);
}

static int damaged(struct err *err)
{
	return err_set(err, ERR_ETARABORT, "zlib: the compressed data is damaged or cut short");
}

static int check_size(const struct inflate *z, struct err *err)
{
	if (z->made > max_by_ratio(z->data))
		return err_set(err, ERR_ETARABORT, "max decompression ratio exceeded: more than %d", INFLATE_MAX_RATIO);
	if (z->made > z->max)
		return err_set(err, ERR_ETOOBIG, "more than %zu bytes come out of it", z->max);
	return 0;
}

/* Behind a NUL-terminated text; SIZE_MAX: there is none. */
static size_t after_text(struct str data, size_t at)
{
	const char *nul = at < data.len ? memchr(data.ptr + at, '\0', data.len - at) : NULL;

	return nul ? (size_t)(nul - data.ptr) + 1 : SIZE_MAX;
}

/* How long a member's header is; 0: it is none. ISA-L could read it, but not without looking at memory nobody wrote. */
static size_t header_size(struct str data)
{
	const uint8_t *p = (const uint8_t *)data.ptr;
	unsigned flags = p[FLAGS_AT];
	size_t at = GZIP_HEAD;

	if (p[METHOD_AT] != METHOD || flags & FLAGS_UNKNOWN)
		return 0;
	if (flags & FLAG_EXTRA)
		at += 2 + (size_t)p[GZIP_HEAD] + ((size_t)p[GZIP_HEAD + 1] << 8);
	if (flags & FLAG_NAME)
		at = after_text(data, at);
	if (flags & FLAG_COMMENT)
		at = after_text(data, at);
	if (flags & FLAG_SUM && at < data.len)
		at += 2;
	return at < data.len ? at : 0;
}

/* At the end of a member, or at the very beginning. */
static int begin_member(struct inflate *z, struct err *err)
{
	bool first = z->rest.ptr == z->data.ptr;
	size_t head;

	if (!first && !inflate_is_gzip(z->rest)) {
		z->over = true;
		return 0;
	}
	if (!inflate_is_gzip(z->rest) || z->rest.len < GZIP_MIN)
		return err_set(err, ERR_ETARABORT, "zlib: unexpected end of file");
	head = header_size(z->rest);
	if (!head)
		return damaged(err);
	if (library_need(&libisal, err) < 0)
		return -1;
	z->rest = str_skip(z->rest, head);
	isal.init(&z->state);
	z->state.crc_flag = ISAL_GZIP_NO_HDR_VER;
	z->state.next_in = (uint8_t *)(uintptr_t)z->rest.ptr;
	z->state.avail_in = (uint32_t)(z->rest.len < UINT32_MAX ? z->rest.len : UINT32_MAX);
	z->inside = true;
	return 0;
}

/* As much of the member as there is room for; *made grows by it. */
static int inflate_some(struct inflate *z, uint8_t *to, size_t room, size_t *made, struct err *err)
{
	struct inflate_state *s = &z->state;
	uint32_t offered = (uint32_t)(room < INFLATE_MAX ? room : INFLATE_MAX), had = s->avail_in;

	s->next_out = to;
	s->avail_out = offered;
	if (isal.inflate(s) < 0)
		return damaged(err);
	*made += offered - s->avail_out;
	z->made += offered - s->avail_out;
	if (s->block_state == ISAL_BLOCK_FINISH) {
		z->rest = str_skip(z->rest, (size_t)((const char *)s->next_in - z->rest.ptr));
		z->inside = false;
	} else if (s->avail_out == offered && s->avail_in == had) {
		return damaged(err);
	}
	return check_size(z, err);
}

/* Until there is no more room, or nothing more to come. */
static int fill(struct inflate *z, char *to, size_t room, size_t *made, struct err *err)
{
	int ret = 0;

	*made = 0;
	while (ret == 0 && !z->over && *made < room)
		ret = z->inside ? inflate_some(z, (uint8_t *)to + *made, room - *made, made, err) : begin_member(z, err);
	return ret;
}

int inflate_next(struct inflate *z, struct str *piece, struct err *err)
{
	size_t made;

	if (fill(z, (char *)z->piece, sizeof(z->piece), &made, err) < 0)
		return -1;
	*piece = (struct str){(const char *)z->piece, made};
	return made > 0;
}

/* One byte more than is expected shows that it is the end. */
static size_t first_room(const struct inflate *z)
{
	size_t claim = claimed_size(z->data);

	return claim < max_by_ratio(z->data) ? claim + 1 : INFLATE_PIECE;
}

static int inflate_all(struct inflate *z, struct buf *out, struct err *err)
{
	size_t want = first_room(z), made;
	char none;

	while (!z->over) {
		size_t left = out->max - out->len, room = want < left ? want : left;
		char *to = room ? buf_reserve(out, room) : &none;

		/* What does not fit is found out by the first byte too many. */
		if (fill(z, to, room ? room : 1, &made, err) < 0)
			return -1;
		if (room)
			buf_extend(out, made);
		want = out->len + INFLATE_PIECE;
	}
	return 0;
}

int inflate_gzip(struct str data, struct buf *out, struct err *err)
{
	struct inflate *z = open_bounded(data, out->max - out->len);
	int ret = inflate_all(z, out, err);

	inflate_close(z);
	return ret;
}
