/* SPDX-License-Identifier: MIT
 *
 * Which packages of a tree have install scripts that nobody decided about.
 */
#pragma once

#include "base/base.h"

struct arena;
struct lifecycle_options;
struct node;
struct tree;
struct vec;

/* Inits out and fills it with struct allow_pending; empty where scripts do not run at all, or all run. */
void pending_list(struct arena *a, const struct lifecycle_options *o, const struct tree *t, struct vec *out);
