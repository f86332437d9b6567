/* SPDX-License-Identifier: MIT
 *
 * The text that package.json keeps for a dependency that was just added or updated: "^1.2.3" rather than "latest".
 */
#pragma once

#include "base/base.h"

struct err;
struct node;
struct save;
struct vec;

/* Rewrites tree's package.json entry for `name` (npm's saveIdealTree); a tree that changed is added to updated. A dependency
 * that is not there (optional, failed) is left alone. */
int savespec_update(struct save *s, struct node *tree, const char *name, struct vec *updated, struct err *err) MUST_USE;
