/* SPDX-License-Identifier: MIT */
#include "base/inflate.h"

#include "base/buf.h"
#include "base/err.h"

#include <libdeflate.h>

/* Fixed header and trailer of a member. */
#define GZIP_MIN 18
/* Below this the ratio says nothing: a block of zeros is a legal file. */
#define RATIO_FLOOR ((size_t)1 << 20)

bool inflate_is_gzip(struct str data)
{
	return data.len >= 2 && (uint8_t)data.ptr[0] == 0x1f && (uint8_t)data.ptr[1] == 0x8b;
}

/* What the last four bytes claim; right for the usual file of one member, a first guess for any other. */
static size_t claimed_size(struct str data)
{
	const uint8_t *p = (const uint8_t *)data.ptr + data.len - 4;

	return (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
}

size_t inflate_claim(struct str data)
{
	return inflate_is_gzip(data) && data.len >= GZIP_MIN ? claimed_size(data) : 0;
}

/* The most that is allowed to come out of these bytes. */
static size_t allowed_size(struct str data, const struct buf *out)
{
	size_t room = out->max - out->len, by_ratio = data.len > SIZE_MAX / INFLATE_MAX_RATIO ? SIZE_MAX : data.len * INFLATE_MAX_RATIO;

	if (by_ratio < RATIO_FLOOR)
		by_ratio = RATIO_FLOOR;
	return room < by_ratio ? room : by_ratio;
}

static int too_big(struct str data, const struct buf *out, struct err *err)
{
	if (allowed_size(data, out) < out->max - out->len)
		return err_set(err, ERR_ETARABORT, "max decompression ratio exceeded: more than %d", INFLATE_MAX_RATIO);
	return err_set(err, ERR_ETOOBIG, "more than %zu bytes come out of it", out->max);
}

/* One member at the start of data, behind what out holds; *used is how much of data it was. */
static int inflate_member(struct libdeflate_decompressor *d, struct str data, struct buf *out, size_t *used, struct err *err)
{
	size_t limit = allowed_size(data, out), room = claimed_size(data), made = 0;

	if (room > limit || room < data.len)
		room = limit < data.len * 4 ? limit : data.len * 4;
	for (;;) {
		char *to = buf_reserve(out, room ? room : 1);
		enum libdeflate_result r;

		if (!to)
			return too_big(data, out, err);
		r = libdeflate_gzip_decompress_ex(d, data.ptr, data.len, to, room, used, &made);
		if (r == LIBDEFLATE_SUCCESS) {
			buf_extend(out, made);
			return 0;
		}
		if (r != LIBDEFLATE_INSUFFICIENT_SPACE)
			return err_set(err, ERR_ETARABORT, "zlib: the compressed data is damaged or cut short");
		if (room == limit)
			return too_big(data, out, err);
		room = room > limit / 4 ? limit : room * 4;
	}
}

int inflate_gzip(struct str data, struct buf *out, struct err *err)
{
	struct libdeflate_decompressor *d;
	int ret = 0;

	if (!inflate_is_gzip(data) || data.len < GZIP_MIN)
		return err_set(err, ERR_ETARABORT, "zlib: unexpected end of file");
	d = libdeflate_alloc_decompressor();
	if (!d)
		base_out_of_memory();
	while (ret == 0 && inflate_is_gzip(data)) {
		size_t used = 0;

		if (data.len < GZIP_MIN)
			ret = err_set(err, ERR_ETARABORT, "zlib: unexpected end of file");
		else
			ret = inflate_member(d, data, out, &used, err);
		data = str_skip(data, used);
	}
	libdeflate_free_decompressor(d);
	return ret;
}
