/* SPDX-License-Identifier: MIT
 *
 * What lode remembers: of a project, by its path, and of what installs made (install/layout.h), by a name that no path is. One
 * file each, <cache>/_lode/v1/projects/ab/cdef…, for its owner alone. It may go at any time: what it says can be found out anew.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;

/* cache is the `cache` setting, project a path or such a name. False when there is none, or it cannot be read, is larger than NOTE_MAX or damaged. */
bool note_load(struct arena *a, const char *cache, const char *project, struct str *out);
/* Not being able to is no error. */
void note_save(struct arena *a, const char *cache, const char *project, struct str text);

#define NOTE_MAX ((size_t)64 << 20)
