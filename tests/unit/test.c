/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct test_case *first, **last = &first;
static struct arena arena;
static const char *dir;
static jmp_buf failed;

void test_register(struct test_case *c)
{
	*last = c;
	last = &c->next;
}

struct arena *test_arena(void)
{
	return &arena;
}

const char *test_dir(void)
{
	struct err err = ERR_INIT;

	if (!dir)
		dir = fs_mkdtemp(&arena, "/tmp/lode-test-", &err);
	if (!dir)
		test_fail(__FILE__, __LINE__, "%s", err.text);
	return dir;
}

void test_fail(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	longjmp(failed, 1);
}

void test_check_str(const char *file, int line, const char *got, const char *want)
{
	if (got != want && (!got || !want || strcmp(got, want) != 0))
		test_fail(file, line, "got «%s», want «%s»", got ? got : "(null)", want ? want : "(null)");
}

void test_check_int(const char *file, int line, long long got, long long want)
{
	if (got != want)
		test_fail(file, line, "got %lld, want %lld", got, want);
}

static bool run_one(const struct test_case *c)
{
	struct err err = ERR_INIT;
	volatile bool ok = false;

	if (!setjmp(failed)) {
		c->run();
		ok = true;
	}
	if (dir && fs_remove_tree(dir, &err) < 0)
		fprintf(stderr, "%s\n", err.text);
	dir = NULL;
	arena_release(&arena);
	if (!ok)
		fprintf(stderr, "FAILED %s\n", c->name);
	return ok;
}

int main(int argc, char **argv)
{
	int passed = 0, bad = 0;

	for (struct test_case *c = first; c; c = c->next) {
		if (argc > 1 && !strstr(c->name, argv[1]))
			continue;
		if (run_one(c))
			passed++;
		else
			bad++;
	}
	printf("%d passed, %d failed\n", passed, bad);
	return bad || !passed ? EXIT_FAILURE : EXIT_SUCCESS;
}
