/* SPDX-License-Identifier: MIT
 *
 * What run does for one package, and for several.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct json;
struct script;

/* One package whose script is run. */
struct subject {
	struct cli *cli;
	const char *workspace;		/* its name; NULL: the project */
	const char *dir;
	struct json *pkg;
	struct json *scripts;		/* with those that npm makes up */
	bool last;			/* no other package comes after it */
};

/* A script with the ones npm runs around it; those that have no text are left out. */
struct events {
	const char *names[3];
	size_t count;
	size_t main;			/* which of them takes the arguments */
	char **args;
};

/* Reads package.json. */
int subject_load(struct subject *s, struct err *err) MUST_USE;
/* What is run for argv, an event and its arguments; an error when the package has no such script, unless --if-present. */
int subject_events(struct subject *s, char **argv, struct events *out, struct err *err) MUST_USE;
/* One of them, ready to run. */
int subject_script(struct subject *s, const struct events *e, size_t at, struct script *out, struct err *err) MUST_USE;
/* Runs them on the terminal, one after the other while they succeed: cli->status. */
int subject_run(struct subject *s, char **argv, struct err *err) MUST_USE;
/* In the words npm has for a workspace that failed; err without an error: its script did, with this status. */
void subject_tell_failure(const struct subject *s, const char *event, int status, const struct err *err);

/* The script in each of the chosen workspaces (npm's exit status: of the last, in order, that failed). */
int run_many(struct cli *cli, char **argv, struct err *err) MUST_USE;
