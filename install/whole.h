/* SPDX-License-Identifier: MIT
 *
 * Where there was no node_modules, the packages at its top are staged as they will lie in it, and come there all at once: a new
 * node_modules takes the place of the one that has only the staging folder. A rename for each of them costs as much as linking
 * several of its files, and is one after the other, when nobody links any more. Where that cannot be (another program put
 * something into node_modules meanwhile, the file system cannot exchange two folders) each is moved for itself (place.c).
 */
#pragma once

#include "base/base.h"

struct place;
struct reify;

/* Where it is to be staged; NULL: on a path of its own. Each path is given once. */
const char *whole_dest(struct place *p);
/* All that are wanted into place, or none: those then have `put`. */
void whole_put(struct reify *r);
