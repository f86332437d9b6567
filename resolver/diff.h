/* SPDX-License-Identifier: MIT
 *
 * What has to change on disk: the actual tree against the ideal one. A diff's children are the highest places that
 * change; below a place that changes its own children are listed. Bundled packages of an unchanged package are moved
 * over from the actual tree to the ideal one on the way, as they are not known to the latter. What an ideal node says of itself
 * (in_place) needs no node in the actual tree.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct node;
struct tree;

enum diff_action { DIFF_NONE, DIFF_ADD, DIFF_CHANGE, DIFF_REMOVE };

struct diff {
	struct diff *parent;
	struct node *actual;		/* NULL: nothing there */
	struct node *ideal;		/* NULL: to be removed */
	enum diff_action action;
	struct vec children;		/* struct diff */
	struct vec leaves;		/* struct diff: the ones without children in this branch */
	struct vec unchanged;		/* struct node of the ideal tree */
	struct vec removed;		/* struct node of the actual tree */
	struct vec filtered;		/* the whole's: struct node of either tree that counted; empty: all did */
};

struct diff_options {
	struct node **filter;		/* only these (workspaces) and what they need; none: everything */
	size_t filter_count;
	unsigned omit;			/* OMIT_* of tree.h; omitted nodes become inert */
	/* Are all links to n's bins there? May be NULL: taken for granted. */
	bool (*bins_exist)(struct node *n, void *ctx);
	void *ctx;
};

/* Both are roots. Never NULL. */
struct diff *diff_make(struct node *actual, struct node *ideal, const struct diff_options *o);
