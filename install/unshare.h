/* SPDX-License-Identifier: MIT
 *
 * Files of an installed package are hard links to the store's. Before a script that may change them runs they become files
 * of their own, so that whatever it writes, the store stays whole.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;

/* Every file at path or below it that has other names is replaced by a copy; so are those of packages below a package, which
 * its scripts can write, too. A missing path is success. Links are not followed. */
int unshare_tree(struct arena *a, const char *path, struct err *err) MUST_USE;
