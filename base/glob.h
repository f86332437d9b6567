/* SPDX-License-Identifier: MIT
 *
 * Glob patterns against paths, as npm's workspaces, `files` and ignore rules write them:
 * `*`, `?`, `[a-z]`, `**` as a whole path part, `{a,b}`, `{1..3}`, `@(a|b)`, `?(…)`, `*(…)`, `+(…)`, `!(…)`.
 * A part that begins with a dot is only matched by a pattern part that begins with one (unless GLOB_DOT).
 * No file system is asked. The work of one match is bounded: a pattern that would backtrack without end
 * does not match.
 */
#pragma once

#include "base/base.h"

struct arena;
struct vec;

enum glob_flags {
	GLOB_PARTIAL = 1,	/* true also where the path is the beginning of one that could match */
	GLOB_DOT = 2,		/* wildcards see parts that begin with a dot */
	GLOB_NOCASE = 4,	/* ASCII letters match either case */
};

/* Does path match? Slashes in the pattern and in the path part them; a trailing slash of the path is ignored. */
bool glob_match(const char *pattern, const char *path, unsigned flags);
/* One part of a pattern (no slash, no braces) against one name. */
bool glob_match_part(const char *part, const char *name, unsigned flags);
/* Does this part hold anything but literal text? */
bool glob_has_magic(const char *part);
/* Adds to `out` the patterns that the braces stand for, in order; at most GLOB_MAX_BRACES of them. */
#define GLOB_MAX_BRACES 10000
void glob_expand(struct arena *a, const char *pattern, struct vec *out);
