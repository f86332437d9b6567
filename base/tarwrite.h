/* SPDX-License-Identifier: MIT
 *
 * Writing a tar archive into memory: files only, ustar with pax records for long names, the same input giving the same bytes.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct buf;

struct tarwrite_file {
	const char *path;	/* as it will be in the archive: package/lib/x.js */
	struct str data;
	uint32_t mode;		/* permission bits */
	int64_t mtime;		/* seconds since the epoch */
};

void tarwrite_add(struct buf *out, const struct tarwrite_file *f);
void tarwrite_end(struct buf *out);
