/* SPDX-License-Identifier: MIT
 *
 * npm's policies about where a package may come from (allow-git, allow-remote, allow-file, allow-directory).
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct spec;

/* What somebody names on the command line is asked for by the root: only "none" forbids it. EALLOWGIT and its kin. */
int allowed_by_root(const struct cli *cli, const struct spec *s, struct err *err) MUST_USE;
