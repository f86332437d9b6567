/* SPDX-License-Identifier: MIT
 *
 * One ignore file's rules, as ignore-walk reads them: a glob a line, "#" begins a comment, "!" takes back what an
 * earlier rule ignored. A glob without a slash matches a base name at any depth; letters match either case; wildcards
 * see dot files; a trailing slash asks for a directory.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct vec;

struct ignore_rule {
	bool negate;		/* what it matches is included */
	bool relative;		/* one of its globs has a single part, so that a base name may match it */
	struct vec *globs;	/* each a vec of parts, after the braces are expanded */
};

/* Adds a rule to `rules` for every line of the text that is one. */
void ignore_parse(struct arena *a, struct str text, struct vec *rules);

/* What is asked about. */
struct ignore_query {
	const char *entry;	/* relative to where the rules stand */
	const char *base_name;	/* the last part of it, when asked from deeper down; else NULL */
	bool partial;		/* it may be a directory: a rule for something inside counts too */
};

/* Is it still included after these rules, given what was said before them? */
bool ignore_apply(const struct vec *rules, const struct ignore_query *q, bool included);
