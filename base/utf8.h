/* SPDX-License-Identifier: MIT
 *
 * Bytes that claim to be UTF-8.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;

/* Bytes of the well-formed character at the start of s; 0 when there is none, and *bad is then how many bytes are one mistake. */
size_t utf8_next(struct str s, size_t *bad);
/* As Node's toString('utf8'): each mistake becomes U+FFFD. The slice itself when there is none; else NUL-terminated. */
struct str utf8_clean(struct arena *a, struct str bytes);
