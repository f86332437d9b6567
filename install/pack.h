/* SPDX-License-Identifier: MIT
 *
 * A folder as npm's tarball: the files of install/packlist.h, in that order, with npm's modes and its one time, so that
 * the same folder gives the same bytes as under npm. A package.json that has patchedDependencies goes without them.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"
#include "install/packlist.h"

struct arena;
struct buf;
struct err;
struct json;
struct vec;

/* A file that looks like something nobody should get to see. */
struct pack_suspect {
	const char *path;
	const char *why;	/* "a private key" */
};

struct pack_options {
	struct packlist_options list;
	const struct json *pkg;		/* normalised: what it lists as bins becomes executable; may be NULL */
	struct vec *suspects;		/* struct pack_suspect * are added; NULL: nobody wants to know */
};

/* The archive, not compressed, is added to out. ETOOBIG when it does not fit. */
int pack_tar(struct arena *a, const struct pack_options *o, struct buf *out, struct err *err) MUST_USE;

/* Why this file should not be in a package, or NULL: by its name (.env, id_rsa) or by what it holds (keys, tokens). */
const char *pack_suspicion(const char *path, struct str data);
