/* SPDX-License-Identifier: MIT
 *
 * The filter of system calls of a confined script. Landlock says which files may be opened and changed; this is for what
 * it does not cover: attributes of files, sockets, signals, the number of processes, the kernel's other doors.
 *
 * Some calls are refused at once. Others wait for the watcher (sandbox/answer.h), which gets them by filter_next() and must
 * answer each: with a result of its own, or by letting the kernel go on.
 */
#pragma once

#include "base/base.h"

#include <sys/types.h>

struct err;

enum call_kind {
	CALL_OPEN,	/* path, flags, mode */
	CALL_CHANGE,	/* something made, removed or moved at path (and path2) */
	CALL_MODE,	/* a file's mode: path (or only dir: a descriptor), mode */
	CALL_OWNER,
	CALL_TIMES,
	CALL_FORK,
	CALL_SOCKET,
	CALL_CONNECT,	/* only without network: then there is nothing to connect to */
	CALL_SIGNAL,
	CALL_PIDFD,	/* a signal to whom a descriptor (dir) means */
	CALL_LOOK,	/* something at path is to be told of */
	CALL_REFUSE,	/* never allowed; the watcher notes it */
};

/* Which argument is what; NO_ARGUMENT: none. */
#define NO_ARGUMENT (-1)

struct call_shape {
	const char *name;
	int number;
	enum call_kind kind;
	signed char dir, path;		/* no dir: the working directory; no path: dir is the descriptor meant */
	signed char flags, mode;
	signed char dir2, path2;
};

/* A call that waits. */
struct call {
	uint64_t id;
	pid_t pid;			/* of the thread that calls */
	const struct call_shape *shape;
	uint64_t args[6];
};

struct filter;

struct filter_options {
	bool net;		/* may it have connections? */
	bool alone;		/* no call waits: there can be no watcher. What Landlock does not cover is let on or refused as such */
	bool old_landlock;	/* for that: it does not know truncation */
};

/* Made before the fork. NULL: the kernel lacks something. */
struct filter *filter_make(const struct filter_options *o, struct err *err) MUST_USE;
/* In the child, between fork and exec: takes it upon itself. 0 or an errno. */
int filter_enter(struct filter *f);
/* After that: the descriptor on which calls wait, -1: none. */
int filter_waiting_fd(const struct filter *f);
/* In the watcher, once the child has passed its descriptor on. */
void filter_listen(struct filter *f, int fd);
int filter_fd(const struct filter *f);
/* Takes the next waiting call: false when there is none after all. */
bool filter_next(struct filter *f, struct call *out);
/* Is it still waiting? What was read of its process before is void otherwise. */
bool filter_waits(const struct filter *f, const struct call *c);
/* Answers: error is 0 or an errno. */
void filter_answer(struct filter *f, const struct call *c, int error);
/* The kernel carries the call out, under whatever else binds it. */
void filter_continue(struct filter *f, const struct call *c);
void filter_close(struct filter *f);
