/* SPDX-License-Identifier: MIT
 *
 * --timing: spans of time by name, kept in memory and written as one JSON file.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct json;
struct timing;

struct timing *timing_make(struct arena *a);
/* NULL is no timing at all. */
void timing_add(struct timing *t, const char *name, int64_t start_ns, int64_t end_ns);
/* {metadata: {command, version}, timers: {name: ms, …}, spans: [{name, start, ms}, …]}: a name that came more
 * than once is summed in timers. start_ns is what spans count from. */
struct json *timing_json(const struct timing *t, const char *command, int64_t start_ns);
/* Writes it to dir/<time>-timing.json; gives the path. */
const char *timing_write(const struct timing *t, const char *dir, const struct json *doc, struct err *err) MUST_USE;
