/* SPDX-License-Identifier: MIT
 *
 * An install: from what package.json, lockfile and command line ask for to a tree on disk.
 *
 *	1 the project's lock is taken		5 packages are fetched into the store, and staged
 *	2 the project is loaded			6 the tree is put in place, what is not wanted taken away
 *	3 the ideal tree is resolved		7 allowed dependency scripts run; a failure undoes 6
 *	4 it is compared with the actual one	8 lockfile, hidden lockfile and package.json are saved
 *
 * `ci`, `uninstall`, `update`, `dedupe` and `prune` are installs with other options. The project's own scripts around
 * it are the command's to run (install/lifecycle.h). Nothing in the project changes before everything is fetched; a kill
 * at any later moment leaves a tree that the next install completes.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"
#include "install/lifecycle.h"
#include "install/project.h"
#include "install/savepkg.h"
#include "install/state.h"
#include "cache/cache.h"
#include "lockfile/commit.h"
#include "registry/registry.h"
#include "resolver/ideal.h"

struct arena;
struct audit;
struct audit_options;
struct diff;
struct err;
struct json;
struct laid;
struct reporter;
struct tree;

struct install_options {
	struct project_options project;
	struct ideal_options ideal;
	struct registry_options registry;
	struct cache_options cache;
	struct commit_options commit;
	struct lifecycle_options lifecycle;
	struct reporter *reporter;
	const char *save_prefix;	/* "^" */
	const char *lode;		/* our own executable */
	unsigned omit;			/* OMIT_* */
	int64_t git_timeout_ms;
	bool ci;			/* from the lockfile alone, after emptying node_modules */
	bool dry_run;
	bool lock_only;			/* package-lock-only */
	bool dedupe;			/* update what is there more than once, preferring what is there */
	bool prune;			/* take away what nothing needs, whatever else */
	bool no_save;			/* save=false: neither package.json nor lockfile change */
	bool no_lockfile;		/* package-lock=false: none is written */
	bool strict_allow_scripts;
	bool allow_unused_patches, ignore_patch_failures;
	bool no_workspaces;		/* workspaces=false */
	bool global_store;		/* install-strategy=linked: packages are shared with other projects */
	/* Where an install without what is to be added, and otherwise the same, keeps its answer; NULL: it is not to be asked. */
	const struct state_key *standing;
	const struct audit_options *audit;	/* ask what is known against the packages; NULL: do not */
	const char *strict_remedy;	/* what ESTRICTALLOWSCRIPTS advises; NULL: allow_remedy() */
	/* The project's own preinstall: before anything else, with ci once the lockfile is known to fit. May be NULL. */
	int (*before)(void *ctx, struct err *err);
	void *before_ctx;
	/* The tree is known, nothing has been done: may this be installed? May be NULL. */
	int (*resolved)(void *ctx, const struct tree *ideal, struct err *err);
	void *resolved_ctx;
};

/* What has been done, in the order of the tree. */
struct install_result {
	struct tree *ideal;
	struct tree *actual;		/* before; NULL with lock_only, and where nobody had to look */
	struct diff *diff;		/* NULL with lock_only */
	struct vec pending;		/* struct allow_pending: packages whose scripts were blocked */
	const struct json *explanation;	/* of ERESOLVE; NULL */
	struct audit *audit;		/* what is known against them; NULL: not asked, or no answer */
	bool changed;			/* something in node_modules did */
	const struct vec *added;	/* struct spec */
	bool settled, lacking;		/* the next install would find nothing to do (install/settled.h) */
	bool whole;			/* node_modules is new, and made of nothing but the files the project has (install/layout.h) */
	const struct laid *laid;	/* of what packages it is, then; NULL: of something else, too */
	struct str package_text, lock_text; /* package.json and lockfile as they were read */
	struct state_made made;
};

/* out is filled as far as it got, also on error. */
int install_run(struct arena *a, const struct install_options *o, struct install_result *out, struct err *err) MUST_USE;
