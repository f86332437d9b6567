/* SPDX-License-Identifier: MIT
 *
 * From the settings to what the tree loaders take; what commands that look at a project share.
 */
#pragma once

#include "base/base.h"
#include "resolver/depset.h"

struct cli;
struct err;
struct project;
struct tree;
struct vec;

/* Where the command works: the project, or the folder above the global node_modules. */
const char *cli_tree_path(const struct cli *cli);
/* The project of this run. broken_ok: an unreadable package.json is in project->package_error. */
int cli_project(struct cli *cli, bool broken_ok, struct project *out, struct err *err) MUST_USE;
/* OMIT_* bits. */
unsigned cli_omit(const struct cli *cli);
/* Are workspaces chosen, by -w, -ws or the folder one is in? Then their names go into `names` (const char *). */
int cli_chosen(struct cli *cli, struct vec *names, struct err *err) MUST_USE;
/* Nodes of chosen workspaces in a tree; a warning for each that is not there. */
void cli_workspace_nodes(struct cli *cli, const struct tree *t, const struct vec *names, struct vec *nodes);
/* Adds the nodes of the chosen workspaces and what they need. 1; 0: none was chosen, nothing is added; -1: an error. */
int cli_chosen_deps(struct cli *cli, struct tree *t, bool with_root, struct vec *out, struct err *err) MUST_USE;
