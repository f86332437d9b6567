/* SPDX-License-Identifier: MIT
 *
 * Two changes of the same files brought together, as git merges two branches: lines that only one side changed are taken, renamed
 * files are followed, and where both changed the same lines a file has both, between git's markers.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;

struct gitmerge {
	const char *base, *ours, *theirs;	/* folders; .git in them does not count */
	const char *work;			/* a folder that is there and empty, for what git needs; the caller's to remove */
	const char *dest;			/* where the result goes; made when it is not there */
};

/* *conflicted: both changed the same lines somewhere. EGIT, EGENERIC with errno's reason. */
int gitmerge_folders(struct arena *a, const struct gitmerge *m, bool *conflicted, struct err *err) MUST_USE;
