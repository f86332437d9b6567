/* SPDX-License-Identifier: MIT
 *
 * Answers the system calls that wait. Two kinds of answers: where Landlock decides anyway (opening, making, removing) the
 * kernel goes on and only what will be refused is noted; where it does not (modes, owners, times of files) the watcher
 * opens what is meant, looks where that is, and does it itself, so that a path that changes its meaning gains nothing.
 */
#pragma once

#include "base/base.h"
#include "sandbox/trees.h"

struct call;
struct filter;
struct refusals;

struct answers {
	struct filter *filter;
	const struct trees *trees;
	struct refusals *refusals;
	bool net;
	bool ending;			/* no more processes: what there is, is being ended */
	bool old_landlock;		/* it does not know truncation */
	unsigned max_processes;		/* 0: any number */
	unsigned forks;			/* since they were counted */
	unsigned alive;			/* when they were */
};

/* Answers one call that waits, if there is one. */
void answer_next(struct answers *a);
