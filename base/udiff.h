/* SPDX-License-Identifier: MIT
 *
 * Unified diffs: text in, changes out, and a changed file's new text. As jsdiff reads and applies them with no fuzz: each hunk is
 * tried at its own line first, then ever further away, and every line of its context has to match.
 *
 *	struct vec files;
 *	if (udiff_parse(a, text, &files, err) < 0) …
 *	const struct udiff_file *f = files.items[0];
 *	if (!udiff_apply(a, source, f, &out)) … it does not fit
 */
#pragma once

#include "base/base.h"
#include "base/str.h"
#include "base/vec.h"

struct arena;
struct buf;
struct err;

struct udiff_hunk {
	size_t old_start, old_lines, new_lines;
	bool nowhere;			/* its header does not say where: it fits nowhere */
	struct str *lines;		/* with their sign in front, without newline */
	size_t count;
};

struct udiff_file {
	const char *old_name;		/* as written after "---"; NULL when there is no such line */
	const char *new_name;
	struct vec hunks;		/* struct udiff_hunk */
};

/* Lines borrow from text. EGENERIC for what is no diff, with npm's words. */
int udiff_parse(struct arena *a, struct str text, struct vec *files, struct err *err) MUST_USE;
/* Adds the changed text to out; false when a hunk fits nowhere. */
bool udiff_apply(struct arena *a, struct str source, const struct udiff_file *f, struct buf *out) MUST_USE;
/* Adds the hunks that lead from one text to the other, four lines of context around each, as jsdiff makes them; none when they are equal. */
void udiff_make(struct arena *a, struct str old, struct str new, struct buf *out);

struct udiff_style {
	size_t context;			/* lines around a change */
	bool ignore_space;		/* blanks at a line's ends make no difference; what stays is shown as in the new text */
};
void udiff_make_as(struct arena *a, struct str old, struct str new, const struct udiff_style *style, struct buf *out);
