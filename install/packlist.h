/* SPDX-License-Identifier: MIT
 *
 * Which files of a directory belong into its package, by npm-packlist's rules: `files`, .npmignore, .gitignore, what is
 * always in and what never is, bundled dependencies.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct vec;

/* Paths relative to dir (const char *), in the order in which npm packs them. */
int packlist(struct arena *a, const char *dir, struct vec *files, struct err *err) MUST_USE;
