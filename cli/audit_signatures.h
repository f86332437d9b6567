/* SPDX-License-Identifier: MIT
 *
 * `audit signatures`, and the same before an install when verify-signatures is set.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct tree;
struct vec;

/* Of what is installed; only: struct node of chosen workspaces, empty for all. Tells what it found. */
int audit_signatures(struct cli *cli, const struct tree *t, const struct vec *only, struct err *err) MUST_USE;
/* For install_options.resolved: an error for the first package whose signature is invalid or missing. ctx: the cli. */
int audit_signatures_first(void *ctx, const struct tree *t, struct err *err) MUST_USE;
