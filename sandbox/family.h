/* SPDX-License-Identifier: MIT
 *
 * Every process a script has started, its orphans too: the watcher is where orphans go (a "child subreaper"), so all of
 * them are below it.
 */
#pragma once

#include "base/base.h"

#include <sys/types.h>

struct arena;

struct family {
	pid_t *pids;		/* in the arena */
	size_t count;
	uint64_t memory;	/* bytes resident, of all */
	int64_t cpu_ms;		/* of those that live */
};

/* Makes us the one orphans go to. */
void family_begin(void);
/* Who there is now. */
void family_look(struct arena *a, struct family *out);
/* Is it one of ours (or a thread of one)? */
bool family_has(pid_t pid);
/* Is every process of the group one of ours? */
bool family_has_group(pid_t group);
