/* SPDX-License-Identifier: MIT
 *
 * The command table. A command is a file cmd_x.c with its run function, one entry in cli/commands.c (what is
 * known of it: seen by both programs, so that help, completion and dispatch agree) and one line in the list of
 * the program that runs it, in cli/runs.h (RUNS_LOCAL for lode, RUNS_NET for lode-net).
 *
 *	int cmd_root(struct cli *cli, int argc, char **argv, struct err *err);
 *
 * argv holds the words after the command's name, without options (those are in cli->config); argv[argc] is NULL.
 * A run function returns 0, or -1 with the error set; a status of its own goes to cli->status.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;

/* Not a failure: "lode-net has to do this". Only from a run function in the list of lode. */
#define RUN_HAND_OVER 2

typedef int command_run(struct cli *cli, int argc, char **argv, struct err *err);

enum command_flags {
	NEEDS_NET = 1 << 0,		/* lode hands it to lode-net, unless its own list has a run function too: that one goes
					 * first and may return RUN_HAND_OVER ("nothing to do" is decided there) */
	TAKES_WORKSPACES = 1 << 1,	/* -w and -ws mean something; else they are ENOWORKSPACES */
	IN_WORKSPACE = 1 << 2,		/* run inside a workspace's folder it is about that workspace */
	ANY_CONFIG = 1 << 3,		/* works with a broken .npmrc and unknown options (config, help, completion, version) */
	CHECKS_ENGINES = 1 << 4,	/* devEngines of the project are checked first */
	RAW_ARGS = 1 << 5,		/* argv is all that follows the name, options too (node) */
	HIDDEN = 1 << 6,		/* in no list */
	LOOKS_ONLY = 1 << 8,		/* runs nothing of the project: no runtime is fetched for it */
	RUNS_NODE = 1 << 7,		/* lode's own, but the runtime may have to be fetched, which lode-net does (cli/runtimes.h) */
};

struct command {
	const char *name;
	const char *description;	/* one line, as npm's help has it */
	const char *const *usage;	/* what follows `lode <name>`, one per line; NULL-terminated; NULL: one bare line */
	const char *const *params;	/* the settings its help lists, in order; NULL-terminated */
	const char *const *aliases;	/* NULL-terminated, or NULL */
	int positionals;		/* most words it takes; -1: any number */
	unsigned flags;
};

/* Where a program finds what to run. */
struct command_entry {
	const char *name;
	command_run *run;
};

/* The table, sorted by name; ended by an entry without a name. */
extern const struct command command_table[];
/* The run functions of lode, and those only lode-net has; ended by an entry without a name. */
extern const struct command_entry runs_local[];
extern const struct command_entry runs_net[];

/* A command by name, alias, camelCase spelling or unambiguous abbreviation, as npm's deref; NULL when there is none. */
const struct command *command_find(const char *name);
/* By its own name only. */
const struct command *command_get(const char *name);
command_run *command_run_in(const struct command_entry *list, const char *name);
