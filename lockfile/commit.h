/* SPDX-License-Identifier: MIT
 *
 * A tree as a lockfile: npm's fields, order and layout to the byte.
 *
 * npm writes a lockfile in package.json's style, falling back on the lockfile's own; commit_style says which.
 */
#pragma once

#include "base/base.h"
#include "lockfile/style.h"

struct arena;
struct buf;
struct err;
struct json;
struct lockfile;
struct node;
struct tree;

struct commit_options {
	bool omit_registry_resolved;	/* omit-lockfile-registry-resolved */
	bool compact;			/* format-package-lock=false: all on one line */
};

/* lf's data anew from t (lf may be lockfile_none). v2 also gets `dependencies`; records of repairs raise it to v4. */
struct json *lockfile_commit(struct arena *a, struct lockfile *lf, struct tree *t, const struct commit_options *o);
/* The text of package-lock.json, after lockfile_commit of t. */
void lockfile_format(struct arena *a, struct buf *out, struct lockfile *lf, struct tree *t,
		     const struct commit_options *o);
/* The same where lockfile_commit was called just before. */
void lockfile_format_committed(struct arena *a, struct buf *out, const struct lockfile *lf, const struct commit_options *o);
/* Keeps that text, borrowed, which makes lockfile_format_hidden cheap. */
void lockfile_keep_text(const struct lockfile *lf, const struct buf *text);
/* The text of node_modules/.package-lock.json: v3, no root entry. lf is left as it was. */
void lockfile_format_hidden(struct arena *a, struct buf *out, const struct lockfile *lf, struct tree *t,
			    const struct commit_options *o);
/* The same of what install-strategy=linked laid (resolver/isolated.h): an entry for each package in the store, for the
 * folders around those, each link and each workspace. */
void lockfile_format_linked(struct arena *a, struct buf *out, const struct lockfile *lf, struct tree *t,
			    const struct commit_options *o);
/* The entry of one node, unsorted. path: the project's. */
struct json *commit_entry(struct arena *a, struct node *n, const char *path, const struct commit_options *o);
/* The style to write in: that of package.json, where there is one. Both may be NULL. */
struct style commit_style(const struct style *package_json, const struct style *lock);
