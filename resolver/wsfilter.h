/* SPDX-License-Identifier: MIT
 *
 * pnpm's grammar of --filter, for choosing workspaces:
 *
 *	name  *-utils  @scope/a*	names; * and ? stand for anything. A name without a scope that no package has is looked for
 *				in every scope, and taken when one package answers
 *	./dir  {dir}		packages whose folder this is (from the working directory); with wildcards: is like this
 *	[since]			packages with a file that changed since this commit
 *	name{dir}[since]	all of these at once
 *	x...  ...x  ...x...	and what x depends on; and what depends on x; both, and what the dependents depend on
 *	x^...  ...^x		without x itself
 *	!x			without all of it
 *
 * Selectors are read in order: each adds to what the ones before chose, or takes away from it; when the first takes away,
 * it is from all packages. Selectors of --filter-prod make a choice of their own, on a graph without devDependencies, and
 * the two choices are joined.
 *
 *	ws_selector_parse(&arena, "...core", &place, &selectors[0], err);
 *	bool *chosen = ws_select(&(struct ws_selection){.graph = &g, .selectors = selectors, .n_selectors = 1, …}, err);
 *
 * Errors: EUSAGE for a selector that says nothing ("", "...", "!"), and those of `changed`.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct vec;
struct ws_graph;

struct ws_selector {
	bool exclude;
	bool self;		/* the packages themselves, not only what is around them */
	bool dependencies;
	bool dependents;
	bool prod;		/* devDependencies do not count; for the caller to set */
	const char *name;	/* NULL: any; "!x" are those not named x */
	const char *dir;	/* from the project's folder, "" the folder itself; NULL: any */
	const char *since;	/* NULL: never mind */
};

struct ws_place {
	const char *root;	/* the project's folder; absolute, as cwd */
	const char *cwd;	/* what relative folders start from */
};

int ws_selector_parse(struct arena *a, const char *text, const struct ws_place *place, struct ws_selector *out,
		      struct err *err) MUST_USE;

/* Adds the files (const char *, from the project's folder) that differ from a commit. */
typedef int ws_changed_fn(void *ctx, const char *since, struct vec *files, struct err *err);

struct ws_selection {
	const struct ws_graph *graph;
	const struct ws_selector *selectors;
	size_t n_selectors;
	ws_changed_fn *changed;
	void *changed_ctx;
	const char *const *tests;	/* globs, NULL-ended: a change to such a file says nothing about dependents */
	const char *const *ignored;	/* globs, NULL-ended: files whose changes do not count */
	bool with_root;			/* the project itself is chosen where selectors only take away */
};

/* For each package of the graph: is it chosen? In the graph's arena; NULL on error. */
bool *ws_select(const struct ws_selection *s, struct err *err) MUST_USE;
