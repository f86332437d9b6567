/* SPDX-License-Identifier: MIT
 *
 * One install at a time in a project: an advisory lock on the project's directory itself, which leaves no file behind and
 * ends with the process, however that ends. Scripts that run meanwhile may start installs in the same project: they are
 * part of the one that holds the lock (LODE_LOCK in the environment says so).
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct reporter;

struct project_lock {
	int fd;		/* -1: held by an outer install */
};

/* False: another lode works there, or it cannot be told. Waits for nobody. */
bool project_try_lock(struct project_lock *lock, struct arena *a, const char *dir);
/* Waits for another lode as long as it takes, up to half an hour, and says so. ELOCKED after that. */
int project_lock(struct project_lock *lock, struct arena *a, const char *dir, struct reporter *r, struct err *err) MUST_USE;
void project_unlock(struct project_lock *lock);
