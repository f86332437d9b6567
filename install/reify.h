/* SPDX-License-Identifier: MIT
 *
 * Making the ideal tree real: everything new is fetched and linked below a staging folder in node_modules first; then
 * what has to go is moved there too and what is new is moved into place, one rename each. An error undoes the moves; a kill
 * leaves whole packages only, no hidden lockfile, and a staging folder, from which the next install starts clean.
 */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "base/vec.h"
#include "install/fetch.h"

struct arena;
struct diff;
struct err;
struct fetch;
struct fetch_package;
struct links;
struct install_options;
struct lockfile;
struct link_job;
struct loop;
struct node;
struct patches;
struct tree;

/* Folders in a node_modules where packages wait; what a killed run left of them is taken away by the next. */
#define STAGE_PREFIX ".lode-stage-"

struct reify {
	struct arena *arena;
	const struct install_options *options;
	struct loop *loop;
	struct fetch *fetch;
	const struct patches *patches;
	struct tree *actual, *ideal;
	struct tree *laid;		/* what is made of ideal on disk: ideal itself, but with install-strategy=linked */
	struct diff *diff;
	const char *root;		/* the project's real path */
	struct map ahead;		/* struct place by the node's path: begun while the tree was being resolved */
	size_t ahead_open;		/* of them, under way and not asked for yet */
	bool no_headstart;		/* there cannot be a staging folder ahead of time */
	const char *stage;		/* <root>/node_modules/.lode-stage-…; NULL until something needs it */
	const char *whole;		/* in it: the node_modules that is to be (install/whole.h); NULL */
	struct map wholes, scopes;	/* struct place by its path in there; the scopes' folders there */
	struct map cases;		/* both in lower case */
	struct vec places;		/* struct place: packages to be put in place */
	struct map asides;		/* more staging folders, by the node_modules they are in: on other file systems */
	struct vec moves;		/* struct move: renames done, in order, for undoing */
	struct vec build;		/* struct node: whose scripts and bins are due */
	struct map ways;		/* folders that packages go into, seen to be where they seem to be; place.c's */
	struct map staged;		/* struct place by the node's path */
	struct map bundle_missing;	/* nodes by path which their bundler does not bring */
	unsigned serial;		/* of names in the staging folder */
	size_t linked, to_link;
	struct links *links;		/* what projects share (install/shared.h); NULL: nothing */
	struct link_job *unused;	/* stage.c's jobs that are over */
	const struct lockfile *lockfile; /* the project's: what the tree is written down with */
	const struct vec *trash;	/* struct node: to be taken away when all else is done; NULL */
	bool was_due;			/* an earlier run left something to do */
	bool made_modules;		/* node_modules was not there */
	const struct vec *clear;	/* const char *: folders whose node_modules is emptied first (ci); NULL */
	struct err *failed;		/* the first fatal failure while staging; NULL */
	bool changed;			/* something on disk was touched */
	bool harmed;			/* a package's own scripts took it apart */
	bool ran;			/* scripts of packages did, and may have done anything */
	bool left_out;			/* something optional failed */
	bool unshare;			/* not all packages can be shared that were to be */
	bool brings_modules;		/* a package came with a node_modules in it */
};

/* One package on its way. */
struct place {
	struct reify *reify;
	struct node *node;
	const char *dest;		/* where it is to be staged; NULL until that begins */
	const char *staged;		/* its files, once linked there */
	bool put;			/* it is in place */
	bool dropped;			/* optional, and failed: it is left out */
	struct fetch_step step;
	bool ahead;			/* begun before anybody asked for it */
	bool underway;			/* begun, and not over */
	const char *integrity, *resolved; /* what was begun */
	struct link_job *link;		/* goes with the worker that looks for the package; NULL */
	unsigned tries;
};

struct move {
	const char *from, *to;
	bool made;			/* undoing is taking `to` away (new links, made folders, copies) */
	bool retired;			/* moved out of the tree */
};

/* All of it. ESTRICTALLOWSCRIPTS comes before anything is touched. On error the project is
 * as it was; afterwards due_done() is the caller's, once all is saved. */
int reify_run(struct reify *r, struct err *err) MUST_USE;
/* What was begun for a tree that never came to be is taken away again. After the loop is closed: nobody works on it any more. */
void reify_close(struct reify *r);
/* Takes away a node_modules that is no folder, unless forced. Before the tree in it is read. */
int reify_check_modules(struct reify *r, struct err *err) MUST_USE;
/* The setting strict-allow-scripts: ESTRICTALLOWSCRIPTS where somebody has to decide about a script yet. */
int reify_check_strict(struct reify *r, struct err *err) MUST_USE;

/* ---- stage.c ---- */

/* Where a node's package comes from. Errors: EALLOWGIT, EALLOWREMOTE, …: the policy is checked here. */
struct fetch_package *stage_fetch(struct reify *r, struct node *n, struct err *err) MUST_USE;
/* What stage_fetch() gave for n; NULL: it was not asked for. */
struct fetch_package *stage_fetched(struct reify *r, struct node *n);
/* A place for n, among r->places: what stage_ahead() began, when that is still what n wants. */
struct place *stage_place(struct reify *r, struct node *n);
/* Begins with n though the tree may change yet. The staging folder is there. What goes wrong is left for stage_all(). */
void stage_ahead(struct reify *r, struct node *n);
/* Waits for what was begun and nobody wants: before the staging folder goes. */
void stage_settle(struct reify *r);
/* Fetches and links all packages of r->places that are not yet. Optional ones that fail are dropped. */
int stage_all(struct reify *r, struct err *err) MUST_USE;
int stage_make(struct reify *r, struct err *err) MUST_USE;
/* A new path in the staging folder. */
const char *stage_path(struct reify *r, const char *kind);
/* The optional set of n is left out of the tree on disk (it stays in the lockfile). */
void stage_drop_optional(struct reify *r, struct node *n, const struct err *why);

/* ---- aside.c ---- */

/* A new path on the file system that `path` is on, where the staging folder is not on it: below a node_modules. */
const char *aside_path(struct reify *r, const char *path, struct err *err) MUST_USE;
void aside_remove(struct reify *r);

/* ---- place.c ---- */

/* Moves everything: out of the way, into place, unchanged packages back into changed ones, links. */
int place_all(struct reify *r, struct err *err) MUST_USE;
void place_undo(struct reify *r);
/* For what others put in place: its folders are made; undoing takes it away (always 0). */
int place_parents(struct reify *r, const char *path, struct err *err) MUST_USE;
int place_made(struct reify *r, const char *path);
/* Takes one path out of the tree into the staging folder, undoably. A missing one is fine. */
int place_retire(struct reify *r, const char *path, struct err *err) MUST_USE;
