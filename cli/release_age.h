/* SPDX-License-Identifier: MIT
 *
 * The release age (before, min-release-age) held against versions that a lockfile already has: npm only minds it when it
 * chooses a version. Asked for by min-release-age-lockfile.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct tree;

/* ERELEASEAGE names every package that came out too lately; exempt are those of min-release-age-exclude. */
int release_age_check(struct cli *cli, const struct tree *t, struct err *err) MUST_USE;
