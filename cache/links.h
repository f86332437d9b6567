/* SPDX-License-Identifier: MIT
 *
 * Directories that projects share under install-strategy=linked with global-store: a package with links to what it depends
 * on, each in a directory of its own, named by resolver/isolated.h's digest of all that decides what is in it.
 *
 *	<cache>/_lode/v1/links/<name>/
 *		node_modules/a			the package: hard links of the store's files
 *		node_modules/b			-> ../../<name of b's>/node_modules/b
 *		node_modules/.bin/…		bins of all of them
 *		index				of the store's package (a hard link)
 *		record				what it is, and its links
 *	<cache>/_lode/v1/linked/<name>		-> a project that uses some
 *
 * They are made under tmp/ and renamed, and never changed afterwards. links_prune() takes away what no project that is
 * still there leads to. Whoever uses them holds a shared lock until its project leads to them, who prunes an exclusive one.
 */
#pragma once

#include "base/base.h"

struct arena;
struct cache;
struct err;
struct store_package;
struct vec;

struct links;

/* Writes down that the project (a real path) uses them, and keeps others from pruning. NULL: the cache cannot be written,
 * err says why; the project has to do without. Without a project it is only for looking. */
struct links *links_open(struct arena *a, struct cache *c, const char *project, struct err *err);
void links_close(struct links *l);	/* NULL is fine */
/* Where one is, or would be. */
const char *links_path(struct arena *a, const struct links *l, const char *name);
/* The umask that their files were made under. */
uint32_t links_umask(const struct links *l);
bool links_has(const struct links *l, const char *name);

struct links_link {
	const char *name;		/* what the link is called */
	const char *to, *package;	/* the other's directory, and what its package is called there */
};

/* One to be made. */
struct links_want {
	struct links *links;
	const char *name;		/* of the directory */
	const char *package, *version;
	const struct links_link *to;
	size_t n_to;
	const char *const *changed;	/* files of the package that are rewritten (bins), relative to it */
	size_t n_changed;
	const char *made;		/* where links_begin() made it */
};

/* Makes all but the bins in a place that nobody knows. On any thread. The results are those of store_link(). */
int links_begin(struct arena *a, struct links_want *w, const struct store_package *p, struct err *err) MUST_USE;
/* Puts it in place; another that was quicker is as good. */
int links_end(struct arena *a, struct links_want *w, const struct store_package *p, struct err *err) MUST_USE;
/* Takes away what was made instead. */
void links_forget(const struct links_want *w);

/* ---- links_care.c: looking after them ---- */

struct links_report {
	uint64_t kept, removed;		/* directories */
	uint64_t projects, gone;	/* that use some; that are not there any more, or use none */
	uint64_t freed;			/* bytes that nothing else leads to */
};

/* Takes away what no project uses; waits until nobody is at work on a project that does. */
int links_prune(struct arena *a, struct cache *c, struct links_report *out, struct err *err) MUST_USE;

struct links_item {
	const char *name, *path;
	const char *id;			/* name@version; "" where that cannot be read */
};

/* All there are, by id (struct links_item). */
int links_list(struct arena *a, struct cache *c, struct vec *items, struct err *err) MUST_USE;
/* Is it as it was made: the package's files, the links? */
bool links_sound(struct arena *a, const struct links_item *item);
/* Where they are. */
const char *links_dir(struct arena *a, const struct cache *c);
