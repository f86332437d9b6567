/* SPDX-License-Identifier: MIT
 *
 * A pool of worker threads. Items own themselves: sending one gives it away, a worker runs it, taking gives it
 * back; in between nobody else touches it or what it points to. Running cannot fail: what went wrong is in the item.
 *
 *	struct job { struct pool_item item; … };
 *	pool_send(pool, &job->item);			// main
 *	job->item.run(&job->item);			// a worker
 *	while ((item = pool_take(pool)))		// main, when woken
 *		…
 *
 * The wake-up is called by a worker, without any lock held, when it has added to an empty list of finished items
 * (curl_multi_wakeup is made for that); for quiet ones once many are finished, or few wait. Items are intrusive, so that sending never allocates; who makes items looks at
 * pool_full() first and so bounds them.
 */
#pragma once

#include "base/base.h"

struct err;
struct pool;
struct pool_item;

typedef void pool_run(struct pool_item *item);
typedef void pool_wake(void *ctx);

struct pool_item {
	pool_run *run;
	struct pool_item *next;		/* the pool's */
	size_t weight;			/* of those that wait the heaviest is next: what comes last has one thread for itself */
	bool urgent;			/* goes ahead of those that are not */
	bool quiet;			/* nobody waits for this one: it wakes only when there is little left to run */
	bool dropped;			/* given back without having run: the pool was told to stop */
};

/* threads 0: as many as the machine has processors (two at the least). wake may be NULL. */
struct pool *pool_open(unsigned threads, unsigned limit, pool_wake *wake, void *ctx, struct err *err) MUST_USE;
void pool_send(struct pool *p, struct pool_item *item);
/* A finished item, or NULL when there is none now. In the order they were finished. */
struct pool_item *pool_take(struct pool *p);
/* Waits for one; NULL when nothing is on its way. */
struct pool_item *pool_wait(struct pool *p);
/* As many items as the limit are sent and not taken back: make no more for now. */
bool pool_full(const struct pool *p);
/* Sent and not taken back. Main thread only, as all of these. */
size_t pool_count(const struct pool *p);
unsigned pool_threads(const struct pool *p);
/* No item that waits is run any more; they come back dropped. */
void pool_stop(struct pool *p);
/* Stops, waits for what runs, ends the threads. Items not taken back are the caller's to forget. NULL is fine. */
void pool_close(struct pool *p);
