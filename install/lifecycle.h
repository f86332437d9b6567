/* SPDX-License-Identifier: MIT
 *
 * Dependency scripts and bin links in npm's order. For the packages just installed or rebuilt, first those that are no
 * links, then the links: preinstall of all, [links: prepare of all], bin links, install of all, postinstall of all.
 * Within one event packages start in the order (depth, path) and run in parallel, as many as there are processors; with
 * foreground-scripts one after the other on the terminal.
 *
 * What an installed package may run is the allow policy's to say (install/allow.h); bins are always linked.
 */
#pragma once

#include "base/base.h"
#include "base/proc.h"

struct allow_policy;
struct arena;
struct confine;
struct err;
struct grants;
struct json;
struct map;
struct node;
struct reporter;
struct vec;

/* What there is to tell while it goes on; text is the script's. */
enum lifecycle_event_kind {
	LIFECYCLE_DONE,
	LIFECYCLE_OPTIONAL_FAILED,	/* an optional package's script failed: the caller takes it away, and marks it inert
					   with all that goes with it, so that no more of their scripts run */
	LIFECYCLE_HARMED,		/* its own scripts took it apart: nothing may say that it is there. Only node is set */
};

struct lifecycle_event {
	enum lifecycle_event_kind kind;
	struct node *node;
	const char *event;
	const char *command;
	const struct proc_result *result;	/* its output lives as long as the call */
};

struct lifecycle_runtime {
	const struct map *env;
	const char *shims;
};

struct lifecycle_options {
	const struct map *env;		/* of env_make() */
	const char *shims;		/* runtime.shims */
	const char *script_shell;
	const struct allow_policy *policy;
	const struct confine *confine;	/* the sandbox of installed packages' scripts; NULL: they run as under npm */
	const struct grants *grants;	/* what it lets some of them do; may be NULL */
	const char *confined_project;	/* a stranger's: its own scripts and its links' are confined, and only in it; NULL: it is not */
	bool allow_all;			/* dangerously-allow-all-scripts */
	bool ignore_scripts;
	bool bin_links;
	bool foreground_scripts;
	bool rebuild_bundle;		/* also packages bundled in these */
	bool global, force;
	bool shared;			/* their files may be the store's: they get their own before a script runs */
	bool optional_may_fail;		/* an install, not a rebuild: a failed optional package is reported, not an error */
	/* A workspace may want another runtime: what replaces env and shims for its scripts; left alone where it does not. */
	int (*runtime_of)(void *ctx, const char *dir, struct lifecycle_runtime *out, struct err *err);	/* NULL: none does */
	void *runtime_ctx;
	struct reporter *reporter;	/* banners of scripts on the terminal; may be NULL */
	void (*said)(void *ctx, struct str out, struct str err);	/* what a script said whose failure is the error: borrowed */
	void *said_ctx;
	void (*report)(void *ctx, const struct lifecycle_event *event);	/* NULL: nobody listens */
	void *ctx;
};

/* nodes: of struct node *, in any order. The error of a script that fails is ELIFECYCLE, with the script's exit
 * status; its output has gone to the reporter. EINTR: a signal came in and everything that ran was ended. */
int lifecycle_build(struct arena *a, const struct vec *nodes, const struct lifecycle_options *o, struct err *err) MUST_USE;

/* A project's own scripts around an install. */
struct lifecycle_project {
	const char *dir;
	const struct json *pkg;		/* its package.json, normalised */
	const char *const *events;	/* in order; NULL-ended */
	const struct map *env;		/* instead of the options' own; NULL */
	bool captured;			/* not on the terminal: what one says is told when it fails */
};

/* Runs those it has, on the terminal unless captured. A failure stops: ELIFECYCLE with the script's exit status, or the signal that ended
 * it ends us too. */
int lifecycle_root(struct arena *a, const struct lifecycle_project *p, const struct lifecycle_options *o, struct err *err)
	MUST_USE;
