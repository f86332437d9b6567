/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/base.h"

struct arena;
struct json;

/* Do the patterns of a package.json's `workspaces` take in this folder (a path relative to the package)? Text only. */
bool workspaces_take(struct arena *a, const struct json *pkg, const char *folder);
