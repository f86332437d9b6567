/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <string.h>

TEST(arena_memory_is_zeroed_and_aligned)
{
	for (size_t size = 1; size < 300000; size *= 3) {
		char *p = arena_alloc(test_arena(), size);

		CHECK((uintptr_t)p % 16 == 0);
		CHECK(p[0] == 0 && p[size - 1] == 0);
		memset(p, 0xff, size);
	}
}

/* What another arena left in the memory is not seen, in new things and in what grows. */
TEST(arena_memory_that_was_used_before_is_zeroed)
{
	for (int round = 0; round < 3; round++) {
		struct arena a = ARENA_INIT;
		char *grown = arena_alloc(&a, 100);

		for (size_t size = 200; size <= 6400; size *= 2) {
			grown = arena_grow(&a, grown, size / 2, size);
			for (size_t i = size / 2; i < size; i++)
				CHECK(grown[i] == 0);
			memset(grown, 0xff, size);
		}
		arena_release(&a);
	}
}

TEST(arena_texts_of_any_length_are_whole_and_leave_zeroed_memory)
{
	struct arena a = ARENA_INIT;
	char long_text[3000];

	for (size_t len = 0; len < sizeof(long_text); len += 7) {
		memset(long_text, 'x', len);
		long_text[len] = 0;
		CHECK_STR(arena_printf(&a, "%s", long_text), long_text);
		char *after = arena_alloc(&a, 24);
		for (size_t i = 0; i < 24; i++)
			CHECK(after[i] == 0);
	}
	arena_release(&a);
}

TEST(arena_child_goes_on_growing_and_goes_with_its_parent)
{
	struct arena outer = ARENA_INIT, inner = ARENA_INIT;
	struct arena *child = arena_child(&inner);
	struct map m;

	map_init(&m, child);
	map_put(&m, "first", "1");
	arena_strdup(&outer, "something");
	arena_child(&outer);
	arena_absorb(&outer, &inner);
	for (int i = 0; i < 1000; i++)
		map_put(&m, arena_printf(child, "k%d", i), "v");
	CHECK_STR(map_find(&m, "first"), "1");
	CHECK(m.count == 1001);
	arena_release(&outer);	/* the sanitizers see what is left */
}

TEST(arena_that_expects_much_gives_zeroed_memory_of_any_size)
{
	struct arena a = ARENA_INIT, other = ARENA_INIT;
	const size_t sizes[] = {1, 3 << 20, 100, (2 << 20) - 16, (2 << 20) - 64, 2 << 20, 5000};
	const char *before = arena_strdup(&a, "before");

	arena_expect_much(&a);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		char *p = arena_alloc(&a, sizes[i]);

		CHECK((uintptr_t)p % 16 == 0);
		CHECK(p[0] == 0 && p[sizes[i] / 2] == 0 && p[sizes[i] - 1] == 0);
		memset(p, 0xff, sizes[i]);
	}
	CHECK_STR(before, "before");
	arena_alloc(&other, 1);
	arena_absorb(&other, &a);
	CHECK_STR(before, "before");
	arena_release(&other);
}

TEST(arena_absorbed_memory_lives_on)
{
	struct arena worker = ARENA_INIT;
	const char *kept = arena_strdup(&worker, "kept");

	arena_alloc(test_arena(), 1);
	arena_absorb(test_arena(), &worker);
	CHECK_STR(kept, "kept");
	CHECK(worker.blocks == NULL);
}

TEST(buf_past_its_maximum_fails_and_stays_failed)
{
	struct buf b = BUF_INIT(8);

	buf_adds(&b, "12345678");
	CHECK(!b.failed);
	buf_addc(&b, '9');
	buf_clear(&b);
	CHECK(!b.failed);
	buf_adds(&b, "123456789");
	buf_adds(&b, "1");
	CHECK(b.failed);
	CHECK_STR(buf_text(&b), "");
	buf_release(&b);
}

TEST(map_keeps_the_order_of_arrival)
{
	struct map m;
	struct buf order = BUF_INIT(100);

	map_init(&m, test_arena());
	map_put(&m, "b", "1");
	map_put(&m, "a", "2");
	map_put(&m, "c", "3");
	map_put(&m, "b", "4");
	CHECK(map_remove(&m, "a"));
	CHECK(!map_remove(&m, "a"));
	map_put(&m, "a", "5");
	for (struct map_entry *e = map_first(&m); e; e = map_next(&m, e))
		buf_printf(&order, "%s=%s ", e->key, (const char *)e->value);
	CHECK_STR(buf_text(&order), "b=4 c=3 a=5 ");
	buf_release(&order);
}

TEST(map_survives_many_puts_and_removes)
{
	struct map m;

	map_init(&m, test_arena());
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 100; i++)
			map_put(&m, arena_printf(test_arena(), "k%d", i), "v");
		for (int i = 0; i < 99; i++)
			CHECK(map_remove(&m, arena_printf(test_arena(), "k%d", i)));
	}
	CHECK_INT(m.count, 1);
	CHECK_STR(map_find(&m, "k99"), "v");
	CHECK(!map_has(&m, "k5"));
}

static int by_first_letter(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ((const char *)a)[0] - ((const char *)b)[0];
}

static int by_number(const void *a, const void *b, void *ctx)
{
	++*(size_t *)ctx;
	return (a > b) - (a < b);
}

TEST(vec_sort_sorts_whatever_is_sorted_already)
{
	struct vec v;
	size_t compared, least = SIZE_MAX;

	for (size_t late = 0; late < 70; late++) {
		vec_init(&v, test_arena());
		for (size_t i = 0; i < 70; i++)
			if (i != late)
				vec_add(&v, (void *)(i + 1));
		vec_add(&v, (void *)(late + 1));
		compared = 0;
		vec_sort(&v, by_number, &compared);
		for (size_t i = 0; i < 70; i++)
			CHECK(v.items[i] == (void *)(i + 1));
		least = compared < least ? compared : least;
	}
	CHECK(least < 100);
}

TEST(vec_sort_is_stable)
{
	static char *items[] = {"b1", "a1", "c1", "a2", "b2", "a3", "c2"};
	struct buf order = BUF_INIT(100);
	struct vec v;

	vec_init(&v, test_arena());
	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		vec_add(&v, items[i]);
	vec_sort(&v, by_first_letter, NULL);
	for (size_t i = 0; i < v.count; i++)
		buf_adds(&order, v.items[i]);
	CHECK_STR(buf_text(&order), "a1a2a3b1b2c1c2");
	buf_release(&order);
}

TEST(err_the_first_error_wins)
{
	struct err e = ERR_INIT;

	CHECK_INT(err_set(&e, ERR_E404, "'%s' is not here", "x"), -1);
	err_sys(&e, EACCES, "later");
	err_note(&e, "while resolving '%s'", "x@1");
	CHECK_STR(err_name(&e), "E404");
	CHECK_STR(e.text, "'x' is not here");
	CHECK_STR(e.notes, "while resolving 'x@1'\n");
	CHECK_INT(err_status(&e), 1);
	CHECK_INT(err_code_of("ERESOLVE"), ERR_ERESOLVE);
}

TEST(path_functions_answer_as_node_does)
{
	struct arena *a = test_arena();

	CHECK_STR(path_normal(a, "/a//b/../c/."), "/a/c");
	CHECK_STR(path_normal(a, "../../x/"), "../../x/");
	CHECK_STR(path_normal(a, "a/.."), ".");
	CHECK_STR(path_normal(a, "/../.."), "/");
	CHECK_STR(path_join(a, "node_modules", "../../x"), "../x");
	CHECK_STR(path_resolve(a, "/a/b", "../c"), "/a/c");
	CHECK_STR(path_resolve(a, "/a/b", "/c/"), "/c");
	CHECK_STR(path_relative(a, "/a/b", "/a/c/d"), "../c/d");
	CHECK_STR(path_relative(a, "/a", "/ab"), "../ab");
	CHECK_STR(path_relative(a, "/a/b", "/a/b"), "");
	CHECK_STR(path_relative(a, "/a/b", "/a"), "..");
	CHECK_STR(path_relative(a, "/", "/a"), "a");
	CHECK_STR(path_relative(a, "/a/./b", "/a/b/../c"), "../c");
	CHECK_STR(path_resolve(a, "/a", "..b/.c/...d"), "/a/..b/.c/...d");
	CHECK_STR(path_resolve(a, "/a", "b/."), "/a/b");
	CHECK_STR(path_resolve(a, "/a", "b/.."), "/a");
	CHECK_STR(path_resolve(a, "/a", "b//c/"), "/a/b/c");
	CHECK_STR(path_resolve(a, "/", ""), "/");
	CHECK_STR(path_join(a, "/a/..", ".b"), "/.b");
	CHECK_STR(path_dir(a, "/a/b/"), "/a");
	CHECK_STR(path_dir(a, "/a"), "/");
	CHECK_STR(path_dir(a, "a"), ".");
	CHECK_STR(path_ext("a/.npmrc"), "");
	CHECK_STR(path_ext("x.tar.gz"), ".gz");
	CHECK(path_is_in("/a/b", "/a") && path_is_in("/a", "/a") && !path_is_in("/ab", "/a"));
}

TEST(cstr_replace_replaces_every_one)
{
	CHECK_STR(cstr_replace(test_arena(), "a/b/c", "/", "%2f"), "a%2fb%2fc");
	CHECK_STR(cstr_replace(test_arena(), "abc", "x", "y"), "abc");
}
