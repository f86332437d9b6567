/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/err.h"
#include "base/library.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#define CALLS(X) X(floor) X(sqrt)
#define POINTER(name) __typeof__(&name) name;
#define NAME(name) #name,

static struct { CALLS(POINTER) } maths;
static const char *const names[] = {CALLS(NAME)};

static void *need(void *ctx)
{
	struct err err = ERR_INIT;

	return library_need(ctx, &err) == 0 && maths.sqrt(9) > 2.9 ? ctx : NULL;
}

TEST(library_is_loaded_once_for_all_threads)
{
	static struct library libm = LIBRARY("libm.so.6", names, maths);
	pthread_t threads[4];
	void *good;

	memset(&maths, 0, sizeof(maths));
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		CHECK(pthread_create(&threads[i], NULL, need, &libm) == 0);
	for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
		CHECK(pthread_join(threads[i], &good) == 0);
		CHECK(good != NULL);
	}
}

TEST(library_that_is_not_there_says_so)
{
	static struct library none = LIBRARY("liblode-none.so.7", names, maths);

	/* Every time, not only the first. */
	for (int i = 0; i < 2; i++) {
		struct err err = ERR_INIT;

		CHECK_INT(library_need(&none, &err), -1);
		CHECK_STR(err_name(&err), "ERR_DLOPEN_FAILED");
		CHECK(strstr(err.text, "liblode-none.so.7 cannot be loaded: ") == err.text);
		CHECK(strstr(err.text, "No such file") != NULL);
		CHECK(strstr(err.text + 1, "liblode-none") == NULL);
	}
}

TEST(library_without_one_of_the_functions_is_refused)
{
	static struct { void (*no_such_function)(void); } table;
	static const char *const wrong[] = {"lode_no_such_function"};
	static struct library libm = LIBRARY("libm.so.6", wrong, table);
	struct err err = ERR_INIT;

	CHECK_INT(library_need(&libm, &err), -1);
	CHECK_STR(err_name(&err), "ERR_DLOPEN_FAILED");
	CHECK(strstr(err.text, "lode_no_such_function") != NULL);
}
