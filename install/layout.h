/* SPDX-License-Identifier: MIT
 *
 * What an install made of a project that had no node_modules, kept in the cache with the files it was made from and a digest of
 * the settings. The next project that has the same files gets the same at once; nothing is parsed or resolved. With
 * global-store that is links to packages that projects share, and no more is looked at than whether all of those are there.
 * Else it is packages of the store, which are linked as always: each file is looked at, and where one is not what was unpacked,
 * or something is not the same, all is found out as always. So it is where others are asked (audit), and while another lode works
 * in the project.
 *
 * There is room for LAYOUTS of them: a new one takes the place of an old one.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/state.h"

struct arena;
struct laid;

#define LAYOUTS 64

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
	struct vec pending;		/* struct allow_pending, with path and without node */
	struct vec added;		/* struct layout_package */
	uint32_t funding;
	int64_t until_ms;		/* wall clock: when it is to be found out anew; 0: never */
	/* The next install would find nothing to do, which hangs on these places; NULL: it has to look. */
	const struct state_places *places;
	struct str package_text, lock_text; /* layout_keep(): package.json and lockfile as the install read them */
	struct state_made made;		/* what the install wrote; layout_lay() leaves out began_ns */
};

/* Keeps it if it can be made again: packages of the store, or (laid NULL) the links in node_modules. Unless somebody changed the
 * project meanwhile. */
void layout_keep(struct arena *a, const struct layout_key *k, const struct laid *laid, const struct layout *told);
/* Makes it. False: nothing was made. */
bool layout_lay(struct arena *a, const struct layout_key *k, struct layout *out);
