/* SPDX-License-Identifier: MIT
 *
 * Many at once, and one that is killed: the cache stays whole.
 */
#include "tests/unit/cache_tarballs.h"
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/pool.h"
#include "base/vec.h"
#include "cache/cache.h"
#include "cache/care.h"
#include "cache/store.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PACKAGES 40
#define FILES 30
#define KILLS 25

/* Package i: a handful of files in a few folders, all different from other packages'. */
static struct str make_package(struct arena *a, unsigned i)
{
	struct buf out = BUF_INIT(1 << 20);
	struct str s;

	for (unsigned f = 0; f < FILES; f++) {
		struct tar_part p = {
			.name = arena_printf(a, "package/d%u/f%u.js", f % 4, f),
			.data = arena_printf(a, "module.exports = '%u in %u'\n", f, i),
		};

		tar_put(&out, &p, 1);
	}
	tar_finish(&out);
	s = (struct str){str_dup(a, buf_str(&out)), out.len};
	buf_release(&out);
	return s;
}

struct job {
	struct pool_item item;
	struct cache *cache;
	unsigned package;
	const char *dest;
	bool good;
};

static void fill_and_link(struct pool_item *item)
{
	struct job *j = (struct job *)item;
	struct arena a = ARENA_INIT;
	struct store_source src = {.tarball = make_package(&a, j->package), .what = "x"};
	struct store_package *p;
	struct err err = ERR_INIT;

	j->good = store_fill(&a, j->cache, &src, &p, &err) == 0 && p->n_files == FILES &&
		  store_link(j->cache, p, j->dest, STORE_LINK, &err) == STORE_OK;
	arena_release(&a);
}

static struct cache *open_at(const char *name)
{
	struct cache_options opts = {.dir = path_join(test_arena(), test_dir(), name)};
	struct err err = ERR_INIT;

	return cache_open(test_arena(), &opts, &err);
}

static struct care_report verify(struct cache *c)
{
	struct care_report r;
	struct err err = ERR_INIT;
	struct vec lines;

	vec_init(&lines, test_arena());
	CHECK(care_verify(test_arena(), c, &r, &lines, &err) == 0);
	CHECK_INT(r.bad_tarballs + r.bad_packages + r.bad_packuments + r.bad_entries, 0);
	return r;
}

TEST(store_is_filled_by_many_threads)
{
	static struct job jobs[PACKAGES * 3];
	struct cache *c = open_at("many");
	struct err err = ERR_INIT;
	struct pool *pool = pool_open(4, ARRAY_LEN(jobs), NULL, NULL, &err);
	struct care_report r;

	CHECK(pool != NULL);
	CHECK(fs_mkdirs(path_join(test_arena(), test_dir(), "many/out"), &err) == 0);
	/* Each package three times, close together. */
	for (unsigned i = 0; i < ARRAY_LEN(jobs); i++) {
		jobs[i] = (struct job){.item = {.run = fill_and_link}, .cache = c, .package = i / 3};
		jobs[i].dest = arena_printf(test_arena(), "%s/many/out/%u", test_dir(), i);
		pool_send(pool, &jobs[i].item);
	}
	while (pool_wait(pool))
		;
	pool_close(pool);
	for (unsigned i = 0; i < ARRAY_LEN(jobs); i++)
		CHECK(jobs[i].good);
	r = verify(c);
	CHECK(r.packages == PACKAGES && r.tarballs == PACKAGES && r.files == PACKAGES * FILES && r.leftovers == 0);
	cache_close(c);
}

/* Fills packages from one on until it is killed. */
static void fill_until_killed(struct cache *c, unsigned from)
{
	for (unsigned i = from;; i++) {
		struct arena a = ARENA_INIT;
		struct store_source src = {.tarball = make_package(&a, i), .what = "x"};
		struct store_package *p;
		struct err err = ERR_INIT;

		if (store_fill(&a, c, &src, &p, &err) < 0)
			_exit(1);
		arena_release(&a);
	}
}

TEST(store_stays_whole_when_killed)
{
	struct cache *c = open_at("killed");
	uint64_t packages = 0;

	srand((unsigned)clock_now_ns());
	/* On a slow machine nothing may be finished that soon: then it goes on, with more time each. */
	for (unsigned i = 0; i < KILLS || (!packages && i < 10 * KILLS); i++) {
		pid_t child = fork();
		int status;

		if (child == 0)
			fill_until_killed(c, i * 100000);
		CHECK(child > 0);
		clock_sleep_ms(1 + rand() % (20 + 4 * (int)i));
		kill(child, SIGKILL);
		CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
		packages = verify(c).packages;
	}
	CHECK(packages > 0);
	cache_close(c);
}
