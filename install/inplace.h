/* SPDX-License-Identifier: MIT
 *
 * A package's scripts may put links into its own folder, and packages below it are reached through that folder. Whoever moves,
 * removes or changes something in node_modules asks here first whether it is there at all, or elsewhere.
 */
#pragma once

#include "base/base.h"

struct arena;

/* The outermost node_modules a path is in, NULL: none. */
const char *inplace_modules(struct arena *a, const char *path);
/* Where the path really must be: node_modules may be a link of the user's, nothing in it a link. NULL: it has no node_modules. */
const char *inplace_expected(struct arena *a, const char *path);
/* Is the path where it seems to be? What is missing is. Whether it is a link itself does not matter. */
bool inplace_is(struct arena *a, const char *path);
