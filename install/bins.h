/* SPDX-License-Identifier: MIT
 *
 * Bin links, with npm's rules: node_modules/.bin/<name> (or <prefix>/bin/<name> for a package at the global top) is a
 * relative symlink to the file the package names. The manifest has made names and targets safe; one that is not (a name
 * is one path component, a target stays in its package) is passed over here all the same. A target that is missing is skipped silently. Within one struct
 * bins the first package to claim a name keeps it: link in npm's order (depth, then path). The file linked to is
 * made executable, and a `#!` line that ends in CRLF is rewritten; a file that has other hard links (the store's) is
 * replaced by a copy first.
 */
#pragma once

#include "base/base.h"
#include "base/map.h"

struct arena;
struct bin_list;
struct err;
struct json;
struct vec;

struct bins {
	struct arena *arena;
	struct map seen;	/* links made or claimed in this run */
	uint32_t mode;		/* 0777 without the umask */
	bool force;
};

struct bins_package {
	const char *path;		/* …/node_modules/<name>, absolute */
	const struct bin_list *bin;	/* of its manifest */
	const struct json *man;		/* its "man" field, for bins_paths; may be NULL */
	bool elsewhere;			/* its files are not to be seen from here, nor to be touched */
	bool kept;			/* its files are not to be touched: others share them */
	bool top;			/* no package of a node_modules: its bins are not linked, unless global */
	bool global;			/* at the top of the global prefix: <prefix>/lib/node_modules */
};

/* Once per run, before any thread: asks for the umask. */
void bins_init(struct bins *b, struct arena *a, bool force);
int bins_link(struct bins *b, const struct bins_package *p, struct err *err) MUST_USE;
/* EEXIST when a global bin would replace something that is not the package's own; nothing is changed. */
int bins_check(struct bins *b, const struct bins_package *p, struct err *err) MUST_USE;
/* Where the package's bins are or would be (const char *), for taking them away again. Adds npm's old man paths too. */
void bins_paths(struct arena *a, const struct bins_package *p, struct vec *out);
/* What is done to the file of a package (dir) that a bin leads to: executable (mode: struct bins), and with a first line the
 * system understands. On any thread. */
int bins_make_runnable(struct arena *a, uint32_t mode, const char *dir, const char *file, struct err *err) MUST_USE;
/* Takes away the links of bins_paths that point into the package. */
int bins_unlink(struct arena *a, const struct bins_package *p, struct err *err) MUST_USE;
/* The node_modules directory that holds the package at path: its parent, or above its scope. */
const char *bins_node_modules(struct arena *a, const char *path);
