/* SPDX-License-Identifier: MIT
 *
 * What a run that was killed half-way has left in a project: the staging directory, temporary files of what it was writing.
 */
#pragma once

#include "base/base.h"

struct arena;
struct vec;

/* Paths of what is left in root's node_modules and beside its package.json. A staging directory may be one in use. */
void leftovers_find(struct arena *a, const char *root, struct vec *found);
/* Removes it; for whoever has the project's lock. What cannot be removed stays. */
void leftovers_remove(struct arena *a, const char *root);
