/* SPDX-License-Identifier: MIT
 *
 * What is left behind while packages are put in place, so that an install that was killed is gone on with: the new packages
 * whose scripts and bins are due, and where every package of the tree comes from (a lockfile in the hidden one's form; without
 * it a project that has no lockfile yet would lose what is known of packages that are in place already).
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct lockfile;
struct reify;
struct vec;

#define DUE_FILE ".lode-due"
#define DUE_TREE_FILE ".lode-tree"
#define DUE_NAME "node_modules/" DUE_FILE
#define DUE_TREE_NAME "node_modules/" DUE_TREE_FILE

/* Writes both, with what an earlier run left due. Nothing new and nothing left: no files. */
int due_write(struct reify *r, struct err *err) MUST_USE;
/* Adds to r->build what an earlier run left due and is still in the tree. */
void due_add(struct reify *r);
/* All is done, or undone: both go. */
int due_done(struct reify *r, struct err *err) MUST_USE;
/*
 * A rebuild of these nodes in the project at path begins: an install after its death goes on with it. before is what an earlier
 * run left due, and is due again when the rebuild is over, however it ended.
 */
int due_rebuild(struct arena *a, const char *path, const struct vec *nodes, struct str *before, struct err *err) MUST_USE;
int due_rebuilt(struct arena *a, const char *path, struct str before, struct err *err) MUST_USE;
/* What an interrupted install knew of the project at path; NULL when there was none. */
struct lockfile *due_tree(struct arena *a, const char *path);
