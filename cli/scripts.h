/* SPDX-License-Identifier: MIT
 *
 * What run, test, start, stop, restart and exec share.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct script;

/* Fills in what the settings say: environment, shims, shell, reporter. s->dir is set: it says which runtime. */
int cli_script_settings(struct cli *cli, struct script *s, struct err *err) MUST_USE;
/* Runs a script on the terminal as the command's work: its exit status becomes cli->status, the signal that ended it ours,
 * and nothing more is said. last: nothing comes after it, so that lode need not stay. */
int cli_script_run(struct cli *cli, const struct script *s, bool last, struct err *err) MUST_USE;
