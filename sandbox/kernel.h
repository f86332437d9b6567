/* SPDX-License-Identifier: MIT
 *
 * What this kernel, as it is set up, offers for confining a script, and what is left open where it offers less.
 *
 * Whole is Landlock of any version with calls that wait for a watcher: that one makes up for what older versions of Landlock lack
 * (truncation before 3, the network before 4, signals and abstract sockets before 6). Without a watcher the filter refuses
 * or lets on by itself; without a filter there is only Landlock. Landlock cannot be done without.
 */
#pragma once

#include "base/base.h"

struct buf;

struct sandbox_kernel {
	int landlock;	/* its version, 0: none */
	bool filter;	/* filters of system calls */
	bool watcher;	/* one may wait for another process, and that one may look into it */
};

enum sandbox_strength { SANDBOX_NONE, SANDBOX_PART, SANDBOX_WHOLE };

/* Tries it out in a child. */
void sandbox_kernel_probe(struct sandbox_kernel *out);
enum sandbox_strength sandbox_strength(const struct sandbox_kernel *k);
/* What a script could still do, for people: "use the network, send signals". Nothing for the whole. */
void sandbox_left_open(const struct sandbox_kernel *k, struct buf *out);
