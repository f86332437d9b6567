/* SPDX-License-Identifier: MIT
 *
 * Is what a lockfile says something that an install may act upon? Nothing in it is trusted.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct lockfile;

/* Does JSON text hold a NUL in one of its texts? */
bool check_has_nul(struct str text);
/* Entries are objects with fields of the right types, at places that a project may have. EGENERIC names the entry. */
int check_entries(struct arena *a, struct lockfile *lf, const char *name, struct err *err) MUST_USE;
