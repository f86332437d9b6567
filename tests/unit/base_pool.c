/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/pool.h"

#include <stdatomic.h>

struct sum {
	struct pool_item item;		/* first, so that an item is its job */
	unsigned from, result;
};

static void add_up(struct pool_item *item)
{
	struct sum *s = (struct sum *)item;

	for (unsigned i = 0; i <= s->from; i++)
		s->result += i;
}

static void count_wakes(void *ctx)
{
	atomic_fetch_add((atomic_uint *)ctx, 1);
}

TEST(pool_gives_everything_back)
{
	static struct sum jobs[2000];
	struct err err = ERR_INIT;
	atomic_uint wakes = 0;
	struct pool *p = pool_open(4, 100, count_wakes, &wakes, &err);
	unsigned back = 0, sent = 0;

	CHECK(p != NULL);
	while (back < ARRAY_LEN(jobs)) {
		while (sent < ARRAY_LEN(jobs) && !pool_full(p)) {
			jobs[sent] = (struct sum){.item = {.run = add_up, .urgent = sent % 3 == 0}, .from = sent};
			pool_send(p, &jobs[sent++].item);
		}
		for (struct pool_item *i = pool_wait(p); i; i = pool_take(p)) {
			struct sum *s = (struct sum *)i;

			CHECK_INT(s->result, s->from * (s->from + 1) / 2);
			CHECK(!i->dropped);
			back++;
		}
	}
	CHECK_INT(pool_count(p), 0);
	CHECK(pool_wait(p) == NULL);
	CHECK(pool_take(p) == NULL);
	pool_close(p);
	CHECK(atomic_load(&wakes) > 0);
}

TEST(pool_drops_what_waits_when_stopped)
{
	static struct sum jobs[500];
	struct err err = ERR_INIT;
	struct pool *p = pool_open(2, 10, NULL, NULL, &err);
	unsigned back = 0;

	CHECK(p != NULL);
	pool_stop(p);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		jobs[i] = (struct sum){.item = {.run = add_up}, .from = 10};
		pool_send(p, &jobs[i].item);
	}
	for (struct pool_item *i; (i = pool_wait(p)); back++) {
		CHECK(i->dropped);
		CHECK_INT(((struct sum *)i)->result, 0);
	}
	CHECK_INT(back, ARRAY_LEN(jobs));
	pool_close(p);
}

TEST(pool_closes_with_work_on_its_way)
{
	static struct sum jobs[500];
	struct err err = ERR_INIT;
	struct pool *p = pool_open(0, 10, NULL, NULL, &err);

	CHECK(p != NULL && pool_threads(p) >= 2);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		jobs[i] = (struct sum){.item = {.run = add_up}, .from = 1000};
		pool_send(p, &jobs[i].item);
	}
	pool_close(p);
	pool_close(NULL);
}

/* However quiet they are: when there is nothing to take, a wake-up comes before the next is there to be taken. */
TEST(pool_wakes_for_quiet_ones_in_the_end)
{
	static struct sum jobs[500];
	struct err err = ERR_INIT;
	atomic_uint wakes = 0;
	struct pool *p = pool_open(2, ARRAY_LEN(jobs), count_wakes, &wakes, &err);
	int64_t end = clock_now_ms() + 20000;
	unsigned back = 0, seen = 0;

	for (unsigned i = 0; i < ARRAY_LEN(jobs); i++) {
		jobs[i] = (struct sum){.item = {.run = add_up, .quiet = true}, .from = i};
		pool_send(p, &jobs[i].item);
	}
	while (back < ARRAY_LEN(jobs) && clock_now_ms() < end) {
		if (atomic_load(&wakes) == seen)
			continue;
		seen = atomic_load(&wakes);
		while (pool_take(p))
			back++;
	}
	CHECK_INT(back, ARRAY_LEN(jobs));
	pool_close(p);
}

static atomic_bool began, may_go;
static struct pool_item *order[8];
static atomic_size_t ordered;

static void hold(struct pool_item *item)
{
	atomic_store(&began, true);
	while (!atomic_load(&may_go))
		clock_sleep_ms(1);
	order[atomic_fetch_add(&ordered, 1)] = item;
}

static void note(struct pool_item *item)
{
	order[atomic_fetch_add(&ordered, 1)] = item;
}

TEST(pool_runs_the_heaviest_first_and_else_in_order)
{
	struct pool_item first = {.run = hold};
	struct pool_item items[] = {{.weight = 1}, {.weight = 5}, {0}, {.weight = 3}, {.weight = 5}, {0}};
	const int expected[] = {1, 4, 3, 0, 2, 5};
	struct err err = ERR_INIT;
	struct pool *p = pool_open(1, 10, NULL, NULL, &err);

	pool_send(p, &first);
	while (!atomic_load(&began))
		clock_sleep_ms(1);
	for (size_t i = 0; i < ARRAY_LEN(items); i++) {
		items[i].run = note;
		pool_send(p, &items[i]);
	}
	atomic_store(&may_go, true);
	while (pool_wait(p))
		;
	pool_close(p);
	CHECK(order[0] == &first);
	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		CHECK(order[i + 1] == &items[expected[i]]);
}
