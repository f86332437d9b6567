/* SPDX-License-Identifier: MIT
 *
 * Tar archives for tests, put together by hand so that they can be wrong.
 */
#pragma once

#include "base/buf.h"
#include "base/str.h"

struct tar_part {
	const char *name;
	const char *data;	/* NULL: empty */
	char type;		/* as in the archive: '0' file, '5' directory, '2' symbolic link… 0 is '0' */
	unsigned mode;		/* 0 is 0644 */
	const char *link;
};

/* Adds the parts and, unless cut, the end of the archive. */
void tar_put(struct buf *out, const struct tar_part *parts, size_t n);
void tar_finish(struct buf *out);
/* Compressed without being made smaller. */
void tar_gzip(struct buf *out, struct str data);
