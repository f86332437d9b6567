/* SPDX-License-Identifier: MIT
 *
 * One script of one package: its text given to the shell with npm's environment, in the package's directory.
 * One that is shown is announced to the reporter first, as npm does: "run <package> <event>", "run <command>".
 */
#pragma once

#include "base/base.h"
#include "base/proc.h"

struct arena;
struct buf;
struct confine_script;
struct err;
struct json;
struct map;
struct reporter;
struct vec;

enum script_stdio {
	SCRIPT_INHERIT,		/* the terminal's; signals are forwarded */
	SCRIPT_CAPTURE,		/* kept, to be shown when it fails */
	SCRIPT_STREAM,		/* handed on while it runs, beside others; it reads nothing; signals are forwarded */
};

struct script {
	const char *event;		/* "postinstall" */
	const char *command;		/* its text; NULL: what script_find gives */
	const char *const *args;	/* NULL-ended; quoted and appended; NULL: none */
	const char *dir;		/* the package's directory, absolute */
	const struct json *pkg;		/* its package.json, normalised; may be NULL */
	const struct map *env;		/* of env_make(); plus what the caller adds (npm_package_resolved, …) */
	const struct vec *bin_paths;	/* put first on PATH; NULL: none */
	const char *shims;		/* runtime.shims */
	const struct confine_script *confine;	/* its sandbox (runtime/confine.h); NULL: none */
	const char *shell;		/* setting script-shell; NULL: sh */
	enum script_stdio stdio;
	proc_sink *sink;		/* of SCRIPT_STREAM */
	void *sink_ctx;
	struct reporter *reporter;	/* hears of scripts that are shown; may be NULL */
};

/* The text of a package's script, NULL when it has none. `install` without install and preinstall is
 * "node-gyp rebuild" where binding.gyp exists in dir and gypfile is not false; dir NULL: it is known that there is none. */
const char *script_find(struct arena *a, const struct json *pkg, const char *event, const char *dir);
/* Runs it and waits; a terminal it had is put back to what it was. A script that fails is no error here: look at out->code and out->signal (a signal that ended a script
 * on the terminal should end us too: proc_raise). No text: code 0. */
int script_run(struct arena *a, const struct script *s, struct proc_result *out, struct err *err) MUST_USE;
/* Starts it for proc_wait(); NULL with err clear when there is no text. */
struct proc *script_start(struct arena *a, const struct script *s, struct err *err) MUST_USE;
/* Becomes the shell that runs it, or what the shell would only start: for a script on the terminal that is the last thing to do.
 * Returns -1 when that failed, 0 when there is no text. */
int script_become(struct arena *a, const struct script *s, struct err *err) MUST_USE;
/* An argument quoted for sh as npm does: only where needed. */
void script_quote(struct buf *out, const char *arg);
/* "name@version", or the name alone, or "". */
const char *script_package_id(struct arena *a, const struct json *pkg);
