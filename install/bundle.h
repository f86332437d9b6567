/* SPDX-License-Identifier: MIT
 *
 * What a package brings along: the packages in its own node_modules, as children of its node.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct node;
struct vec;

/* Reads dir/node_modules, at any depth, where dir holds node's package, and adds a node for each package found, in place
 * of what the tree had there. Children of node that are not found stay; missing (may be NULL) gets them. */
int bundle_load(struct arena *a, struct node *node, const char *dir, struct vec *missing, struct err *err) MUST_USE;
