/* SPDX-License-Identifier: MIT
 *
 * What one confined script may do. The program that confines it (sandbox/main_confine.c) is told by its arguments:
 *
 *	lode-confine --read=/usr --write=/p/node_modules/x --hide=/home/u --tmp=/tmp/lode- --time=600 -- sh -c '…'
 *
 * Trees are given by any path to them; one that does not exist is passed over. A hidden tree is left out of every tree
 * around it, but a tree named inside a hidden one is granted. Places (--place=) are to be changed like --write=, but the path
 * must be the real one: another script could have put a link there. One that is not as named lets nothing run.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct err;

/* 0: no limit. Those of memory, processor and processes are of everything the script starts together. */
struct sandbox_limits {
	int64_t time_ms;	/* by the clock */
	int64_t cpu_ms;
	uint64_t memory;	/* bytes resident */
	unsigned processes;
};

struct sandbox_policy {
	struct vec reads;	/* of const char *: files and trees to read and to run programs from */
	struct vec writes;	/* and to change as well */
	struct vec places;	/* the same, without a link on the way */
	struct vec hides;
	bool net;
	bool unwatched, unfiltered;	/* what the kernel does not offer (sandbox/kernel.h) */
	int report_fd;		/* where refusals are told, -1: nowhere */
	struct sandbox_limits limits;
};

void sandbox_policy_init(struct sandbox_policy *p, struct arena *a);
/* Reads the arguments up to "--"; *rest is where the command begins. EUSAGE. */
int sandbox_policy_parse(struct sandbox_policy *p, char **argv, char ***rest, struct err *err) MUST_USE;
/* The other way round: arguments (const char *) that sandbox_policy_parse takes, without "--". */
void sandbox_policy_format(struct arena *a, const struct sandbox_policy *p, struct vec *out);
