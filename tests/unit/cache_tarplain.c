/* SPDX-License-Identifier: MIT */
#include "tests/unit/cache_tarballs.h"
#include "tests/unit/test.h"

#include "base/archive.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/inflate.h"
#include "base/tarplain.h"
#include "base/tarwrite.h"

#include <stdio.h>
#include <string.h>

#define MODE_AT 100
#define SIZE_AT 124
#define SUM_AT 148
#define MAGIC_AT 257
#define PREFIX_AT 345

/* Everything that is read out of it; contents as one, however many pieces they come in. */
static const char *list(struct tar *t)
{
	struct buf out = BUF_INIT(8 << 20);
	struct err err = ERR_INIT;
	struct tar_entry e;
	struct tar_block b;
	const char *text;
	int got, more;

	while ((got = tar_next(t, &e, &err)) > 0) {
		uint64_t at = 0;

		buf_printf(&out, "%s %d %o %llu:", e.path, (int)e.kind, e.mode, (unsigned long long)e.size);
		for (; (more = tar_data(t, &b, &err)) > 0; at += b.data.len) {
			CHECK(b.offset == at);
			buf_addstr(&out, b.data);
		}
		buf_adds(&out, more < 0 ? "cut\n" : "\n");
	}
	buf_printf(&out, "= %d", got);
	tar_close(t);
	text = buf_dup(test_arena(), &out);
	buf_release(&out);
	return text;
}

static const char *listed(struct str bytes)
{
	return list(tar_open(bytes));
}

static const char *listed_by_the_other(struct str bytes)
{
	return list(tar_open_slow(bytes));
}

/* Packed or not, by either reader. */
static void check_same(struct str bytes)
{
	struct buf gz = BUF_INIT(8 << 20);

	tar_gzip(&gz, bytes);
	CHECK_STR(listed(bytes), listed_by_the_other(bytes));
	CHECK_STR(listed(buf_str(&gz)), listed_by_the_other(bytes));
	CHECK_STR(listed_by_the_other(buf_str(&gz)), listed_by_the_other(bytes));
	buf_release(&gz);
}

/* Is it, to its end? */
static bool is_plain(struct str bytes)
{
	struct tarplain t = {.rest = bytes};
	struct err err = ERR_INIT;
	struct tar_entry e;
	int got;

	while ((got = tarplain_next(&t, &e, &err)) == TARPLAIN_ENTRY)
		continue;
	return got == TARPLAIN_END;
}

static struct buf made(void)
{
	struct buf tar = BUF_INIT(1 << 20);
	const char *dir = "package/a/folder/whose/name/is/longer/than/what/there/is/room/for/in/the/field/of/a/name/so/it/is/split";

	tar_put(&tar, (const struct tar_part[]){{.name = "package/", .type = '5', .mode = 0755}, {.name = "package/a", .data = "some text", .mode = 04755},
			{.name = "package/empty"}, {.name = "../../up", .data = "1"}, {.name = "/tmp/c:\\up\n", .data = "2"}, {.name = "a", .type = '5'}}, 6);
	tarwrite_add(&tar, &(struct tarwrite_file){.path = arena_printf(test_arena(), "%s/x", dir), .data = STR("hello"), .mode = 0644});
	tar_finish(&tar);
	return tar;
}

TEST(tarplain_reads_what_libarchive_reads)
{
	struct buf tar = made();

	CHECK(is_plain(buf_str(&tar)));
	check_same(buf_str(&tar));
	CHECK(strstr(listed(buf_str(&tar)), "package/a 0 4755 9:some text\npackage/empty 0 644 0:\n"));
	buf_release(&tar);
}

static void sum_up(char *h)
{
	unsigned sum = 0;

	memset(h + SUM_AT, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += (unsigned char)h[i];
	snprintf(h + SUM_AT, 8, "%06o", sum);
}

/* One field of the first header is changed, and its sum made good. */
static void check_odd(size_t at, const char *bytes, size_t n)
{
	struct buf tar = made();

	memcpy(tar.ptr + at, bytes, n);
	sum_up(tar.ptr);
	if (is_plain(buf_str(&tar)))
		test_fail(__FILE__, __LINE__, "%zu: not plain", at);
	check_same(buf_str(&tar));
	buf_release(&tar);
}

TEST(tarplain_leaves_the_odd_to_libarchive)
{
	static const struct {
		size_t at, n;
		const char *bytes;
	} odd[] = {
		{0, 1, "\0"}, {0, 2, "\xc3\xa4"}, {MODE_AT, 3, " 64"}, {MODE_AT, 8, "0000644x"}, {SIZE_AT, 1, "\x80"}, {SIZE_AT, 11, "00000000001"},
		{156, 1, "0"}, {156, 1, "1"}, {156, 1, "2"}, {156, 1, "3"}, {156, 1, "x"}, {156, 1, "g"}, {156, 1, "L"}, {156, 1, "7"}, {156, 1, "\0"},
		{157, 1, "x"}, {MAGIC_AT, 8, "ustar  "}, {MAGIC_AT, 8, "\0\0\0\0\0\0\0"}, {PREFIX_AT, 2, "\xc3\xa4"},
	};

	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		check_odd(odd[i].at, odd[i].bytes, odd[i].n);
}

TEST(tarplain_wants_the_whole_archive)
{
	struct buf tar = made();
	size_t end = tar.len - 1024;

	for (size_t len = 0; len < end + 512; len += 256) {
		CHECK(!is_plain((struct str){tar.ptr, len}));
		check_same((struct str){tar.ptr, len});
	}
	/* One block of zeros will do, and what comes behind is not looked at. */
	CHECK(is_plain((struct str){tar.ptr, end + 512}));
	tar.ptr[end + 512] = 'x';
	CHECK(is_plain(buf_str(&tar)));
	check_same(buf_str(&tar));
	/* A sum that is wrong, anywhere. */
	tar.ptr[end - 1024 + SUM_AT] ^= 1;
	CHECK(!is_plain(buf_str(&tar)));
	check_same(buf_str(&tar));
	buf_release(&tar);
}

/* Entries that end in the middle of a piece, at its end, and go over several. */
TEST(tarplain_reads_what_is_longer_than_a_piece)
{
	static char big[3 * INFLATE_PIECE];
	const size_t sizes[] = {INFLATE_PIECE - 1536, 1, INFLATE_PIECE + 7, 3 * INFLATE_PIECE - 1, 512, 0};
	struct buf tar = BUF_INIT(8 << 20);

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)('a' + i % 23);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		tarwrite_add(&tar, &(struct tarwrite_file){.path = arena_printf(test_arena(), "package/%zu", i), .data = {big, sizes[i]}, .mode = 0644});
	tar_finish(&tar);
	CHECK(is_plain(buf_str(&tar)));
	check_same(buf_str(&tar));
	/* The last header is not plain: what came before is passed over. */
	tar.ptr[tar.len - 1024 - 512 + MAGIC_AT + 5] = ' ';
	sum_up(tar.ptr + tar.len - 1024 - 512);
	CHECK(!is_plain(buf_str(&tar)));
	check_same(buf_str(&tar));
	buf_release(&tar);
}
