/* SPDX-License-Identifier: MIT
 *
 * What an install leaves in writing: package.json with what was added or removed, package-lock.json, the hidden lockfile.
 */
#pragma once

#include "base/base.h"
#include "base/buf.h"
#include "base/fs.h"

struct arena;
struct err;
struct ideal;
struct install_options;
struct project;
struct tree;

struct save {
	struct arena *arena;
	const struct install_options *options;
	struct project *project;
	struct tree *ideal;
	struct tree *laid;		/* what was made of it on disk: ideal itself, but with install-strategy=linked */
	const struct ideal *resolved;	/* what was added; NULL: nothing could be */
	bool updates;			/* names were to be updated: then the lockfile is written even without save */
	bool hidden_is_valid;		/* nothing changed in node_modules since the hidden lockfile was written */
	bool patches_dropped;		/* the root has fewer patches than its package.json */
	struct fs_stat lock, hidden;	/* the lockfiles, once written; kind FS_NONE: they were so already */
	struct buf text;		/* of package-lock.json: the hidden one is made of it */
};

/* package.json (of the project or the chosen workspaces), then the lockfile; each only when it changes, each atomically. */
int save_project(struct save *s, struct err *err) MUST_USE;
/* yarn 1's yarn.lock where there was one, as npm does: from the tree as it is installed, and whatever is saved besides, so
 * with ci too. */
int save_yarn(struct save *s, struct err *err) MUST_USE;
/* node_modules/.package-lock.json; it must be the last thing written in node_modules. */
int save_hidden(struct save *s, struct err *err) MUST_USE;
/* When all is written. */
void save_close(struct save *s);
