/* SPDX-License-Identifier: MIT
 *
 * Writing a tar archive into memory, byte for byte as npm's own packer does: ustar headers without owners, long names
 * split over name and prefix, a pax header (path, linkpath, mtime, size) where a field does not hold what it should or a
 * name is not plain ASCII. The same input always gives the same bytes.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct buf;

struct tarwrite_file {
	const char *path;	/* as it will be in the archive: package/lib/x.js */
	const char *link;	/* an earlier path of the archive that has the same bytes: a hard link; NULL: a file */
	struct str data;	/* of a file */
	uint32_t mode;		/* permission bits, written as they are */
	int64_t mtime;		/* seconds since the epoch */
};

void tarwrite_add(struct buf *out, const struct tarwrite_file *f);
void tarwrite_end(struct buf *out);
