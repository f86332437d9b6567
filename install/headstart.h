/* SPDX-License-Identifier: MIT
 *
 * Where node_modules is to be made anew and the lockfile has all that the project asks for, its packages are what the tree will
 * be made of, or nearly: they are fetched and staged while the resolver convinces itself of that. Nothing leaves the staging
 * folder before the tree is known, and what is not in it then goes with that folder.
 */
#pragma once

struct platform;
struct reify;
struct tree;

/* t is what the lockfile says, and what the resolver is about to work on. */
void headstart(struct reify *r, struct tree *t, const struct platform *platform);
