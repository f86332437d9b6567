/* SPDX-License-Identifier: MIT
 *
 * What a confined script was not let do, each thing once, a line each: "<kind> <detail>". Told to the descriptor the
 * policy names when the script is over; runtime/confine.h reads it.
 */
#pragma once

#include "base/base.h"

/* Kinds and their details: what a person needs in order to grant it, or to be alarmed. */
#define REFUSED_READ "read"		/* path */
#define REFUSED_WRITE "write"		/* path */
#define REFUSED_FILE "file"		/* path of a file that is not there yet, in a directory that is */
#define REFUSED_ATTRIBUTES "attributes"	/* path */
#define REFUSED_NETWORK "network"	/* "" */
#define REFUSED_SOCKET "socket"		/* path of a local socket, or a family's number */
#define REFUSED_SIGNAL "signal"		/* number of a process */
#define REFUSED_CALL "call"		/* name of a system call */
#define REFUSED_SETUID "setuid"		/* "" */
#define ENDED_TIME "time"		/* "": ended, it took too long */
#define ENDED_CPU "cpu"
#define ENDED_MEMORY "memory"
#define REFUSED_PROCESSES "processes"	/* "": it may have no more */

#define REFUSALS_MAX 64
#define REFUSALS_OF_A_KIND 9	/* so that one kind cannot hide the others */
#define REFUSED_MORE "more"		/* kind: there were more of it */

struct refusals {
	char lines[REFUSALS_MAX][512];
	unsigned count;
};

void refusals_add(struct refusals *r, const char *kind, const char *detail);
/* Is there one of the kind whose detail is a path below dir? */
bool refusals_have_below(const struct refusals *r, const char *kind, const char *dir);
/* A failure to write is nobody's to mend. */
void refusals_tell(const struct refusals *r, int fd);
