/* SPDX-License-Identifier: MIT
 *
 * Which package `patch add` means.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct patch_rules;
struct tree;

struct patch_target {
	const char *name, *version;
};

/* The installed package of that name, or the version that was named. EPATCHNONREGISTRY, EPATCHAMBIGUOUS, EPATCHNOTINSTALLED. */
int patch_target_find(struct cli *cli, const char *word, struct patch_target *out, struct err *err) MUST_USE;
/* What is installed. */
struct tree *patch_target_tree(struct cli *cli, struct err *err);
/* Sets `used` of every rule that is a range with this version in it. */
void patch_target_mark(const struct patch_rules *rules, const char *name, const char *version);
