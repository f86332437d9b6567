/* SPDX-License-Identifier: MIT
 *
 * Folders and the names that packages have by them.
 */
#pragma once

#include "base/base.h"

struct arena;

/* The last part of a path, with the part before it when that is a scope: "/p/node_modules/@s/a" is "@s/a". "" gives "". */
const char *name_from_folder(struct arena *a, const char *path);
/* Does the location lie in some node_modules folder? */
bool place_in_node_modules(const char *location);
