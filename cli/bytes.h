/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/base.h"

struct arena;

/* A size for a person: "326 B", "1.4 kB", "2.0 MB". between stands before the unit. */
const char *bytes_text(struct arena *a, uint64_t bytes, const char *between);
