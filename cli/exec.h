/* SPDX-License-Identifier: MIT
 *
 * exec (lodex): one command in npm's environment, in the project or in each of some workspaces.
 *
 * Where the command comes from, in npm's order: the package's own bins, node_modules/.bin from here up to the root, the
 * global bin folder, packages of the project's tree, packages installed into <cache>/_npx/<hash>. All up to the global bin
 * folder is known without the network; what is left is RUN_HAND_OVER for exec_find, and exec_install's work.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct cli;
struct err;

struct exec {
	struct cli *cli;
	struct vec args;		/* const char *: the command and its arguments */
	struct vec packages;		/* const char *: specs as given */
	struct vec bin_paths;		/* const char *: put first on PATH */
	const char *call;		/* -c; NULL */
	const char *pkg_path;		/* whose bins come first */
	const char *local_bin;
	const char *run_path;
	const char *workspace;		/* its name; NULL */
	bool yes;
	bool swap;			/* args[0] names a package: its bin takes that place */
};

/* 0: it can run as it is; RUN_HAND_OVER: packages have to be looked at; -1. */
typedef int exec_find_fn(struct exec *e, struct err *err);

exec_find_fn exec_find;
/* The whole command: finds everything for each workspace, then runs each. RUN_HAND_OVER when find says so for any. */
int exec_command(struct cli *cli, int argc, char **argv, exec_find_fn *find, struct err *err) MUST_USE;
