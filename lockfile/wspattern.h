/* SPDX-License-Identifier: MIT
 *
 * The patterns of package.json's "workspaces": which folders they mean. A pattern may be negated with `!`, and a later
 * pattern takes back a negation that covers it. Matching against what a lockfile lists happens here; against the
 * disk in install/workspaces.c.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct json;
struct lockfile;
struct map;
struct text_list;

struct ws_patterns {
	struct vec wanted;	/* const char *, in order; slashes and ./ in front are gone */
	struct vec negated;
};

void ws_patterns_make(struct arena *a, const struct text_list *declared, struct ws_patterns *out);
/* The workspaces that a lockfile knows of: name to absolute path. */
struct map *ws_patterns_locked(struct arena *a, const struct lockfile *lf);
