/* SPDX-License-Identifier: MIT
 *
 * Which files of a directory belong into its package, by npm-packlist's rules: `files`, .npmignore, .gitignore, what is
 * always in and what never is, bundled dependencies. Links and names with a star are never in; nothing outside the
 * directory is, but what a bundled link leads to.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct vec;

struct packlist_options {
	const char *dir;		/* the package: absolute */
	const char *prefix;		/* the project it is a workspace of, or is itself; NULL: not known */
	const char *const *workspaces;	/* absolute directories of all workspaces of the project */
	size_t n_workspaces;
	const char *global_ignore;	/* text of the user's own ignore file, or NULL */
	bool *fell_back;		/* set when a .gitignore decided, for want of an .npmignore; NULL */
};

/* Paths relative to dir (const char *), in the order in which npm packs them. files is made here. */
int packlist(struct arena *a, const char *dir, struct vec *files, struct err *err) MUST_USE;
int packlist_with(struct arena *a, const struct packlist_options *o, struct vec *files, struct err *err) MUST_USE;
