/* SPDX-License-Identifier: MIT
 *
 * Bytes as hexadecimal and base64 text, and back.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;

/* What one hexadecimal digit of either case stands for, -1 when it is none. */
int hex_value(char c);
/* Lower-case hexadecimal; out holds 2 * len + 1 bytes. */
void hex_format(const void *data, size_t len, char *out);
/* Either case; text must be twice as long as len. False when it is not, or is no hexadecimal. */
bool hex_parse(struct str text, void *out, size_t len);

/* Room that base64 text of len bytes needs, its NUL counted. */
#define BASE64_SIZE(len) (((len) + 2) / 3 * 4 + 1)
/* RFC 4648 with padding; out holds BASE64_SIZE(len) bytes. */
void base64_format(const void *data, size_t len, char *out);
const char *base64_make(struct arena *a, const void *data, size_t len);
/* Strict: alphabet +/, padded, nothing after. The number of bytes written to out (at most max), or -1. */
ptrdiff_t base64_parse(struct str text, void *out, size_t max);
/* As Node's Buffer.from(text, 'base64'): either alphabet, stops at padding, passes over what is in neither. */
struct str base64_decode_loose(struct arena *a, struct str text);
