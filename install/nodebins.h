/* SPDX-License-Identifier: MIT */
#pragma once

#include "install/bins.h"

struct node;

/* A node of a tree as install/bins.h wants it. */
struct bins_package bins_of_node(const struct node *n);
