/* SPDX-License-Identifier: MIT
 *
 * The same work in several workspaces: in the order of what they depend on, one after the other on the terminal or several
 * at once with their output prefixed, as the settings say (workspace-concurrency, sequential, parallel, bail). What to run
 * in each is the caller's: a kind of work.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct map;
struct script;
struct ws_package;

struct many_kind {
	const char *what;	/* as the summary names it */
	const char *event;	/* the script that a project may be running when it calls us; NULL: none */
	bool named;		/* lines stand behind the script's event, too */
	bool bails;		/* unless --no-bail: a failure stops everything */
	bool alone;		/* one after the other, whatever the settings say */

	/* One workspace's work, whose turn has come. NULL: an error that ends everything. */
	void *(*begin)(void *ctx, const struct ws_package *p, struct err *err);
	/* All of it on the terminal: cli->status. An error is this workspace's. */
	int (*run)(void *work, struct err *err);
	/* Beside others: how many scripts there are, one after the other; -1 is an error of this workspace's. */
	int (*prepare)(void *work, struct err *err);
	int (*script)(void *work, size_t at, struct script *out, struct err *err);
	/* It failed, with a status or an error. False when nothing is to be said before the summary. */
	bool (*tell)(void *work, int status, const struct err *err);
	/* Does its failure keep others from running? NULL: yes. */
	bool (*matters)(void *work);
	void *ctx;
};

/* paths: name to path, as cli_workspace_paths() has them. cli->status becomes npm's: that of the last, in order, that failed. */
int many_run(struct cli *cli, const struct map *paths, const struct many_kind *kind, struct err *err) MUST_USE;
