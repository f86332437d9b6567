/* SPDX-License-Identifier: MIT
 *
 * What `git ls-remote` lists, and which of it a person means: branches, tags, pull requests, commits, semver
 * ranges over tags. Pure.
 */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "base/vec.h"

struct arena;
struct err;

struct gitref {
	const char *name;	/* "refs/tags/v1.2.3" */
	const char *sha;	/* of the commit; a tag's own object is peeled */
};

struct gitrefs {
	struct arena *arena;
	struct vec all;		/* struct gitref, in the order of the list */
	struct map by_name;	/* whole and short names to struct gitref; a tag hides a branch of its name */
	struct map versions;	/* "1.2.3" to struct gitref */
};

void gitrefs_init(struct gitrefs *r, struct arena *a);
/* One line of the list, "name^{}" too: those come after what they peel. Texts are copied. */
void gitrefs_add(struct gitrefs *r, const char *name, const char *sha);
/* A short or whole name, or a commit some ref names; NULL or "": HEAD. NULL when there is none. */
const struct gitref *gitrefs_find(const struct gitrefs *r, const char *committish);
/* The best version in a range: what is tagged at HEAD (or on a branch `latest`) before the highest. NULL: none, *version untouched. */
const struct gitref *gitrefs_pick(const struct gitrefs *r, const char *range, const char **version);
bool gitrefs_is_sha(const char *text);	/* 40 or 64 hexadecimal digits */
