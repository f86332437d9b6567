/* SPDX-License-Identifier: MIT
 *
 * The tree that install-strategy=linked lays, made from the one that was resolved (and that the lockfile tells of).
 * Every package is once in a store and sees nothing but what it asks for, as links beside it:
 *
 *	node_modules/a                                          -> .store/a@1.0.0-<hash>/node_modules/a
 *	node_modules/.store/a@1.0.0-<hash>/node_modules/a       the package
 *	node_modules/.store/a@1.0.0-<hash>/node_modules/b       -> ../../b@2.0.0-<hash>/node_modules/b
 *
 * The hash is over all that the package leads to, so a package with other peers is another one in the store. Workspaces,
 * and folders that are linked to, have links in their own node_modules; those the root does not itself depend on are
 * not linked in the root's.
 *
 * The result is flat: every package and every link is a child of the root, by location; workspaces are the root's
 * fs_children. Its edges only say who goes with whom (optional_set). Its nodes were not made by node_make and must not be
 * moved; `source` is the node of the resolved tree that one stands for, and answers for it where it came from.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct err;
struct node;
struct tree;

#define ISOLATED_STORE "node_modules/.store"

/* What a node of such a tree has besides. */
struct isolated {
	bool undeclared;	/* a workspace's link that is only thought of, never made */
	bool in_bundle;		/* bundled in the project: lies where it lies in the resolved tree */
	const char *store;	/* packages in the store: its folder there, relative to the project; else NULL */
	const char *shared;	/* packages in the store that others may share: see isolated_share(); else NULL */
	struct node *owner;	/* links in a package's folder in the store: that package; else NULL */
	struct vec bins;	/* const char *: where links to its bins have to be, for who depends on it */
	struct share *share;	/* isolated_share.c's */
};

/* omit: OMIT_* of tree.h. The nodes are in the resolved tree's arena. EINVALIDPACKAGENAME: a name or a version that is
 * no folder's. */
struct tree *isolated_make(struct tree *ideal, unsigned omit, struct err *err) MUST_USE;
const struct isolated *isolated_of(const struct node *n);

/*
 * Packages of such a tree that can be the same directory for every project: struct isolated's `shared`, and struct node's,
 * get its name, a digest of all that decides what is in it: name, version, integrity and bins of the package, what its
 * links are called, and the same of all they lead to; circles too. One that `own` says has to be the project's own is
 * not shared, nor is what depends on it, nor what leads to anything outside the store. Bins that the directory itself
 * holds are taken out of the `bins` of those they lead to.
 */
void isolated_share(struct tree *laid, bool (*own)(struct node *n, void *ctx), void *ctx);
/* Shared packages that `own` says cannot be, those that turned out not to be there (inert), and what depends on either, are the
 * project's own after all: adds them (struct node, packages, not inert) to `out`, with the links in their folders. */
void isolated_unshare(struct tree *laid, bool (*own)(struct node *n, void *ctx), void *ctx, struct vec *out);
