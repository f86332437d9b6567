/* SPDX-License-Identifier: MIT
 *
 * The trees of a policy as they are on this machine: real paths, hidden ones cut out, and what every program needs.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct sandbox_policy;

struct trees {
	struct vec reads;	/* of const char *, real paths */
	struct vec writes;
	struct vec places;	/* as named: whoever opens one follows no link */
	struct vec names;	/* only their names may be listed, not what is in them */
	struct vec devices;	/* files to read and write, no more */
};

/* The system's own trees are added: programs, libraries, /proc, harmless devices, the terminals we were given. */
void trees_make(struct arena *a, const struct sandbox_policy *p, struct trees *out);
/* Is a path, as it was asked for, plainly among the system's programs and libraries? */
bool trees_is_system(const char *path);
/* Is a real path among them? */
bool trees_may_list(const struct trees *t, const char *path);
bool trees_may_read(const struct trees *t, const char *path);
bool trees_may_write(const struct trees *t, const char *path);
