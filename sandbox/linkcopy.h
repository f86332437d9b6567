/* SPDX-License-Identifier: MIT
 *
 * A hard link from a file a script may only read would let it change that file. Packages make such links all the same, to
 * put their platform's program in their own bin's place; what they get is a copy.
 */
#pragma once

#include "base/base.h"

struct call;
struct filter;
struct trees;

/* Is the call such a link? Then it is done, and *error is 0 or an errno. */
bool linkcopy_try(const struct filter *f, const struct trees *t, const struct call *c, int *error);
