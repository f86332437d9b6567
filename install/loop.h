/* SPDX-License-Identifier: MIT
 *
 * The one place where the main thread waits: for the network and for workers. Jobs run on workers and are
 * finished on the main thread; both kinds of callback come from inside loop_turn() only.
 *
 *	struct fill { struct loop_job job; … };
 *	fill->job.work = unpack;	a worker: touches nothing but the job
 *	fill->job.done = unpacked;	the main thread, afterwards
 *	loop_send(loop, &fill->job);
 *	while (!fill->over)
 *		loop_turn(loop);
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/pool.h"

struct cache;
struct cache_options;
struct registry;
struct registry_options;
struct reporter;

struct loop_job {
	struct pool_item item;		/* the pool's; first */
	void (*work)(struct loop_job *job);
	void (*done)(struct loop_job *job);
	void (*forget)(struct loop_job *job);	/* instead of done(), when the loop closes: lets go what is not in the arena */
	struct arena arena;		/* the worker's while it works; absorbed into the loop's before done() */
	struct err err;			/* work()'s outcome */
	const char *what, *about;	/* for --timing: "link", the package; NULL is fine */
	int64_t start_ns, end_ns;	/* of work(), when that is wanted */
	int track;			/* the thread it ran on */
	bool timed;
	struct loop_job *next;		/* waits for room in the pool */
};

struct loop {
	struct arena *arena;		/* of the run: what jobs leave behind */
	struct cache *cache;
	struct registry *registry;
	struct pool *pool;
	struct reporter *reporter;
	struct loop_job *waiting, **waiting_end;
	size_t jobs;			/* sent and not finished */
	size_t requests;		/* the registry's, at the last turn */
};

/* Opens cache, registry and workers. options->cache is ignored: the registry gets this loop's. */
int loop_open(struct loop *l, struct arena *a, const struct cache_options *cache, const struct registry_options *options,
	      struct err *err) MUST_USE;
/* Waits for what workers are at; forgets all jobs. Fine on a loop that never opened. */
void loop_close(struct loop *l);
/* A job whose item is urgent goes ahead of those that are not. */
void loop_send(struct loop *l, struct loop_job *job);
/* Waits until something is finished (or a moment has passed) and finishes it. */
void loop_turn(struct loop *l);
/* Neither jobs nor requests are under way. */
bool loop_idle(const struct loop *l);
