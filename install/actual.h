/* SPDX-License-Identifier: MIT
 *
 * What is on disk, as a tree: from the hidden lockfile where it is newer than everything it lists, else by
 * reading node_modules folders, their links and each package.json. Nodes that nothing needs are extraneous.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct lockfile;
struct project;
struct tree;

struct actual_options {
	bool force_disk;	/* do not look at the hidden lockfile */
	bool ignore_missing;	/* do not look for missing packages above the project */
};

/* A broken package.json of a package is in its node's errors; one of the project is the root's error. */
struct tree *actual_load(struct arena *a, const struct project *p, const struct actual_options *o,
			 struct err *err) MUST_USE;
/* The same by the hidden lockfile only; NULL when that does not tell. Touches nothing but a, and reads the project. */
struct tree *actual_load_hidden(struct arena *a, const struct project *p) MUST_USE;
/* The hidden lockfile when it is valid, else NULL (also when there is none). */
struct lockfile *hidden_lockfile_read(struct arena *a, const char *path);
