/* SPDX-License-Identifier: MIT
 *
 * What is in node_modules, found out by a worker while the main thread resolves: neither hangs on the other, and in a project
 * where little changes both are half of the work. Only what the hidden lockfile tells (install/actual.h); where it does not, all
 * of node_modules has to be looked at, and the caller does that when its turn comes. What is added by name will be asked for, so
 * its document is on its way before there is a tree to add it to.
 */
#pragma once

#include "base/base.h"

struct ahead;
struct ideal_options;
struct loop;
struct project;
struct tree;

/* The project stays as it is until ahead_tree(). */
struct ahead *ahead_begin(struct loop *l, const struct project *p, const struct ideal_options *o);
/* Waits for the worker. NULL: the hidden lockfile does not tell. The tree lives as long as the loop's arena. x may be NULL. */
struct tree *ahead_tree(struct ahead *x);
