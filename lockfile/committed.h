/* SPDX-License-Identifier: MIT
 *
 * What package-lock.json was made of, and its text: the hidden lockfile holds the same entries but for those of packages that
 * were left out since, so it is that text without them. Where anything else is another, it is made anew.
 */
#pragma once

#include "base/base.h"
#include "base/json.h"
#include "base/str.h"
#include "lockfile/style.h"
#include "resolver/tree.h"

struct arena;
struct lockfile;
struct manifest;
struct node;
struct tree;

/* What an entry was made of and may have changed since. */
struct committed_node {
	struct node *node;
	const char *location;
	const struct manifest *manifest;
	const char *integrity, *resolved;
	struct node_flags flags;
	bool in_bundle;
};

struct committed_node committed_node_now(const char *location, struct node *n);
/* Is it the same package still, in the same place? */
bool committed_is_same(const struct committed_node *was, const struct committed_node *now);

struct committed {
	const struct tree *tree;
	struct committed_node *nodes;	/* in the tree's order */
	size_t count;
	struct json_marks marks;	/* where the entries begin in the text; no object: they were not noted */
	struct str text;		/* ptr NULL: was not kept */
	struct style style;
};

struct committed *committed_make(struct arena *a, const struct tree *t);
/* One more entry was made, with room for as many as the tree had nodes. */
void committed_add(struct committed *c, const char *location, struct node *n);
/* Does an entry tell these flags, and no others? */
bool commit_has_flags(const struct json *entry, const struct node_flags *f);
/* Where the entry of a node goes; NULL when it has none, and for the root. */
const char *commit_location(struct arena *a, const struct lockfile *lf, struct tree *t, struct node *n);
