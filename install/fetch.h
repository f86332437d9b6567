/* SPDX-License-Identifier: MIT
 *
 * Getting packages into the store: what is kept is unpacked, what is not is downloaded first. A package is asked for
 * once, however many places want it, and may be asked for as soon as its version is known: resolving goes on meanwhile.
 *
 *	struct fetch_package *p = fetch_get(f, &(struct fetch_want){.name = "a", .resolved = url, .integrity = sri});
 *	fetch_then(p, staged, me);	now, when it is there already; else from inside loop_turn()
 */
#pragma once

#include "base/base.h"
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"

struct confine;
struct fetch_job;
struct fetch_package;
struct loop;
struct store_package;

typedef void fetch_done(struct fetch_package *p, void *ctx);

struct fetch_options {
	bool ignore_scripts;		/* `prepare` of git repositories does not run */
	const char *lode;		/* our own executable, which prepares them; NULL: they are taken as they are */
	const struct confine *confine;	/* the sandbox it prepares them in; NULL: none */
	const char *tmp;		/* where repositories are checked out; NULL: /tmp */
	int64_t git_timeout_ms;
};

struct fetch {
	struct loop *loop;
	struct fetch_options options;
	struct map packages;		/* struct fetch_package by what identifies it */
	struct vec unseen;		/* wanted, and not looked for in the store yet */
	size_t next_unseen, looking;	/* in unseen; with the workers */
	struct fetch_job *unused;	/* jobs that are over */
	struct vec queue;		/* waiting for a download to end */
	size_t next;			/* in queue */
	size_t downloads;		/* under way */
	size_t held;			/* bytes downloaded that wait for a worker */
	uint64_t wanted, ready;		/* for progress */
	uint64_t bytes;
};

/* One package. Texts live as long as the loop's arena. */
struct fetch_want {
	const char *name;		/* its real name, not an alias */
	const char *version;		/* NULL when it is not known (a URL, a repository) */
	const char *resolved;		/* URL, file:<absolute path>, git+…#<commit>; NULL: the registry says */
	const char *integrity;		/* NULL: whatever it has */
	const char *shasum;
};

enum fetch_state { FETCH_OPEN, FETCH_READY, FETCH_FAILED };

struct fetch_package {
	struct fetch *fetch;
	struct fetch_want want;
	const char *what;		/* for messages */
	enum fetch_state state;
	struct store_package *package;	/* FETCH_READY */
	struct err *err;		/* FETCH_FAILED; else NULL: it takes kilobytes */
	const char *resolved;		/* FETCH_READY: a git URL with its commit; else as wanted */
	unsigned tries;
	struct fetch_step *step;	/* to be taken by who looks or fills next; NULL */
	struct vec waiters;
};

void fetch_init(struct fetch *f, struct loop *loop, const struct fetch_options *options);
/* What the worker that finds the package in the store, or fills it, may go on with at once, without a way over the main thread. */
struct fetch_step {
	void (*begin)(struct fetch_step *s);	/* main: a worker is going to look */
	void (*work)(struct fetch_step *s, const struct store_package *p);
};

/* What was asked for before; NULL: nobody did. */
struct fetch_package *fetch_find(const struct fetch *f, const struct fetch_want *want);
/* Never NULL; the work begins at once. */
struct fetch_package *fetch_get(struct fetch *f, const struct fetch_want *want);
/* As fetch_get. The step is only taken when nobody has asked for the package before. */
struct fetch_package *fetch_get_step(struct fetch *f, const struct fetch_want *want, struct fetch_step *step);
void fetch_then(struct fetch_package *p, fetch_done *done, void *ctx);
/* What failed may be had from elsewhere: it is asked for anew by who wants it next. */
void fetch_forget_failed(struct fetch *f);
/* The store lost or dropped it (STORE_GONE): get it again. done is called when it is back. */
void fetch_again(struct fetch_package *p, fetch_done *done, void *ctx);

/* ---- between fetch.c and source.c ---- */

/* Is it a git repository's URL? */
bool source_is_git(const char *resolved);
/* On a worker: checks out the repository, prepares and packs it: an uncompressed tar in *tar. *resolved gets the commit. */
struct source_git {
	const char *resolved;
	const char *what;
	const struct fetch_options *options;
	struct vec *said;		/* gets what its sandbox said (install/confined.h); NULL: nobody asks */
};
/* The same of a folder on disk, whose path `resolved` is; after its prepare script, as npm. */
int source_folder_pack(struct arena *a, const struct source_git *g, struct str *tar, struct err *err) MUST_USE;
int source_git_pack(struct arena *a, const struct source_git *g, struct str *tar, const char **resolved, struct err *err)
	MUST_USE;
