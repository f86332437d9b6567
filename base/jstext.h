/* SPDX-License-Identifier: MIT
 *
 * UTF-8 text as JavaScript sees it: its white space and its lengths in UTF-16 units.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

/* Bytes of the white space character (as \s and trim() have it) at the start of s; 0 when there is none. */
size_t jstext_space(struct str s);
/* trim(): without white space at both ends, beyond ASCII too. */
struct str jstext_trim(struct str s);
/* .length */
size_t jstext_length(struct str s);
/* The code point at the start of s and its bytes in *size; malformed bytes are taken one by one. s is not empty. */
uint32_t jstext_code_point(struct str s, size_t *size);
/* toLowerCase() of one code point, for the alphabets that have case. */
uint32_t jstext_lower(uint32_t c);
