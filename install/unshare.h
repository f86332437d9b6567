/* SPDX-License-Identifier: MIT
 *
 * Files of an installed package are hard links to the store's. Before a script of the package runs it gets files of its
 * own, so that whatever it writes, the store stays whole.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;

/* Every file below dir that has other names is replaced by a copy, but for packages in its node_modules. A missing dir
 * is success. Links are not followed. */
int unshare_package(struct arena *a, const char *dir, struct err *err) MUST_USE;
