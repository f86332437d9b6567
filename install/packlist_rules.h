/* SPDX-License-Identifier: MIT
 *
 * What a package.json says about the files of its package: packlist.c's other half, and nobody else's.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct json;
struct vec;

/* What is left out everywhere unless something else says otherwise. */
extern const char packlist_defaults[];
/* The only thing that is left out of a folder below the package whatever its files say. */
extern const char packlist_strict[];

/* Rules for the `files` list, NULL when there is none. Globs are looked up in dir. */
int packlist_files_rules(struct arena *a, const struct json *pkg, const char *dir, struct vec **rules,
			 struct err *err) MUST_USE;
/* Rules nothing can change: what is always in and what never. root: it is the project, whose patches stay home. */
struct vec *packlist_strict_rules(struct arena *a, const struct json *pkg, bool root);
