/* SPDX-License-Identifier: MIT
 *
 * The text side of ranges, inside resolver/ only: npm defines its range grammar as a series of rewritings, each on
 * the result of the one before, until only comparators are left; this does the same steps, one function each.
 */
#pragma once

#include "resolver/range.h"

struct buf;

/* Without "+build" anywhere; borrows when there is none. */
struct str range_strip_build(struct arena *a, struct str set);
/* One set with blanks in it: "1 - 2" becomes comparators, and the blanks after operators go. */
void range_join_operators(struct buf *out, struct str set, unsigned flags);
/* One word: "^1.2" becomes ">=1.2.0 <2.0.0-0", "1.x" likewise, "*" becomes "". */
void range_rewrite_word(struct buf *out, struct str word, unsigned flags);

/* Do all of the set's comparators hold, and does it allow v if that is a prerelease. */
bool range_set_test(const struct comparator_set *set, const struct semver *v, unsigned flags);
