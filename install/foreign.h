/* SPDX-License-Identifier: MIT
 *
 * Lockfiles of other tools as a start, where there is no package-lock.json: yarn.lock, pnpm-lock.yaml, bun.lock, the first
 * there is. yarn 1's is taken as npm takes it. For the others, which npm does not know, what they locked is kept
 * where it satisfies; and resolving starts from nothing, since their node_modules is none of npm's.
 */
#pragma once

#include "base/base.h"
#include "base/map.h"

struct arena;
struct err;
struct ideal_asker;
struct ideal_lock;
struct pins;
struct project;
struct yarn;

struct foreign {
	struct arena *arena;
	const char *path;	/* the project */
	const char *name;	/* of the file; NULL: there is none */
	struct yarn *yarn;
	struct pins *pins;	/* NULL for yarn 1's */
	struct map specs;	/* struct spec by what a pin was asked for with */
};

/* The first lockfile that p has. A file that cannot be read as what it should be is an error: EYAMLPARSE, EJSONPARSE,
 * ELOCKFILEVERSION, ETOOBIG. */
int foreign_read(struct foreign *f, struct arena *a, const struct project *p, struct err *err) MUST_USE;
/* For ideal_options.locked; ctx is a struct foreign. */
bool foreign_locked(const struct ideal_asker *who, struct ideal_lock *out, void *ctx);
