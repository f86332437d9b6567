/* SPDX-License-Identifier: MIT
 *
 * Compressing as npm does. The runtime's zlib is a version of its own, whose bytes no other library gives: what is
 * compressed by the bundled runtime has the same digest as what npm makes on it.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct runtime;

/* A tarball of a tar: gzip, level 9, no time and no system in its header. */
int gzip_pack(struct arena *a, const struct runtime *rt, struct str data, struct str *out, struct err *err) MUST_USE;
