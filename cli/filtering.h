/* SPDX-License-Identifier: MIT
 *
 * --filter and --filter-prod: which workspaces they mean, and the graph of workspaces that needs.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct vec;
struct ws_graph;

/* The project, first, and its workspaces in npm's order, with their edges. */
int cli_workspace_graph(struct cli *cli, struct ws_graph *out, struct err *err) MUST_USE;
/* Is any of the two given? */
bool cli_has_filter(const struct cli *cli);
/* Chooses what they mean: cli->chosen. When that is the project alone, the run is about no workspaces any more. None at all
 * is told, and *none set. */
int cli_filter(struct cli *cli, bool *none, struct err *err) MUST_USE;
/* A ws_changed_fn, its context the cli: asks git what differs from where the branch left `since`, commits and the working
 * tree together, files that git does not know aside. */
int cli_changed_files(void *ctx, const char *since, struct vec *files, struct err *err);
