/* SPDX-License-Identifier: MIT */
#include "install/loop.h"

#include <unistd.h>

#include "base/report.h"
#include "cache/cache.h"
#include "registry/registry.h"

#define TURN_MS 1000
#define POOL_LIMIT 256

static void wake(void *ctx)
{
	struct loop *l = ctx;

	registry_wake(l->registry);
}

int loop_open(struct loop *l, struct arena *a, const struct cache_options *cache, const struct registry_options *options,
	      struct err *err)
{
	struct registry_options *own = ARENA_NEW(a, struct registry_options);

	*l = (struct loop){.arena = a};
	l->waiting_end = &l->waiting;
	l->cache = cache_open(a, cache, err);
	if (!l->cache)
		return -1;
	*own = *options;
	own->cache = l->cache;
	l->registry = registry_open(own, err);
	if (l->registry)
		l->pool = pool_open(0, POOL_LIMIT, wake, l, err);
	if (l->pool)
		return 0;
	loop_close(l);
	return -1;
}

static void forget(struct loop *l, struct loop_job *job)
{
	arena_absorb(l->arena, &job->arena);
	if (job->forget)
		job->forget(job);
}

static void forget_all(struct loop *l)
{
	struct pool_item *item;

	pool_stop(l->pool);
	while ((item = pool_wait(l->pool)))
		forget(l, (struct loop_job *)item);
	for (; l->waiting; l->waiting = l->waiting->next)
		forget(l, l->waiting);
}

void loop_close(struct loop *l)
{
	if (l->pool)
		forget_all(l);
	pool_close(l->pool);
	registry_close(l->registry);
	cache_close(l->cache);
	*l = (struct loop){0};
}

static void run(struct pool_item *item)
{
	struct loop_job *job = (struct loop_job *)item;

	if (!job->timed) {
		job->work(job);
		return;
	}
	job->start_ns = report_now();
	job->work(job);
	job->end_ns = report_now();
	job->track = gettid();
}

static void tell(struct loop *l, const struct loop_job *job)
{
	if (job->timed)
		report_work(l->reporter, (struct event){.text = job->what ? job->what : "work", .prefix = job->about ? job->about : "",
				.track = job->track, .start_ns = job->start_ns, .end_ns = job->end_ns});
}

static void send_waiting(struct loop *l)
{
	while (l->waiting && !pool_full(l->pool)) {
		struct loop_job *job = l->waiting;

		l->waiting = job->next;
		if (!l->waiting)
			l->waiting_end = &l->waiting;
		pool_send(l->pool, &job->item);
	}
}

static void enqueue(struct loop *l, struct loop_job *job)
{
	struct loop_job **at = job->item.urgent ? &l->waiting : l->waiting_end;

	job->next = *at;
	*at = job;
	if (!job->next)
		l->waiting_end = &job->next;
}

void loop_send(struct loop *l, struct loop_job *job)
{
	job->item.run = run;
	job->timed = l->reporter && l->reporter->timing;
	enqueue(l, job);
	l->jobs++;
	send_waiting(l);
}

static bool finish_jobs(struct loop *l)
{
	struct pool_item *item;
	bool any = false;

	while ((item = pool_take(l->pool))) {
		struct loop_job *job = (struct loop_job *)item;

		l->jobs--;
		arena_absorb(l->arena, &job->arena);
		any = true;
		tell(l, job);
		job->done(job);
	}
	send_waiting(l);
	return any;
}

void loop_turn(struct loop *l)
{
	if (finish_jobs(l)) {
		l->requests = registry_poll(l->registry, 0);
		return;
	}
	l->requests = registry_poll(l->registry, TURN_MS);
	finish_jobs(l);
}

bool loop_idle(const struct loop *l)
{
	return !l->jobs && !l->requests;
}
