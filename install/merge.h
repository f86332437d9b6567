/* SPDX-License-Identifier: MIT
 *
 * An install of some workspaces only, or of none, leaves the rest of the disk alone, however it differs from the ideal
 * tree. The hidden lockfile tells what is on disk.
 */
#pragma once

#include "base/base.h"

struct reify;

/* Make of the ideal tree what is on disk now: what did not count comes from the actual tree, which is used up. Nothing
 * happens where all counted. */
void merge_untouched(struct reify *r);
