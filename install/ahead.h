/* SPDX-License-Identifier: MIT
 *
 * What is in node_modules, found out by a worker while the main thread resolves: neither hangs on the other, and in a project
 * where little changes both are half of the work. Only what the hidden lockfile tells (install/actual.h); where it does not, all
 * of node_modules has to be looked at, and the caller does that when its turn comes. Where an install with nothing to do left its
 * answer (install/state.h) and that still holds, nothing need be read at all. What is added by name will be asked for, so
 * its document is on its way before there is a tree to add it to.
 */
#pragma once

#include "base/base.h"

struct ahead;
struct ideal_options;
struct loop;
struct project;
struct state_key;
struct tree;

/* The project stays as it is until what was found is asked for. standing: whose answer may spare the reading; NULL: nobody's. */
struct ahead *ahead_begin(struct loop *l, const struct project *p, const struct ideal_options *o, const struct state_key *standing);
/* Waits for the worker. Is all as an install left it that had nothing to do? No tree was read then. x may be NULL. */
bool ahead_stands(struct ahead *x);
/* Waits for the worker. NULL: the hidden lockfile does not tell, or was not read. The tree lives as long as the loop's arena. x
 * may be NULL. */
struct tree *ahead_tree(struct ahead *x);
