/* SPDX-License-Identifier: MIT
 *
 * .npmrc files: npm's ini. `key=value`, `key[]=value` for lists, a key alone is true, [section] and [a.b] make
 * objects, `;` and `#` begin comments, quotes as in JSON. Values are text, true, false, null, lists, objects.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct buf;
struct json;

/* Never fails: a line that says nothing is skipped. */
struct json *ini_parse(struct arena *a, struct str text);
/* As npm writes it: plain values first, then sections. */
void ini_format(struct buf *out, struct arena *a, const struct json *values);
