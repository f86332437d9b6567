/* SPDX-License-Identifier: MIT
 *
 * --timing: spans of time by name, kept in memory and written as two JSON files: <time>-timing.json, to be read, and
 * <time>-trace.json, which trace viewers load (Perfetto, chrome://tracing): what each thread did when, and the requests.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct event;
struct json;
struct timing;

struct timing *timing_make(struct arena *a);
/* An EVENT_SPAN. NULL is no timing at all. */
void timing_add(struct timing *t, const struct event *e);
/* {metadata: {command, version}, timers: {name: ms, …}, spans: [{name, start, ms}, …]}: spans are the main thread's; a
 * name that came more than once, or on several workers ("worker:link"), is summed in timers. start_ns is what spans count from. */
struct json *timing_json(const struct timing *t, const char *command, int64_t start_ns);
/* {traceEvents: […]}, in microseconds: Chrome's trace event format. */
struct json *timing_trace(const struct timing *t, int64_t start_ns);
/* Writes both into dir; gives the path of the first. */
const char *timing_write(const struct timing *t, const char *dir, const char *command, int64_t start_ns, struct err *err) MUST_USE;
