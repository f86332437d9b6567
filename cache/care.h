/* SPDX-License-Identifier: MIT
 *
 * Looking after the cache: what is in it, checking it, making room. Other lodes may use it meanwhile.
 */
#pragma once

#include "base/base.h"

struct arena;
struct cache;
struct err;
struct vec;

struct care_report {
	uint64_t tarballs, packages, files, packuments, entries;	/* found good */
	uint64_t runtimes;
	uint64_t links, bad_links;	/* directories that projects share (cache/links.h): good; damaged and dropped */
	uint64_t bytes;			/* of what is kept */
	uint64_t bad_tarballs, bad_packages, bad_packuments, bad_entries;	/* damaged and dropped */
	uint64_t dropped;		/* not used lately: prune */
	uint64_t leftovers;		/* removed from tmp/ */
	uint64_t freed;			/* bytes */
};

/* Reads everything, drops what is damaged and what a killed lode left. Each drop is told as a line of text (struct vec of const char *). */
int care_verify(struct arena *a, struct cache *c, struct care_report *out, struct vec *lines, struct err *err) MUST_USE;
/* Drops what was not used for so many days, and leftovers. */
int care_prune(struct arena *a, struct cache *c, unsigned days, struct care_report *out, struct err *err) MUST_USE;
/* Empties it: moved away first, so that nobody sees half of it. */
int care_clean(struct arena *a, struct cache *c, struct err *err) MUST_USE;

enum care_kind { CARE_PACKAGE, CARE_TARBALL, CARE_PACKUMENT, CARE_ENTRY };

struct care_item {
	enum care_kind kind;
	const char *name;		/* name@version, the URL or the key; "" for a tarball never unpacked */
	const char *integrity;		/* NULL for a packument */
	const char *path;
	uint64_t size;
	int64_t used_at;		/* wall clock, ms */
};

/* What is kept, sorted by kind and name: a vec of struct care_item. Damaged items are left out. */
int care_list(struct arena *a, struct cache *c, struct vec *items, struct err *err) MUST_USE;
/* Takes one of them away. */
void care_drop(struct cache *c, const struct care_item *item);
