/* SPDX-License-Identifier: MIT
 *
 * What `lode ls` shows of a tree: the walk (listing.c) and its three forms, a drawing, paths and JSON (listing_text.c).
 *
 * The tree is walked by breadth along its edges. A node is shown in full where it is met first and as "deduped"
 * everywhere else. An item is kept when it, or anything below it, is asked for.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct buf;
struct err;
struct json;
struct node;
struct tree;

struct listing_options {
	bool all, long_form, link, global;
	bool linked;			/* install-strategy=linked */
	int depth;			/* -1: not given */
	unsigned omit;			/* OMIT_* */
	char **args;			/* package specs */
	int n_args;
	const char *cwd;		/* what relative specs start at */
	const char *broken;		/* the project, when its package.json cannot be read; NULL */
	bool workspaces_off;		/* workspaces=false */
	bool with_root;			/* include-workspace-root */
	const struct vec *only;		/* struct node: the chosen workspaces; NULL for all */
};

/* What the edges that led to a place so far say of it. */
struct said {
	const char *required;		/* the last one's spec; NULL when not known */
	const char *invalid;		/* `"spec" from place` of each that is not satisfied; NULL */
	bool optional;			/* the last one may stay unmet */
};

/* One line of the listing. */
struct item {
	struct node *node;		/* NULL: nothing is there */
	struct item *parent;
	const char *name;
	const char *id;			/* name@version, or name@spec of what is missing */
	const char *missing_from;	/* who wants it; NULL when it is there */
	struct said now;		/* grows while the walk goes on */
	struct said said;		/* as it was when the walk came by: what is shown */
	bool deduped;
	bool chosen;			/* no arguments, or one of them names it */
	bool kept;			/* chosen, or something below it is */
	bool seen;			/* has been shown in full */
	int depth;
	struct vec problems;		/* const char * */
	struct vec children;		/* struct item: those that are kept; filled last */
};

struct listing {
	struct arena *arena;
	const struct listing_options *o;
	struct tree *tree;
	struct item *root;
	struct vec visited;		/* struct item, in the order of the walk */
	struct vec shown;		/* struct item: the first of each place */
	struct vec problems;		/* const char *, each once */
	bool missing_shown;
};

/* EINVALIDSPEC and the like when an argument is no package spec. */
int listing_make(struct arena *a, struct tree *t, const struct listing_options *o, struct listing *out,
		 struct err *err) MUST_USE;
/* Is anything wrong besides packages that nothing needs? */
bool listing_has_problems(const struct listing *l);

void listing_draw(struct buf *out, const struct listing *l, bool unicode);
void listing_paths(struct buf *out, const struct listing *l);
struct json *listing_json(const struct listing *l);
