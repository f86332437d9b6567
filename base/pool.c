/* SPDX-License-Identifier: MIT */
#include "base/pool.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/os.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_THREADS 64
/* Workers walk JSON and tar without recursion; a small stack is plenty and keeps a limit on what hostile input can do. */
#define STACK_SIZE ((size_t)1 << 20)

/* Quiet items wake main when so many are finished, or when fewer than this wait for each worker. */
#define QUIET_MANY 16
#define QUIET_FEW 4

struct list {
	struct pool_item *first, *last;
	size_t count;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t work;		/* something to run, or the end */
	pthread_cond_t done;		/* something to take */
	struct list waiting, urgent, finished;
	bool stopped;			/* run nothing any more */
	bool ending;			/* threads go home */
	bool woken;			/* main was, and has not yet emptied the finished list */
	pool_wake *wake;
	void *wake_ctx;
	size_t out;			/* main's: sent and not taken back */
	unsigned limit;
	unsigned n_threads;
	pthread_t threads[MAX_THREADS];
};

static void list_add(struct list *l, struct pool_item *item)
{
	item->next = NULL;
	if (l->last)
		l->last->next = item;
	else
		l->first = item;
	l->last = item;
	l->count++;
}

/* Behind those that weigh as much: where nobody says what items weigh, in the order they came. */
static void list_add_weighed(struct list *l, struct pool_item *item)
{
	struct pool_item **at = &l->first;

	if (!l->last || l->last->weight >= item->weight) {
		list_add(l, item);
		return;
	}
	while ((*at)->weight >= item->weight)
		at = &(*at)->next;
	item->next = *at;
	*at = item;
	l->count++;
}

static struct pool_item *list_take(struct list *l)
{
	struct pool_item *item = l->first;

	if (!item)
		return NULL;
	l->first = item->next;
	if (!l->first)
		l->last = NULL;
	item->next = NULL;
	l->count--;
	return item;
}

/* Under the lock: what to run next; waits; NULL at the end. */
static struct pool_item *next_item(struct pool *p)
{
	struct pool_item *item;

	for (;;) {
		item = list_take(&p->urgent);
		if (!item)
			item = list_take(&p->waiting);
		if (item || p->ending)
			return item;
		pthread_cond_wait(&p->work, &p->lock);
	}
}

/* Under the lock: must main hear of it now? */
static bool must_wake(struct pool *p, const struct pool_item *item)
{
	bool few = p->waiting.count + p->urgent.count < (size_t)p->n_threads * QUIET_FEW;

	if (p->woken || (item->quiet && !few && p->finished.count < QUIET_MANY))
		return false;
	p->woken = true;
	return true;
}

static void *work(void *arg)
{
	struct pool *p = arg;
	struct pool_item *item;

	pthread_mutex_lock(&p->lock);
	while ((item = next_item(p))) {
		bool drop = p->stopped, wake;

		pthread_mutex_unlock(&p->lock);
		item->dropped = drop;
		if (!drop)
			item->run(item);
		pthread_mutex_lock(&p->lock);
		list_add(&p->finished, item);
		wake = must_wake(p, item);
		pthread_cond_signal(&p->done);
		pthread_mutex_unlock(&p->lock);
		if (wake && p->wake)
			p->wake(p->wake_ctx);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static unsigned default_threads(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < 2)
		return 2;
	return n > MAX_THREADS ? MAX_THREADS : (unsigned)n;
}

/* Signals are the main thread's: workers block them all. */
static int start_threads(struct pool *p, unsigned want, struct err *err)
{
	pthread_attr_t attr;
	sigset_t all, before;
	int failed = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (p->n_threads < want && !failed) {
		failed = pthread_create(&p->threads[p->n_threads], &attr, work, p);
		if (!failed)
			p->n_threads++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	/* Fewer than asked for will do. */
	return p->n_threads ? 0 : err_sys(err, failed, "cannot start a worker thread");
}

struct pool *pool_open(unsigned threads, unsigned limit, pool_wake *wake, void *ctx, struct err *err)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (!p)
		base_out_of_memory();
	os_bound_memory();
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->done, NULL);
	p->wake = wake;
	p->wake_ctx = ctx;
	p->limit = limit;
	if (threads > MAX_THREADS)
		threads = MAX_THREADS;
	if (start_threads(p, threads ? threads : default_threads(), err) == 0)
		return p;
	pool_close(p);
	return NULL;
}

void pool_send(struct pool *p, struct pool_item *item)
{
	p->out++;
	pthread_mutex_lock(&p->lock);
	list_add_weighed(item->urgent ? &p->urgent : &p->waiting, item);
	pthread_cond_signal(&p->work);
	pthread_mutex_unlock(&p->lock);
}

struct pool_item *pool_take(struct pool *p)
{
	struct pool_item *item;

	if (!p->out)
		return NULL;
	pthread_mutex_lock(&p->lock);
	item = list_take(&p->finished);
	p->woken = p->woken && p->finished.first;
	pthread_mutex_unlock(&p->lock);
	if (item)
		p->out--;
	return item;
}

struct pool_item *pool_wait(struct pool *p)
{
	struct pool_item *item;

	if (!p->out)
		return NULL;
	pthread_mutex_lock(&p->lock);
	while (!(item = list_take(&p->finished)))
		pthread_cond_wait(&p->done, &p->lock);
	p->woken = p->woken && p->finished.first;
	pthread_mutex_unlock(&p->lock);
	p->out--;
	return item;
}

bool pool_full(const struct pool *p)
{
	return p->out >= p->limit;
}

size_t pool_count(const struct pool *p)
{
	return p->out;
}

unsigned pool_threads(const struct pool *p)
{
	return p->n_threads;
}

void pool_stop(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopped = true;
	pthread_mutex_unlock(&p->lock);
}

void pool_close(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->stopped = true;
	p->ending = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->done);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
