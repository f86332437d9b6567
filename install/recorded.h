/* SPDX-License-Identifier: MIT
 *
 * What lockfiles record of a package and a registry's abbreviated document may leave out: license, workspaces, acceptDependencies,
 * and with some registries more.
 * npm asks for whole documents for its sake, several times as long. It is in the packages themselves, too, and those are
 * fetched anyway: lode resolves by abbreviated documents and fills up from what was fetched. The whole document is asked for
 * only where a package is in the tree and not fetched: other platforms'.
 */
#pragma once

#include "base/base.h"

struct arena;
struct manifest;
struct recorded;
struct reify;
struct store_package;
struct tree;

/* A tree that was written down before it was filled up: what an interrupted install left. t itself; NULL is fine. */
struct tree *recorded_lacking(struct tree *t);
/* What the package tells and an abbreviated manifest lacks. As soon as it is there: whether it has scripts is among that. */
void recorded_fill(struct arena *a, struct manifest *m, const struct store_package *package);
/* The tree is resolved: asks the registry about those packages that nobody fetches. Runs in the reify's loop. */
struct recorded *recorded_begin(struct reify *r);
/* Packages are there: fills up the manifests of the ideal tree, and waits for what was asked. What nobody can tell (offline) stays
 * out of the lockfile. NULL is fine. */
void recorded_end(struct recorded *x);
