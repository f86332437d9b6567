/* SPDX-License-Identifier: MIT */
#include "cli/runs.h"

#define RUN_ENTRY(name, fn) {name, fn},

const struct command_entry runs_local[] = {RUNS_LOCAL(RUN_ENTRY){NULL, NULL}};
