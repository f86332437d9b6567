/* SPDX-License-Identifier: MIT
 *
 * Inflating whole gzip files in memory. This is the one header behind which libdeflate is.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct buf;
struct err;

/* As npm's tar: more than this much out of one byte is no package but a bomb. Deflate itself ends near 1032. */
#define INFLATE_MAX_RATIO 1000

bool inflate_is_gzip(struct str data);
/* How much comes out of a gzip file of one member, going by what it says of itself; nothing to rely on. 0: no gzip. */
size_t inflate_claim(struct str data);
/*
 * Adds what all members of a gzip file hold to out, whose maximum bounds it. What comes after the last member is
 * passed over unless it begins like another one, as zlib's and Node's unzip do.
 * Errors: TAR_ABORT (damaged, cut short, a bomb), ETOOBIG. Safe on any thread.
 */
int inflate_gzip(struct str data, struct buf *out, struct err *err) MUST_USE;
