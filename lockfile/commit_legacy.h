/* SPDX-License-Identifier: MIT
 *
 * The `dependencies` of a v1 or v2 lockfile: the tree as npm 6 and older read it.
 */
#pragma once

struct arena;
struct commit_options;
struct lockfile;
struct tree;

/* Puts name, version, requires and dependencies into lf->data. */
void commit_legacy(struct arena *a, struct lockfile *lf, struct tree *t, const struct commit_options *o);
