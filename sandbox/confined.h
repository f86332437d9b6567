/* SPDX-License-Identifier: MIT
 *
 * The first moments of a confined process: it gives up, in this order, its terminal, its privileges, the files it has no
 * business with, the file system, and the system calls, and becomes the command.
 */
#pragma once

#include "base/base.h"

#include <sys/types.h>

struct err;
struct filter;
struct sandbox_policy;
struct trees;

/* Starts it, in a session of its own; its calls then wait in the filter (NULL: the kernel has none). -1: it could not be confined, and nothing runs. */
pid_t confined_start(const struct sandbox_policy *p, const struct trees *t, struct filter *f, char **argv, struct err *err)
	MUST_USE;
