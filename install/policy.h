/* SPDX-License-Identifier: MIT
 *
 * npm 12's allow-git, allow-remote and allow-file for packages that a lockfile names, and what links may lead to: the
 * resolver asks the same of what it adds itself.
 */
#pragma once

#include "base/base.h"

struct err;
struct install_options;
struct node;
struct tree;

/* May the package at n be fetched from resolved (absolute; NULL: the registry)? EALLOWGIT, EALLOWREMOTE, EALLOWFILE. A
 * tarball of the registry is always allowed. */
int policy_check(struct node *n, const char *resolved, const struct install_options *o, struct err *err) MUST_USE;
/* No link out of the project that only packages from elsewhere ask for. EALLOWDIRECTORY. */
int policy_check_links(struct tree *t, struct err *err) MUST_USE;
