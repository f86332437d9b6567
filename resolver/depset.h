/* SPDX-License-Identifier: MIT
 *
 * Which nodes belong to some workspaces, or to none: what -w and --workspaces=false mean for a tree.
 */
#pragma once

#include "base/base.h"

struct tree;
struct vec;

/* set grows by the workspaces given (struct node), the root's dependencies with with_root, and all that they need;
 * extraneous packages in their node_modules come last. */
void workspace_dep_set(const struct tree *t, const struct vec *workspaces, bool with_root, struct vec *set);
/* What the root needs: not the workspaces, nor what only they need. */
void root_dep_set(struct tree *t, struct vec *set);
