/* SPDX-License-Identifier: MIT
 *
 * Signals that go on to children: used by base/proc.c only.
 *
 * While at least one child is registered SIGINT, SIGTERM and SIGHUP have a handler that sends them on. A signal from
 * the terminal has reached every process of the foreground group already and is sent on only to children in groups of their own.
 */
#pragma once

#include "base/base.h"

#include <signal.h>
#include <sys/types.h>

/* Between hold and release none of the three is delivered: start the child and register it there. */
void signals_hold(sigset_t *old);
void signals_release(const sigset_t *old);
void signals_forward(pid_t pid, bool own_group);
void signals_forget(pid_t pid);
/* Readable once a signal has come in, whichever thread it met; -1 while nothing is registered. Poll it with the children. */
int signals_fd(void);
/* Makes it unreadable again. */
void signals_drain(void);
