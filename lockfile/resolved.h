/* SPDX-License-Identifier: MIT
 *
 * The `resolved` field: where a package came from, in the one spelling that lockfiles use.
 */
#pragma once

#include "base/base.h"

struct arena;

/* Hosted git as git+ssh (git+https where that was asked for or credentials are in it), files and directories relative to
 * `to` when `relative`, else absolute; the rest as it is. NULL gives NULL. from: what a relative file is relative to. */
const char *resolved_normal(struct arena *a, const char *resolved, const char *from, const char *to, bool relative);
/* "name@version" as the file name of a registry's tarball tells it; *tgz_name may differ from name (an alias).
 * False when it tells nothing. */
bool resolved_version(struct arena *a, const char *name, const char *url, const char **tgz_name, const char **version);
