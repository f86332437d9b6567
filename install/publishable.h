/* SPDX-License-Identifier: MIT
 *
 * A package's manifest as it is published: npm's "prepare", which adds what lies in the folder (the readme, AUTHORS, manual
 * pages, directories.bin, types, the commit) to what package.json says.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct json;
struct vec;

/* dir/package.json, made ready. fixed: of const char *, the keys that had to be corrected. NULL with an error. */
struct json *publishable_read(struct arena *a, const char *dir, struct vec *fixed, struct err *err) MUST_USE;
