/* SPDX-License-Identifier: MIT
 *
 * JavaScript's readings of text that settings are defined by: Number(), Date.parse(), String().
 */
#pragma once

#include "base/base.h"

struct arena;
struct json;

/* Number(text): false when that is NaN. Blanks around are ignored, nothing at all is 0. */
bool js_number(const char *text, double *out);
/* Date.parse(text) in milliseconds since 1970: ISO forms and the common written ones; false when it is no date. */
bool js_date(const char *text, int64_t *ms);
/* Date.toISOString, in the arena. */
const char *js_date_iso(struct arena *a, int64_t ms);
/* String(value): arrays are joined by commas. */
const char *js_string(struct arena *a, const struct json *v);
/* octal ("022", "0o22") or decimal ("18"), as npm's umask setting; false when it is neither or too big. */
bool js_umask(const struct json *v, double *out);
