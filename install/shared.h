/* SPDX-License-Identifier: MIT
 *
 * global-store: under install-strategy=linked, node_modules/.store/<key> is a link to a directory of lode's cache
 * (cache/links.h) that all projects share whose package leads to the same. What may differ from project to project, though
 * it has the same names, stays the project's own: packages whose install scripts are allowed, patched ones, what comes
 * from elsewhere than a registry with a sha512, and all that depends on such a package.
 *
 * Nobody writes into a shared directory once it is there: who builds, moves or removes something asks shared_holds().
 */
#pragma once

#include "base/base.h"
#include "install/reify.h"

struct arena;
struct confine_grants;
struct err;
struct links;
struct map;
struct node;
struct reify;
struct shared_want;
struct store_package;

/* Is the path below a folder of the store in node_modules that is a link: in a package that projects share? */
bool shared_holds(struct arena *a, const char *path);

/* The other way round, for who reads a tree from disk: directories in lode's cache to the folders of the project's store
 * (node_modules/.store/<key>) that lead there. */
void shared_ways(struct arena *a, const char *root, struct map *out);
/* A real path in such a directory as one in the project; any other as it is. */
const char *shared_way(struct arena *a, const struct map *ways, const char *real);

/* What a script of the package in dir (a real path) is granted, where the project shares packages: it may read those, and write
 * to none of them, whatever a link leads to. */
const struct confine_grants *shared_grants(struct arena *a, const struct confine_grants *g, const char *dir);

/* Which packages of r->laid are shared; r->links. Where the cache cannot be written it is none, which is told. */
void shared_plan(struct reify *r);
/* Where a shared package's directory is; NULL: not there yet. */
const char *shared_there(struct reify *r, const struct node *n);
/* Is it there, and does the project lead to it? */
bool shared_stands(struct reify *r, const struct node *n);

/* What a worker needs to make one. */
struct shared_want *shared_want(struct reify *r, const struct node *n);
/* On a worker; an enum store_result. */
int shared_make(struct arena *a, struct shared_want *w, const struct store_package *p, struct err *err) MUST_USE;
/* One could not be made. False: nothing but that package is to blame. Else it is none of the cache's (full, say): what is not there
 * yet is going to be the project's own, which is told. */
bool shared_give_up(struct reify *r, const struct err *why);
/* Some shared package was left out after all (optional, and failed), or could not be made: it, if there is one, and what depends
 * on it becomes the project's own, and is to be staged. False: nothing of that kind. */
bool shared_settle(struct reify *r);
/* Before the first: no link leads out of the project's store. */
int shared_prepare(struct reify *r, struct err *err) MUST_USE;
/* The link in the project's store. Undoable. */
int shared_put(struct reify *r, const struct node *n, struct err *err) MUST_USE;
