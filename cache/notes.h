/* SPDX-License-Identifier: MIT
 *
 * What lode remembers of projects, one small file each, named by the project's path: <cache>/_lode/v1/projects/ab/cdef….
 * It may go at any time: what it says can be found out anew.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;

/* cache is the `cache` setting. False when there is none, or it cannot be read, is larger than NOTE_MAX or damaged. */
bool note_load(struct arena *a, const char *cache, const char *project, struct str *out);
/* Not being able to is no error. */
void note_save(struct arena *a, const char *cache, const char *project, struct str text);

#define NOTE_MAX ((size_t)64 << 20)
