/* SPDX-License-Identifier: MIT
 *
 * Specs against what is in the tree.
 */
#pragma once

#include "base/base.h"
#include "resolver/tree.h"

struct dep;

/* Is child what `spec`, or e's accept, means in e's dependent? A spec nobody understands is noted in the dependent's errors. */
bool dep_valid(struct node *child, const char *spec, struct edge *e);
/* As spec_resolve; what was asked before, and means the same everywhere, is remembered. NULL: err says why. */
const struct spec *tree_spec(struct tree *t, const struct dep *dep, const char *where, struct err *err) MUST_USE;
/* The directory that relative paths in n's dependency e start from. e may be NULL. */
const char *edge_where(const struct node *n, const struct edge *e);
