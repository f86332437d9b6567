/* SPDX-License-Identifier: MIT
 *
 * yarn.lock of yarn 1, as npm reads and writes it. npm takes three things from it:
 *
 *	- without a package-lock.json, the versions: what is asked for in an entry's words is looked up as that entry says
 *	  (yarn_choose);
 *	- `resolved` and `integrity` of packages that have none of their own, when an edge finds them (yarn_decorate);
 *	- where there was one, it is written anew from the tree with every package-lock.json (yarn_format).
 *
 * Reading keeps npm's simple ideas: lines are told apart by how they begin, quotes are not unescaped, and at the first line it
 * does not understand it stops, keeping what came before.
 */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "base/str.h"

struct arena;
struct buf;
struct edge;
struct spec;
struct tree;

#define YARN_NAME "yarn.lock"

struct yarn_entry {
	const char *version, *resolved, *integrity;	/* NULL when it does not say */
};

struct yarn {
	struct arena *arena;
	const char *path;		/* the project */
	const char *public_registry;	/* URL with a slash at its end, in whose place yarn has a name of its own; NULL: unknown */
	struct map entries;		/* "name@spec" to struct yarn_entry */
	struct map choices;		/* "name@spec" to struct yarn_choice */
	unsigned bad_line;		/* the line where reading stopped; 0: all of it was read */
};

/* What stands in for a spec. */
struct yarn_choice {
	const struct spec *spec;	/* to be looked up instead */
	const char *integrity;		/* may be NULL */
};

/* Is it one of yarn 2 or later (lockfile/pins.h)? */
bool yarn_is_berry(struct str text);
/* Never NULL. path: the project, absolute. */
struct yarn *yarn_parse(struct arena *a, struct str text, const char *path, const char *public_registry);
/* NULL: the file says nothing of it. */
const struct yarn_choice *yarn_choose(struct yarn *y, const struct spec *spec);
/* tree->edge_added: an edge has found a package. y is a struct yarn. */
void yarn_decorate(struct edge *e, void *y);
/* The text for the tree; nothing when it has no dependencies. */
void yarn_format(struct arena *a, struct buf *out, struct tree *t, const char *path);
