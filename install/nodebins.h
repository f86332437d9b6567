/* SPDX-License-Identifier: MIT */
#pragma once

#include "install/bins.h"

struct node;

/* A node of a tree as install/bins.h wants it. */
struct bins_package bins_of_node(const struct node *n);
/* Are all links to its bins there, and lead somewhere? ctx is an arena. What resolver/diff.h asks. */
bool bins_of_node_exist(struct node *n, void *ctx);
