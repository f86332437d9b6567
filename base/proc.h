/* SPDX-License-Identifier: MIT
 *
 * Child processes. One is started with proc_start() and ended by proc_wait(); proc_run() does both. Many can run at
 * once: proc_wait() takes them all and answers with the first that is over, serving every one's pipes meanwhile.
 *
 *	struct proc_options o = {.file = "/bin/sh", .argv = argv, .out = PROC_CAPTURE, .err = PROC_CAPTURE};
 *	struct proc_result r;
 *	if (proc_run(&arena, &o, &r, err))
 *		return -1;	(it could not be started)
 *	if (r.code != 0) …
 *
 * A captured stream keeps its first half and its last half of max_output bytes; what is between is read and dropped, so
 * that a child that floods its output neither blocks nor eats the memory.
 *
 * A streamed one is handed on as it comes, from inside proc_wait(): nothing is kept, whatever the child writes.
 *
 * A child that is over but has left another process holding its pipes is waited for no longer than a moment.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;

enum proc_io {
	PROC_INHERIT,	/* ours */
	PROC_NULL,	/* nothing: /dev/null */
	PROC_CAPTURE,	/* out and err only: into the result */
	PROC_STREAM,	/* out and err only: to the sink */
};

/* What a child wrote to descriptor fd (1 or 2), in order, cut anywhere. n is 0 once: at its end. */
typedef void proc_sink(void *ctx, int fd, const char *bytes, size_t n);

struct proc_options {
	const char *file;		/* a path, or a name looked for in the PATH of envp */
	const char *const *argv;	/* argv[0] too; NULL at the end */
	const char *const *envp;	/* NULL: our own */
	const char *cwd;		/* NULL: ours */
	enum proc_io in, out, err;
	proc_sink *sink;		/* of PROC_STREAM */
	void *sink_ctx;
	size_t max_output;		/* bytes kept per captured stream; 0: 1 MB */
	int64_t timeout_ms;		/* 0: none; then SIGTERM, and SIGKILL two seconds later, to the group if it has its own */
	bool forward_signals;		/* while it runs SIGINT, SIGTERM and SIGHUP sent to us go to it and do not end us */
	bool report;			/* it gets a pipe as descriptor 3, and what it writes there is kept, apart from out and err */
	bool own_group;			/* a session and process group of its own: a signal reaches its children too, and there is
					   no terminal that would stop it; after a forwarded signal it has two seconds */
};

struct proc_result {
	int code;		/* exit status; 128 + signal when a signal ended it */
	int signal;		/* that signal, or 0 */
	bool timed_out;
	bool truncated;		/* something was dropped from out or err */
	struct str out, err;	/* in the arena; empty when not captured */
	struct str report;
};

struct proc;	/* a running child */

/* NULL when it could not be started (ENOENT, EACCES, …). */
struct proc *proc_start(struct arena *a, const struct proc_options *o, struct err *err) MUST_USE;
/* Waits until one of the n (some may be NULL) is over and says which. It must not be waited for again. */
size_t proc_wait(struct proc *const *procs, size_t n, struct proc_result *out);
int proc_run(struct arena *a, const struct proc_options *o, struct proc_result *out, struct err *err) MUST_USE;
/* Of the descriptors 0 to 2 those that are closed become /dev/null: no file may get their number. First thing in main(). */
void proc_open_streams(void);
/* Sends a signal to one that runs. */
void proc_kill(struct proc *p, int sig);

/* Becomes another program; returns only when that failed. envp NULL: our own. */
int proc_exec(const char *file, const char *const *argv, const char *const *envp, struct err *err) MUST_USE;
/* Ends us by the same signal that ended a child, so that our parent sees what happened. */
void proc_raise(int sig);
/* Where `name` is on a PATH text, executable; one with a slash stands for itself. NULL: nowhere. */
const char *proc_find(struct arena *a, const char *name, const char *path);
/* Our own executable's real path; NULL when the system does not tell. */
const char *proc_self(struct arena *a);
/* The last signal that came in while signals were forwarded, 0: none. Who is done with its children ends by it. */
int proc_signalled(void);
/* How many processors we may use, at least 1. */
int proc_cpus(void);
