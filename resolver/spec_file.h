/* SPDX-License-Identifier: MIT
 *
 * Specs that name a path: spec.c's other half, and nobody else's.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct spec;

bool spec_is_tarball(const char *text);
int spec_from_file(struct arena *a, struct spec *s, const char *where, struct err *err) MUST_USE;
