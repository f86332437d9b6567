/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/tarwrite.h"
#include "tests/unit/test.h"

#include <string.h>

static struct buf packed(const char *path, const char *link)
{
	struct buf out = BUF_INIT(1 << 20);
	struct tarwrite_file f = {.path = path, .link = link, .data = STR("hello"), .mode = 0644, .mtime = 499162500};

	tarwrite_add(&out, &f);
	return out;
}

static const char *repeated(char c, size_t n)
{
	char *s = arena_alloc(test_arena(), n + 1);

	memset(s, c, n);
	return s;
}

TEST(tarwrite_writes_npms_numbers)
{
	struct buf out = packed("package/a", NULL);

	CHECK_INT(out.len, 1024);
	CHECK_STR(out.ptr, "package/a");
	CHECK(memcmp(out.ptr + 100, "000644 \0\0\0\0\0\0\0\0\0", 16) == 0);
	CHECK(memcmp(out.ptr + 124, "0000000005 \000" "3560116604 \0", 24) == 0);
	CHECK(memcmp(out.ptr + 156, "0", 1) == 0);
	CHECK(memcmp(out.ptr + 257, "ustar\00000", 8) == 0);
	CHECK(memcmp(out.ptr + 329, "000000 \000000000 \0", 16) == 0);
	CHECK(memcmp(out.ptr + 512, "hello\0", 6) == 0);
	buf_release(&out);
}

TEST(tarwrite_splits_a_long_path)
{
	const char *dir = arena_printf(test_arena(), "package/%s", repeated('d', 80));
	struct buf out = packed(arena_printf(test_arena(), "%s/%s", dir, repeated('f', 20)), NULL);

	CHECK_INT(out.len, 1024);
	CHECK_STR(out.ptr, repeated('f', 20));
	CHECK_STR(out.ptr + 345, dir);
	buf_release(&out);
}

TEST(tarwrite_tells_what_no_header_holds)
{
	const char *path = arena_printf(test_arena(), "package/%s", repeated('f', 120));
	struct buf out = packed(path, NULL);

	CHECK_INT(out.len, 2048);
	CHECK(out.ptr[156] == 'x');
	CHECK(strncmp(out.ptr, "PaxHeader/fff", 13) == 0 && strlen(out.ptr) == 99);
	CHECK_STR(out.ptr + 512, arena_printf(test_arena(), "138 path=%s\n19 mtime=499162500\n9 size=5\n", path));
	CHECK_STR(out.ptr + 1024, repeated('f', 99));
	CHECK_STR(out.ptr + 1024 + 345, "package");
	buf_release(&out);
}

TEST(tarwrite_tells_names_that_are_not_ascii)
{
	struct buf out = packed("package/\xc3\xa4.txt", NULL);

	CHECK_INT(out.len, 2048);
	CHECK_STR(out.ptr, "PaxHeader/\xc3\xa4.txt");
	CHECK_STR(out.ptr + 512, "23 path=package/\xc3\xa4.txt\n19 mtime=499162500\n9 size=5\n");
	CHECK_STR(out.ptr + 1024, "package/\xc3\xa4.txt");
	buf_release(&out);
}

TEST(tarwrite_writes_hard_links)
{
	struct buf out = packed("package/b", "package/a");

	CHECK_INT(out.len, 512);
	CHECK(out.ptr[156] == '1');
	CHECK_STR(out.ptr + 157, "package/a");
	CHECK(memcmp(out.ptr + 124, "0000000000 \0", 12) == 0);
	buf_release(&out);
}
