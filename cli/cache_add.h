/* SPDX-License-Identifier: MIT
 *
 * cache add: packages into the cache, without a project.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;

/* Each word is a package's spec. The first that fails is the error; the others are fetched all the same. */
int cache_add(struct cli *cli, int argc, char **argv, struct err *err) MUST_USE;
