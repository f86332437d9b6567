/* SPDX-License-Identifier: MIT
 *
 * Cuts connections that have gone silent, for a library that would wait on them for ever: it reads from sockets made
 * here, and sees the end of the connection when nothing has come for too long.
 */
#pragma once

#include "base/base.h"

#include <pthread.h>
#include <stdatomic.h>

#define WATCHDOG_SOCKETS 8

struct watchdog {
	int64_t timeout_ms;
	atomic_llong progress_ms;
	atomic_bool timed_out;
	pthread_mutex_t lock;		/* of what follows */
	pthread_cond_t over_cond;
	bool over;
	int sockets[WATCHDOG_SOCKETS];	/* -1: free */
	pthread_t thread;
};

/* Starts a thread, which watchdog_stop ends. The struct must not move in between. */
void watchdog_start(struct watchdog *w, int64_t timeout_ms);
void watchdog_stop(struct watchdog *w);
void watchdog_progress(struct watchdog *w);		/* something came: any thread */
bool watchdog_bit(struct watchdog *w);			/* connections were cut */

/* A connected, blocking, watched socket, or -1: the host was not found, or does not answer. */
int watchdog_connect(struct watchdog *w, const char *host, const char *port);
void watchdog_close(struct watchdog *w, int fd);
