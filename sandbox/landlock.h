/* SPDX-License-Identifier: MIT
 *
 * The kernel's Landlock: a set of rules a process takes upon itself and its children for ever.
 */
#pragma once

#include "base/base.h"

struct err;
struct trees;

/* The kernel's version of it: 1 and up, 0 where there is none. */
int landlock_version(void);
/* A set for these trees, as a descriptor. TCP connections are refused unless net is set; binding to TCP ports always. */
int landlock_make(const struct trees *t, bool net, struct err *err) MUST_USE;
/* Takes it upon the calling thread. 0, or an errno: it is called between fork and exec. */
int landlock_enter(int set);
