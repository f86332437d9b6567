/* SPDX-License-Identifier: MIT
 *
 * What an install that had nothing to do was decided from, so that the next one can be decided by looking whether all that
 * is still the same: the identity and time of change of every file that was read and of every folder that holds packages, the
 * files that were not there, and a digest of the settings. Kept in lode's cache (cache/notes.h), not in the project.
 *
 * An install that did something leaves the same for the next one, when that would find nothing to do (install/settled.h).
 *
 * It is never wrong for being old: a place that changed so shortly before that its time may not tell is not kept.
 */
#pragma once

#include "base/base.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/vec.h"

struct arena;
struct tree;

/* Whose state: the setting `cache`, the project, and whatever else the answer hangs on, as a number. */
struct state_key {
	const char *cache;
	const char *project;
	uint64_t settings;
};

/* A warning, or whatever else was said on the way. */
struct state_line {
	int level;		/* enum log_level */
	const char *prefix, *text;
};

/* What there is to tell of an install that did nothing. */
struct state_told {
	struct vec lines;	/* struct state_line */
	struct vec pending;	/* struct allow_pending, with path and without node */
	uint32_t funding;
	int64_t until_ms;	/* wall clock: when it is to be found out anew, for others were asked; 0: never */
};

/* The places an answer hangs on. */
struct state_places {
	struct arena *arena;
	struct vec files;	/* const char *: relative to the project or absolute; also what is not there, and may come */
	struct vec dirs;
	struct map counts;	/* folders of packages and of scopes: to how many entries they have to have (uint32_t) */
	uint64_t folders;	/* digest of the folders that `workspaces` means; 0: it is not set */
};

/* What an install has changed itself, by the time it is over. */
struct state_made {
	struct fs_stat lock, hidden;	/* the lockfiles as they were written; kind FS_NONE: they were so already */
	bool modules;			/* packages were put into place: hidden was written after all of them */
	int64_t began_ns;		/* wall clock: when it began to look */
};

/* Is everything as it was when state_keep was called? out is then filled. */
bool state_fits(struct arena *a, const struct state_key *k, struct state_told *out);
/* All places of a project and of what is installed in it. */
void state_watch(struct arena *a, const char *project, const struct tree *actual, struct state_places *out);
/* Keeps it, unless a place changed after the looking began, or just before it. But for what was made since then by the install
 * itself: that has to be as it left it. May wait some milliseconds, until changes
 * show, where the kernel gives no finer times. */
void state_keep(struct arena *a, const struct state_key *k, const struct state_places *places, const struct state_made *made,
		const struct state_told *told);
