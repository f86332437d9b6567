/* SPDX-License-Identifier: MIT
 *
 * One run of lode: what every command is given. It owns the arena that everything of the run lives in.
 */
#pragma once

#include "base/base.h"

struct arena;
struct command;
struct command_entry;
struct config;
struct err;
struct json;
struct map;
struct reporter;
struct render;
struct str;

struct cli {
	struct arena *arena;
	struct config *config;			/* all settings, loaded */
	struct reporter *reporter;		/* where lower rooms send their events; also log lines (report_warn, …) */
	struct render *render;			/* behind the reporter */
	const struct command *command;		/* the one that runs */
	const char *typed;			/* its name as typed */
	const char *cwd;
	char **argv;				/* the program's own arguments, untouched; argv[0] is the program */
	int argc;
	int status;				/* exit status when the command succeeds; set it for a "no" that is no error */
	int64_t started_ns;			/* on the monotonic clock */
	const struct command_entry *lists[2];	/* run functions of this program */
	bool is_net;				/* this is lode-net */
	bool in_workspaces;			/* -w, -ws, or started in a workspace's folder: about cli_workspace_paths() */
	struct map *chosen;			/* what --filter means: name to path, the project among them; NULL: not given */
	bool goes_on;				/* more is to be done behind the program that runs: it may not take our place */
	const char *error_detail;		/* the long story under the error's message; NULL */
	bool wants_usage;			/* the error is about usage: it is printed under the message */
	struct map *runtimes;			/* struct runtime_choice by folder (cli/runtimes.h); NULL: none yet */
	struct json *output;			/* what cli_json was given, printed at the end; NULL: nothing */
};

/* A line on stdout; with --json, where one document is all that may be printed, nothing. */
void cli_print(struct cli *cli, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Text as it is on stdout. */
void cli_write(struct cli *cli, const char *text, size_t len);
/* The document that --json prints: objects given one after the other are merged, an error joins them as "error". */
void cli_json(struct cli *cli, struct json *value);

/* --json, -g (or location=global), --silent. */
bool cli_is_json(const struct cli *cli);
bool cli_is_global(const struct cli *cli);
bool cli_is_silent(const struct cli *cli);
/* npm's npm.dir, npm.bin, npm.prefix: of the project, or global with -g. */
const char *cli_dir(const struct cli *cli);
const char *cli_bin(const struct cli *cli);
const char *cli_prefix(const struct cli *cli);

/* EUSAGE with the command's usage under the message; returns -1. */
int cli_usage_error(struct cli *cli, struct err *err, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* "v26.10.0" of the runtime the project was given; of what it would be given now when nobody has asked yet. */
const char *cli_node_version(struct cli *cli);

/* The workspaces a run is about: name to absolute path, as chosen by -w or --filter; with_root: the root too.
 * An error when there are none. Only when cli->in_workspaces. */
struct map *cli_workspace_paths(struct cli *cli, bool with_root, struct err *err) MUST_USE;

/* Run another command by its name with these words, in this run (`test` runs `run test`). Its needs are not checked again. */
int cli_run(struct cli *cli, const char *name, int argc, char **argv, struct err *err) MUST_USE;
/* Ask lode-net to do the whole command line: returns only when it cannot be started. */
int cli_hand_over(struct cli *cli, struct err *err) MUST_USE;

/* The whole program: read the command line, load the settings, run, report. Returns the exit status. */
int cli_main(int argc, char **argv, const struct command_entry *own, const struct command_entry *also);
