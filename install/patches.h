/* SPDX-License-Identifier: MIT
 *
 * The project's patches: found for the packages of a resolved tree, read, and applied to packages as they are staged.
 * Only the project's own package.json counts, only packages of a registry can be patched, and a patch file lies in the project.
 */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "base/str.h"

struct arena;
struct err;
struct manifest;
struct node;
struct reporter;
struct tree;

struct patches {
	struct arena *arena;
	const char *path;		/* the project */
	const char *const *rm;		/* names that are being uninstalled: their patches go with them */
	size_t rm_count;
	bool allow_unused;
	struct reporter *reporter;
	struct map files;		/* path as written to struct patch_file */
	bool dropped;			/* the root's manifest has fewer patches than before */
};

/* Sets `patched` of every node, and patch_removed where a patch is no more. EPATCHAMBIGUOUS, EPATCHUNUSED, EPATCHNOTFOUND,
 * EPATCHUNSAFE, EPATCHNONREGISTRY, EPATCHWORKSPACE. */
int patches_resolve(struct patches *p, struct tree *t, struct err *err) MUST_USE;
/* The text of a node's patch, as patches_resolve read it; ptr NULL when it has none. */
struct str patches_text(const struct patches *p, const struct node *n);
/* Changes the package in dir. EPATCHFAILED, EPATCHUNSAFE. Needs nothing but its own memory: workers call it. */
int patches_apply(struct str patch, const char *dir, struct err *err) MUST_USE;
