/* SPDX-License-Identifier: MIT
 *
 * Inflating gzip files that are in memory, piece by piece or whole. This is the one header behind which ISA-L is: as fast as
 * what needs all of the output in memory, and pieces stay in the processor's cache.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct buf;
struct err;
struct inflate;

/* As npm's tar: more than this much out of one byte is no package but a bomb. Deflate itself ends near 1032. */
#define INFLATE_MAX_RATIO 1000
/* Every piece but the last is so long. */
#define INFLATE_PIECE ((size_t)256 << 10)
/* Nothing is inflated to more than this. */
#define INFLATE_MAX ((size_t)1 << 30)

bool inflate_is_gzip(struct str data);

/*
 * All members of a gzip file, one behind the other. What comes after the last one is passed over unless it begins like
 * another, as zlib's and Node's unzip do. The data is borrowed. Safe on any thread.
 */
struct inflate *inflate_open(struct str data);
/* 1: *piece is what comes next, until the next call. 0: the end, and all sums were right. -1: TAR_ABORT (damaged, cut short, a bomb),
 * ETOOBIG. */
int inflate_next(struct inflate *z, struct str *piece, struct err *err) MUST_USE;
void inflate_close(struct inflate *z);		/* NULL is fine */

/* Adds all of it to out, whose maximum bounds it. Errors as inflate_next(). */
int inflate_gzip(struct str data, struct buf *out, struct err *err) MUST_USE;
