/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/base.h"

struct arena;
struct manifest;

/* A digest of the folders that the manifest's `workspaces` mean below dir; 0: it has none. */
uint64_t state_folders(struct arena *a, const struct manifest *root, const char *dir);
