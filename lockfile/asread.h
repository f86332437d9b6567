/* SPDX-License-Identifier: MIT
 *
 * A package-lock.json whose text is known to be what its tree would be written as (install/ahead.h finds that out): entries of
 * packages that nothing changed need not be made, sorted and formatted again.
 */
#pragma once

#include "base/base.h"

struct arena;
struct json;
struct lockfile;
struct node;
struct tree;

/* Notes which text belongs to which node of t, which was just loaded from lf, before anything in it changes. NULL when the file is
 * not laid out as lode writes it, or has another version than 3. The text of lf is borrowed. */
struct as_read *as_read_note(struct arena *a, const struct lockfile *lf, const struct tree *t);
/* The entry of a package as lf->as_read has it; NULL when it has none, or the node is another by now, or lf is to be laid out in
 * another way. location: the node's, as an entry's key. */
struct json *as_read_entry(struct arena *a, const struct lockfile *lf, const char *location, struct node *n);
/* Could lf be noted so, as far as its first look tells? */
bool as_read_may_be(const struct lockfile *lf);
/* Is each package what it was, where it was? Of the optional ones, of which some are in the lockfile only, is_right says whether they
 * are on disk or not as they have to be. Marks all (node.in_place), or none: where a package is gone, or another. */
bool as_read_mark(const struct as_read *r, bool (*is_right)(const struct node *n));
