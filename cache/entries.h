/* SPDX-License-Identifier: MIT
 *
 * What a source without integrity gave: from a key (the tarball's URL, `git+ssh://…#<commit>`) to the sha512 of its
 * tarball in the store. Any thread may use it.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct cache;

/* NULL: not known. "sha512-…" otherwise; the tarball itself may be gone meanwhile. */
const char *entries_find(struct arena *a, struct cache *c, const char *key);
/* Not being able to keep it is no error. */
void entries_put(struct cache *c, const char *key, const char *integrity);
/* Takes a kept file apart; false when it is damaged. For who looks after the cache. */
bool entry_parse(struct arena *a, struct str text, const char **key, const char **integrity);
