/* SPDX-License-Identifier: MIT
 *
 * Fields of a JSON document by npm's paths: "scripts.test", "contributors[0].name", "exports[./x.y]", "files[]"
 * (behind the last of a list).
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct json;

/* {path: value}, nothing when there is none; a name behind a list gives it of each item: {"list[0].name": …}.
 * Puts what it finds into out. EINVALIDSYNTAX for empty brackets. */
int query_get(struct arena *a, const struct json *data, const char *path, struct json *out, struct err *err) MUST_USE;
/* Sets a field, making what is missing on the way; returns the document, which may be another one. NULL on error:
 * EOVERRIDEVALUE, ENOADDPROP, ENOAPPEND, EFORBIDDENKEY. query_force puts containers over plain values instead. */
struct json *query_set(struct arena *a, struct json *data, const char *path, struct json *value, struct err *err)
	MUST_USE;
struct json *query_force(struct arena *a, struct json *data, const char *path, struct json *value, struct err *err)
	MUST_USE;
struct json *query_delete(struct arena *a, struct json *data, const char *path, struct err *err) MUST_USE;
