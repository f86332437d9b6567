/* SPDX-License-Identifier: MIT
 *
 * Values as the runtime's console shows them: { name: 'x', list: [ 1, 2 ] }.
 */
#pragma once

#include "base/base.h"

struct arena;
struct json;

/* Deeper levels than depth are [Object] and [Array]; NULL is undefined. */
const char *inspect(struct arena *a, const struct json *v, int depth);
const char *inspect_as(struct arena *a, const struct json *v, int depth, bool color);
