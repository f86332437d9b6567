/* SPDX-License-Identifier: MIT */
#include "base/udiff.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/test.h"

#include <string.h>

/* The text with the diff's first file applied; NULL: it does not fit. */
static const char *applied(const char *source, const char *diff)
{
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT(1 << 20);
	struct vec files;
	const char *text = NULL;

	if (udiff_parse(test_arena(), str_from(diff), &files, &err) < 0)
		test_fail(__FILE__, __LINE__, "%s", err.text);
	if (udiff_apply(test_arena(), str_from(source), files.items[0], &out))
		text = buf_dup(test_arena(), &out);
	buf_release(&out);
	return text;
}

static const char *refused(const char *diff)
{
	struct err err = ERR_INIT;
	struct vec files;

	CHECK_INT(udiff_parse(test_arena(), str_from(diff), &files, &err), -1);
	return arena_strdup(test_arena(), err.text);
}

#define HEAD "--- a/f\n+++ b/f\n"

TEST(udiff_changes_adds_and_removes)
{
	CHECK_STR(applied("a\nb\nc\n", HEAD "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"), "a\nB\nc\n");
	CHECK_STR(applied("", "--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+x\n+y\n"), "x\ny\n");
	CHECK_STR(applied("x\n", "--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"), "");
	CHECK_STR(applied("a\n", HEAD), "a\n");
}

TEST(udiff_finds_hunks_that_moved)
{
	CHECK_STR(applied("0\n0\n0\na\nb\n", HEAD "@@ -1,2 +1,2 @@\n a\n-b\n+B\n"), "0\n0\n0\na\nB\n");
	CHECK_STR(applied("a\nb\n", HEAD "@@ -9,2 +9,2 @@\n a\n-b\n+B\n"), "a\nB\n");
	/* the second hunk is looked for where the first one's shift puts it */
	CHECK_STR(applied("n\na\nx\nx\na\n", HEAD "@@ -1 +1 @@\n-a\n+1\n@@ -4 +4 @@\n-a\n+2\n"), "n\n1\nx\nx\n2\n");
	CHECK(!applied("a\nc\n", HEAD "@@ -1,2 +1,2 @@\n a\n-b\n+B\n"));
	CHECK(!applied("a\n", HEAD "@@ -2000000000,1 +1 @@\n-b\n+B\n"));
	/* context of one hunk may be context of the next */
	CHECK_STR(applied("a\nb\nc\n", HEAD "@@ -1,2 +1,2 @@\n-a\n+A\n b\n@@ -2,2 +2,2 @@\n b\n-c\n+C\n"), "A\nb\nC\n");
}

TEST(udiff_knows_the_newline_at_the_end)
{
	static const char none[] = "\\ No newline at end of file\n";

	CHECK_STR(applied("a\n", arena_printf(test_arena(), HEAD "@@ -1 +1 @@\n-a\n+b\n%s", none)), "b");
	CHECK_STR(applied("a", arena_printf(test_arena(), HEAD "@@ -1 +1 @@\n-a\n%s+b\n", none)), "b\n");
	CHECK_STR(applied("a", arena_printf(test_arena(), HEAD "@@ -1 +1 @@\n-a\n%s+b\n%s", none, none)), "b");
	CHECK(!applied("a", arena_printf(test_arena(), HEAD "@@ -1 +1 @@\n-a\n+b\n%s", none)));
	CHECK(!applied("a\n", arena_printf(test_arena(), HEAD "@@ -1 +1 @@\n-a\n%s+b\n", none)));
}

TEST(udiff_suits_line_ends)
{
	CHECK_STR(applied("a\r\nb\r\n", HEAD "@@ -1,2 +1,2 @@\n a\n-b\n+B\n"), "a\r\nB\r\n");
	CHECK_STR(applied("a\nb\n", HEAD "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+B\r\n"), "a\nB\n");
	CHECK(!applied("a\r\nb\n", HEAD "@@ -1,2 +1,2 @@\n a\n-b\n+B\n"));
}

TEST(udiff_reads_names)
{
	struct err err = ERR_INIT;
	struct vec files;

	CHECK_INT(udiff_parse(test_arena(), str_from("diff --git a/x b/x\nindex 1..2\n--- a/x y\t2020\n+++ \"b/x y\"\n@@ -1 +1 @@\n-a\n+b\n"
						     "diff --git a/z b/z\n--- /dev/null\n+++ b/z\n@@ -0,0 +1 @@\n+b\n"),
			      &files, &err), 0);
	CHECK_INT(files.count, 2);
	CHECK_STR(VEC_AT(&files, struct udiff_file, 0)->old_name, "a/x y");
	CHECK_STR(VEC_AT(&files, struct udiff_file, 0)->new_name, "b/x y");
	CHECK_STR(VEC_AT(&files, struct udiff_file, 1)->old_name, "/dev/null");
}

TEST(udiff_refuses_what_is_none)
{
	CHECK_STR(refused(HEAD "@@ -1 +1 @@\n-a\n+b\ngarbage\n"), "Unknown line 6 \"garbage\"");
	CHECK(strstr(refused(HEAD "@@ -1,5 +1 @@\n-a\n+b\n"), "line 3"));
	CHECK(strstr(refused(HEAD "@@ -1,2 +1 @@\n-a\n+b\n?\n"), "contained invalid line ?"));
	CHECK(!applied("a\n", HEAD "@@ -99999999999999999999 +1 @@\n-a\n+b\n"));
}

/* The hunks from one text to another; they have to lead there. */
static const char *made(const char *old, const char *new)
{
	struct buf out = BUF_INIT(1 << 20);
	const char *text;

	udiff_make(test_arena(), str_from(old), str_from(new), &out);
	text = buf_dup(test_arena(), &out);
	buf_release(&out);
	if (text[0])
		CHECK_STR(applied(old, arena_printf(test_arena(), HEAD "%s", text)), new);
	return text;
}

TEST(udiff_is_made)
{
	CHECK_STR(made("a\nb\n", "a\nb\n"), "");
	CHECK_STR(made("", "x\ny\n"), "@@ -0,0 +1,2 @@\n+x\n+y\n");
	CHECK_STR(made("x\n", ""), "@@ -1,1 +0,0 @@\n-x\n");
	CHECK_STR(made("a\nb\nc\n", "a\nB\nc"), "@@ -1,3 +1,3 @@\n a\n-b\n-c\n+B\n+c\n\\ No newline at end of file\n");
	CHECK_STR(made("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"), "@@ -6,4 +6,5 @@\n 6\n 7\n 8\n 9\n+10\n");
	/* changes eight lines apart share a hunk, nine lines apart do not */
	CHECK_STR(made("x\n1\n2\n3\n4\n5\n6\n7\n8\ny\n", "X\n1\n2\n3\n4\n5\n6\n7\n8\nY\n"),
		  "@@ -1,10 +1,10 @@\n-x\n+X\n 1\n 2\n 3\n 4\n 5\n 6\n 7\n 8\n-y\n+Y\n");
	CHECK(strstr(made("x\n1\n2\n3\n4\n5\n6\n7\n8\n9\ny\n", "X\n1\n2\n3\n4\n5\n6\n7\n8\n9\nY\n"), "@@ -7,5 +7,5 @@"));
}

TEST(udiff_with_other_context_and_blanks)
{
	struct buf out = BUF_INIT(1 << 20);

	udiff_make_as(test_arena(), STR("a\nb\nc\n"), STR("a\nB\nc\n"), &(struct udiff_style){.context = 0}, &out);
	CHECK_STR(buf_text(&out), "@@ -2,1 +2,1 @@\n-b\n+B\n");
	buf_clear(&out);
	udiff_make_as(test_arena(), STR("a\n  b\nc\n"), STR("  a\nb\nC\n"), &(struct udiff_style){1, true}, &out);
	CHECK_STR(buf_text(&out), "@@ -2,2 +2,2 @@\n b\n-c\n+C\n");
	buf_release(&out);
}
