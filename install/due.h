/* SPDX-License-Identifier: MIT
 *
 * Scripts that are due: a list in node_modules, written before packages are put in place and removed once their scripts
 * have run, so that an install after a kill in between runs them although the packages themselves are whole.
 */
#pragma once

#include "base/base.h"

struct err;
struct reify;

#define DUE_FILE ".lode-due"
#define DUE_NAME "node_modules/" DUE_FILE

/* Writes the list of new packages that have scripts to run, and of what an earlier run left due. None: no file. */
int due_write(struct reify *r, struct err *err) MUST_USE;
/* Adds to r->build what an earlier run left due and is still in the tree. */
void due_add(struct reify *r);
int due_done(struct reify *r, struct err *err) MUST_USE;
