/* SPDX-License-Identifier: MIT
 *
 * Reading tar archives that are in memory. This is the one header behind which libarchive is; it only ever reads, and only
 * what is not as plain as base/tarplain.h wants it.
 *
 *	struct tar *t = tar_open(bytes);
 *	while ((got = tar_next(t, &entry, err)) > 0)
 *		while ((more = tar_data(t, &block, err)) > 0)
 *			write block.data at block.offset
 *	tar_close(t);
 *
 * Names are UTF-8 whatever the locale; nothing global is changed, so any thread may read its own archive.
 * Names are as they are in the archive: hostile. cache/extract.h knows what to do about them.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct err;
struct tar;

enum tar_kind { TAR_FILE, TAR_DIR, TAR_LINK, TAR_OTHER };

struct tar_entry {
	const char *path;	/* until the next entry; never NULL */
	enum tar_kind kind;	/* hard and symbolic links are TAR_LINK; devices, sparse files and the like TAR_OTHER */
	uint32_t mode;		/* permission bits, with setuid, setgid and sticky as they come */
	uint64_t size;
};

struct tar_block {
	struct str data;	/* until the next call */
	uint64_t offset;
};

/* Plain tar, tar in gzip, or in zstd, which npm's tar knows by its first bytes too. Never in memory as a whole, inflated; never NULL.
 * The bytes are borrowed. */
struct tar *tar_open(struct str bytes);
/* The same with libarchive from the beginning: for tests, which see that it makes no difference. */
struct tar *tar_open_slow(struct str bytes);
/* 1: *e is the next entry. 0: the end, and all that was compressed is sound. -1: TAR_BAD_ARCHIVE, TAR_ABORT or ETOOBIG. A header that is
 * damaged is passed over, as npm's tar does. */
int tar_next(struct tar *t, struct tar_entry *e, struct err *err) MUST_USE;
/* 1: a piece of the entry's contents. 0: no more. -1: the archive is cut short. */
int tar_data(struct tar *t, struct tar_block *b, struct err *err) MUST_USE;
void tar_close(struct tar *t);		/* NULL is fine */
