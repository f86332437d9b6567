/* SPDX-License-Identifier: MIT
 *
 * `patch update`: a patch that was made for one version, made to fit another.
 */
#pragma once

#include "base/base.h"

struct arena;
struct cli;
struct err;

int patch_update(struct cli *cli, int argc, char **argv, struct err *err) MUST_USE;

/* What an update that did not apply cleanly has left in the folder where it is to be resolved (PATCHING_MARK). */
struct patch_mark {
	bool ends;			/* committing that folder ends the update */
	const char *replaces;		/* the rule that goes with it; NULL: none does */
};

/* Nothing, when there is none or it is about another package. EPATCHBADMARKER. */
int patch_mark_read(struct arena *a, const char *dir, const char *name, struct patch_mark *out, struct err *err) MUST_USE;
