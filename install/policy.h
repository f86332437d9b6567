/* SPDX-License-Identifier: MIT
 *
 * npm 12's allow-git, allow-remote and allow-file for packages that a lockfile names: the resolver asks the same of
 * what it adds itself.
 */
#pragma once

#include "base/base.h"

struct err;
struct install_options;
struct node;

/* May the package at n be fetched from resolved (absolute; NULL: the registry)? EALLOWGIT, EALLOWREMOTE, EALLOWFILE. A
 * tarball of the registry is always allowed. */
int policy_check(struct node *n, const char *resolved, const struct install_options *o, struct err *err) MUST_USE;
