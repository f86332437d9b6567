/* SPDX-License-Identifier: MIT
 *
 * How a JSON file is laid out, and writing it back the same way: npm keeps the indentation and the line
 * ends that it finds in package.json and package-lock.json.
 *
 * Lockfiles are written in one order whatever order they were read in: values that are no objects come
 * before objects; among each, a few well-known keys first, then npm's localeCompare('en'). At every level.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct buf;
struct json;
struct json_marks;

struct style {
	const char *indent;	/* of one level; "" when the file is on one line */
	const char *newline;	/* "\n", "\r\n", several of them; "" when the file has no line break after its brace */
};

/* What JSON.stringify(value, null, 2) + "\n" gives: for new files. */
#define STYLE_DEFAULT ((struct style){"  ", "\n"})

/* From the text of a file that holds an object or a list; `{}` alone has the default style. */
struct style style_detect(struct arena *a, struct str text);
/* Value in the style, one line break at the end. Keys keep their order. This is how package.json is saved. */
void style_format(struct buf *out, const struct json *v, struct style style);
/* The same with its keys in the order of a lockfile, for writing: parts that are in order already are shared with v. */
const struct json *style_sorted(struct arena *a, const struct json *v);
/* How a lockfile is laid out: a style without indentation or line end takes the default ones. */
struct style style_of_lock(struct style style);
/* The text of a lockfile: sorted, in style_of_lock(). */
void style_format_lock(struct arena *a, struct buf *out, const struct json *v, struct style style);
/* The same, noting where the members of its "packages" begin; marks->object is that object as it was written, NULL when
 * nothing was noted. marks may be NULL. */
void style_format_lock_marked(struct arena *a, struct buf *out, const struct json *v, struct style style,
			      struct json_marks *marks);
