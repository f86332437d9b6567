/* SPDX-License-Identifier: MIT
 *
 * install-strategy=linked on disk: what is missing of the tree that resolver/isolated.h made, and what has to go. What is
 * in the store is taken to be right because it is there: a key says all about a package, and packages appear there whole.
 */
#pragma once

#include "base/base.h"

struct err;
struct node;
struct reify;
struct tree;

/* r->laid and r->diff, from r->ideal. Nothing is ever to be removed in this diff: linked_sweep does that. */
int linked_compare(struct reify *r, struct err *err) MUST_USE;
/* Something more has to be made. */
void linked_add(struct reify *r, struct node *n);
/*
 * Takes away, undoably: folders in the store that no package of r->laid has; in each node_modules that is
 * in scope links into the project and packages that nobody put there; bin links that nobody claims or that lead nowhere.
 * What leads out of the project, and folders that are no packages, stay.
 */
int linked_sweep(struct reify *r, struct err *err) MUST_USE;
/* Takes what lives in the store out of a tree that resolving starts from. npm takes such a tree for what is to be there,
 * links and all, and then takes the store away from under it: without a lockfile every second install breaks. */
void linked_forget(struct tree *t);
/* The store goes, once another strategy laid the tree. */
int linked_leave(struct reify *r, struct err *err) MUST_USE;
