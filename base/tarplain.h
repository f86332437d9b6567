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

struct tarplain {
	struct str rest;		/* from the next header on */
	struct str data;		/* of this entry, until it is asked for */
	char name[TARPLAIN_NAME];
};

/* Is it all plain, to its end mark? Nothing else may be read with the calls below. */
bool tarplain_fits(struct str tar);
/* False: the end. The name is the reader's own and stays until the next call. */
bool tarplain_next(struct tarplain *t, struct tar_entry *e);
