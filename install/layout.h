/* SPDX-License-Identifier: MIT
 *
 * What an install with global-store made of a project that had no node_modules, when all of it is links to packages that
 * projects share: kept in the cache, with the files it was made from and a digest of the settings. The next project that
 * has the same files gets the same links at once; nothing is parsed or resolved, and no more is looked at than whether all
 * shared packages are there. Without that, or when anything is not the same, it is found out as always.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;

struct layout_key {
	const char *cache, *project;	/* the setting; the project's folder */
	uint64_t settings;
};

struct layout_package {
	const char *name, *version, *location;
};

/* What was told. */
struct layout {
	struct vec lines;		/* struct state_line */
	struct vec added;		/* struct layout_package */
	uint32_t funding;
	int64_t until_ms;		/* wall clock: when it is to be found out anew */
};

/* Looks at what is in node_modules, and keeps it if it can be made again. */
void layout_keep(struct arena *a, const struct layout_key *k, const struct layout *told);
/* Makes it. False: nothing was made. */
bool layout_lay(struct arena *a, const struct layout_key *k, struct layout *out);
