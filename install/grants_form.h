/* SPDX-License-Identifier: MIT
 *
 * What grants.c and grants_check.c share: how a grant is written.
 */
#pragma once

#include "base/base.h"

struct arena;
struct json;
struct vec;

/* Warns of all in an entry of lode.scripts that grants nothing because of its form. */
void grants_check_entry(struct arena *a, const char *key, const struct json *entry, struct vec *warnings);
/* A number, or "2GB", "512 MB", "1048576"; 0 when it is none of these. */
uint64_t grants_size(const struct json *v);
/* The path that a text means; NULL: it is below a home that is not known. */
const char *grants_place(struct arena *a, const char *path, const char *root, const char *home);
