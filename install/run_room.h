/* SPDX-License-Identifier: MIT
 *
 * Between run.c and run_resolve.c only: one install under way.
 */
#pragma once

#include "install/feed.h"
#include "install/fetch.h"
#include "install/foreign.h"
#include "install/install.h"
#include "install/loop.h"
#include "install/npmext.h"
#include "install/patches.h"
#include "install/project.h"
#include "install/reify.h"
#include "resolver/ideal.h"
#include "resolver/platform.h"

struct ahead;
struct as_read;
struct auditing;
struct recorded;
struct tree;
struct vec;

/* What the steps of one run share. */
struct run {
	struct arena *arena;
	const struct install_options *options;
	struct install_result *out;
	struct project project;
	struct loop loop;
	struct fetch fetch;
	struct feed feed;
	struct reify reify;
	struct patches patches;
	struct npmext extension;
	struct ideal_options ideal;	/* the caller's, with our listener */
	struct foreign foreign;
	struct tree *locked;		/* ci: what the lockfile says; NULL */
	bool fresh;			/* there was no node_modules */
	struct ahead *ahead;		/* NULL: nothing is read beforehand */
	struct as_read *as_read;	/* the lockfile before anything changed; NULL: not noted */
	bool may_stand;			/* nothing but what is to be added may have to be looked at */
	bool rest_in_place;		/* and so it is */
	bool holds;			/* every edge of the tree, as it was saved */
	struct auditing *auditing;	/* NULL: nobody is asked */
	struct recorded *recorded;	/* NULL: nothing has to be filled up */
	struct platform platform;	/* what packages are chosen for */
	struct vec *held_back;		/* struct ideal_event * that may not be true; NULL: they are told at once */
	struct tree *duplicated;	/* dedupe: what the lockfile says, flags and all; NULL */
};

/* Works out run->reify.ideal: from the lockfile, another tool's, what is on disk or nothing. */
int run_resolve(struct run *run, struct err *err) MUST_USE;
