/* SPDX-License-Identifier: MIT
 *
 * Where node_modules is to be made anew and the lockfile has all that the project asks for, its packages are what the tree will
 * be made of, or nearly: they are fetched and staged while the resolver convinces itself of that. Nothing leaves the staging
 * folder before the tree is known, and what is not in it then goes with that folder. The same goes for each package of the store
 * that the resolver finds a place for.
 */
#pragma once

#include "base/base.h"

struct node;
struct platform;
struct reify;
struct tree;

/* t is what the lockfile says, and what the resolver is about to work on. */
void headstart(struct reify *r, struct tree *t, const struct platform *platform);
/* One package of a tree that is being made, if the store has it. False: it is not to be begun with yet. */
bool headstart_one(struct reify *r, struct node *n, const struct platform *platform);
