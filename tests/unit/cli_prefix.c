/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/render.h"
#include "cli/render_prefix.h"

#include <stdio.h>
#include <string.h>

/* What becomes of pieces, given one after the other. */
struct written {
	const char *path;
	size_t len;
	FILE *to;
	struct render render;
	struct prefixed p;
};

static void begin(struct written *w)
{
	*w = (struct written){0};
	w->path = path_join(test_arena(), test_dir(), "written");
	w->to = fopen(w->path, "w");
	CHECK(w->to);
	render_init(&w->render, test_arena(), w->to, w->to);
	prefixed_init(&w->p, &w->render, w->to, "a: ");
}

static const char *end(struct written *w)
{
	struct err err = ERR_INIT;
	struct str text;

	prefixed_end(&w->p);
	fclose(w->to);
	CHECK_INT(fs_read(test_arena(), w->path, 4 * PREFIXED_MAX, &text, &err), 0);
	w->len = text.len;
	return text.ptr;
}

static const char *of(const char *const *pieces)
{
	struct written w;

	begin(&w);
	for (; *pieces; pieces++)
		prefixed_add(&w.p, *pieces, strlen(*pieces));
	return end(&w);
}

#define OF(...) of((const char *const[]){__VA_ARGS__, NULL})

TEST(prefixed_lines_are_whole)
{
	CHECK_STR(OF("one\ntwo\n"), "a: one\na: two\n");
	CHECK_STR(OF("o", "ne", "\n", "\n", "two"), "a: one\na: \na: two\n");
	CHECK_STR(OF("dos\r\nbar 1%\rbar 2%\r\n"), "a: dos\r\na: bar 1%\rbar 2%\r\n");
	CHECK_STR(OF("\xff\xfe\n\xc3", "\xa4\n"), "a: \xff\xfe\na: \xc3\xa4\n");
	CHECK_STR(OF(""), "");
}

TEST(prefixed_long_lines_become_several)
{
	struct written w;
	char *x = ARENA_ARRAY(test_arena(), char, PREFIXED_MAX + 10);
	const char *text;

	memset(x, 'x', PREFIXED_MAX + 10);
	begin(&w);
	prefixed_add(&w.p, x, PREFIXED_MAX);
	prefixed_add(&w.p, "\n", 1);
	prefixed_add(&w.p, x, PREFIXED_MAX + 10);
	text = end(&w);
	CHECK_INT(w.len, 3 * 3 + 3 + 2 * PREFIXED_MAX + 10);
	CHECK_STR(text + w.len - 14, "a: xxxxxxxxxx\n");
}

TEST(prefixed_long_lines_are_cut_between_characters)
{
	struct written w;
	char *x = ARENA_ARRAY(test_arena(), char, PREFIXED_MAX);
	const char *text;

	memset(x, 'x', PREFIXED_MAX);
	begin(&w);
	prefixed_add(&w.p, x, PREFIXED_MAX - 2);
	prefixed_add(&w.p, "\xe2\x82\xac!\n", 5);
	text = end(&w);
	CHECK_STR(text + w.len - 9, "\na: \xe2\x82\xac!\n");
	CHECK_INT(text[w.len - 10], 'x');
}
