/* SPDX-License-Identifier: MIT
 *
 * The `index` beside an unpacked package's files: what the package is and what is in it, checksummed.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct buf;
struct store_package;

void index_format(struct buf *out, const struct store_package *p);
/* NULL when it is damaged. dir is not in it. Names are checked again: none leaves the package. */
struct store_package *index_parse(struct arena *a, struct str bytes);
