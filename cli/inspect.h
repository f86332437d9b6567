/* SPDX-License-Identifier: MIT
 *
 * Values as the runtime's console shows them: { name: 'x', list: [ 1, 2 ] }.
 */
#pragma once

struct arena;
struct json;

/* Deeper levels than depth are [Object] and [Array]. */
const char *inspect(struct arena *a, const struct json *v, int depth);
