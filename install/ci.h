/* SPDX-License-Identifier: MIT
 *
 * What `ci` asks of a lockfile before it lets it decide.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct project_options;
struct tree;

/* Does the lockfile (virtual) say the same as what package.json needs (ideal)? EUSAGE listing npm's "Missing: …" and
 * "Invalid: …" lines when not. */
int ci_check(struct arena *a, struct tree *locked, struct tree *ideal, const struct project_options *o,
	     struct err *err) MUST_USE;
