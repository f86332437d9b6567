/* SPDX-License-Identifier: MIT
 *
 * Tests that register themselves:
 *
 *	TEST(map_keeps_the_order_of_arrival)
 *	{
 *		struct map m;
 *		map_init(&m, test_arena());
 *		…
 *		CHECK_STR(map_first(&m)->key, "b");
 *	}
 *
 * `unit_base` runs all, `unit_base map_` those whose name holds the text. A failing check ends its test.
 */
#pragma once

#include "base/base.h"

struct arena;

struct test_case {
	const char *name;
	void (*run)(void);
	struct test_case *next;
};

void test_register(struct test_case *c);
struct arena *test_arena(void);			/* released after each test */
const char *test_dir(void);			/* a private directory, removed after the test */
NORETURN void test_fail(const char *file, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);
void test_check_str(const char *file, int line, const char *got, const char *want);
void test_check_int(const char *file, int line, long long got, long long want);

#define TEST(name_)                                                                                                    \
	static void test_##name_(void);                                                                                \
	__attribute__((constructor)) static void register_##name_(void)                                                \
	{                                                                                                              \
		static struct test_case c = {#name_, test_##name_, NULL};                                              \
		test_register(&c);                                                                                     \
	}                                                                                                              \
	static void test_##name_(void)

#define CHECK(cond)                                                                                                    \
	do {                                                                                                           \
		if (!(cond))                                                                                           \
			test_fail(__FILE__, __LINE__, "%s", #cond);                                                    \
	} while (0)
#define CHECK_STR(got, want) test_check_str(__FILE__, __LINE__, (got), (want))
#define CHECK_INT(got, want) test_check_int(__FILE__, __LINE__, (long long)(got), (long long)(want))
