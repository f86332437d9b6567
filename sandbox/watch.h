/* SPDX-License-Identifier: MIT
 *
 * Starts a command confined and stays by it until it and everything it started is over: answers the calls that wait, keeps
 * the limits, passes signals on.
 */
#pragma once

#include "base/base.h"

struct err;
struct refusals;
struct sandbox_policy;
struct trees;

/* Runs it, and gives its status as waitpid does; -1: it was not run. Nothing it started lives on. */
int watch_run(const struct sandbox_policy *p, const struct trees *t, char **argv, struct refusals *r, struct err *err)
	MUST_USE;
