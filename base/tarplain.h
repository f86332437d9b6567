/* SPDX-License-Identifier: MIT
 *
 * The tar archives of almost every package: from the first header to the end mark nothing but files and folders with short
 * ASCII names in POSIX ustar headers, all whole. What is in them is plain to see and is read in place; base/archive.h
 * gives whatever is otherwise in the least to libarchive, which says the same of these.
 */
#pragma once

#include "base/archive.h"
#include "base/base.h"
#include "base/str.h"

#define TARPLAIN_NAME 257		/* a prefix, a slash, a name and the NUL */

/* 1: the next piece, until the next call; each but the last is so many times 512 bytes. 0: no more. -1: err says why. */
typedef int tarplain_more(void *ctx, struct str *piece, struct err *err);

struct tarplain {
	tarplain_more *more;		/* NULL: rest is all there is */
	void *ctx;
	struct str rest;		/* of the piece at hand */
	uint64_t left, offset;		/* of this entry's contents: to come, and given out */
	size_t pad;			/* behind them */
	bool begun;			/* there was an entry */
	char name[TARPLAIN_NAME];
};

enum { TARPLAIN_END = 0, TARPLAIN_ENTRY = 1, TARPLAIN_ODD = 2 };

/* ODD: what follows is not plain, or cut short; nothing more can be read of it here. -1: as more() said. The name is the reader's
 * own and stays until the next call. */
int tarplain_next(struct tarplain *t, struct tar_entry *e, struct err *err) MUST_USE;
/* As tar_data(). */
int tarplain_data(struct tarplain *t, struct tar_block *b, struct err *err) MUST_USE;
