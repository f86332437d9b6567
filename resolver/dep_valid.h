/* SPDX-License-Identifier: MIT
 *
 * Specs against what is in the tree.
 */
#pragma once

#include "base/base.h"
#include "resolver/tree.h"

/* Is child what `spec`, or e's accept, means in e's dependent? A spec nobody understands is noted in the dependent's errors. */
bool dep_valid(struct node *child, const char *spec, struct edge *e);
/* The directory that relative paths in n's dependency e start from. e may be NULL. */
const char *edge_where(const struct node *n, const struct edge *e);
