/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "install/allow.h"
#include "install/layout_int.h"
#include "install/notetext.h"
#include "install/state.h"

#include <string.h>

static void add(struct vec *items, const char *path, const char *text)
{
	struct layout_item *item = ARENA_NEW(test_arena(), struct layout_item);

	*item = (struct layout_item){path, text};
	vec_add(items, item);
}

static void write_all(struct buf *b, const char *path)
{
	struct allow_script script = {"install", "node-gyp rebuild"};
	struct state_line line = {3, "deprecated", "old-thing@1.0.0: take another"};
	struct allow_pending pending = {.path = "node_modules/x", .name = "x", .scripts = ARENA_NEW(test_arena(), struct vec)};
	struct state_places places = {.arena = test_arena(), .folders = 7};
	struct layout_group group = {0};
	struct vec lines, all, groups;
	uint32_t count = 0;

	vec_init(&lines, test_arena());
	vec_init(&all, test_arena());
	vec_init(&groups, test_arena());
	vec_init(pending.scripts, test_arena());
	vec_init(&places.files, test_arena());
	vec_init(&places.dirs, test_arena());
	map_init(&places.counts, test_arena());
	vec_init(&group.packages, test_arena());
	vec_init(&group.bins, test_arena());
	vec_init(&group.runnable, test_arena());
	vec_add(&lines, &line);
	vec_add(pending.scripts, &script);
	vec_add(&all, &pending);
	vec_add(&places.files, "package.json");
	vec_add(&places.dirs, "node_modules");
	vec_add(&places.dirs, "node_modules/.bin");
	map_put(&places.counts, "node_modules", &count);
	add(&group.packages, path, "sha512-x");
	add(&group.bins, ".bin/x", "../x/cli.js");
	vec_add(&groups, &group);
	note_put_str(b, STR_NULL);
	note_put_lines(b, &lines);
	note_put_pending(b, &all);
	note_put_places(b, &places);
	layout_groups_put(b, &groups);
}

struct all {
	struct vec lines, pending, groups;
	struct state_places places;
};

static bool read_all(struct str text, struct all *out)
{
	struct note_reader r = {.arena = test_arena(), .rest = text};

	CHECK(text.len < sizeof(uint64_t) || note_text(&r) == NULL);
	note_lines(&r, &out->lines);
	note_pending(&r, &out->pending);
	note_places(&r, &out->places);
	layout_groups_get(&r, &out->groups);
	return !r.bad && !r.rest.len;
}

TEST(notetext_is_read_as_it_was_written)
{
	struct buf b = BUF_INIT(1 << 16);
	const struct allow_pending *p;
	const struct layout_group *g;
	struct all all;

	write_all(&b, "@s/x/node_modules/y..z");
	CHECK(read_all(buf_str(&b), &all));
	CHECK_STR(VEC_AT(&all.lines, struct state_line, 0)->text, "old-thing@1.0.0: take another");
	p = all.pending.items[0];
	CHECK(streq(p->name, "x") && p->version == NULL && p->scripts->count == 1);
	CHECK_STR(VEC_AT(p->scripts, struct allow_script, 0)->command, "node-gyp rebuild");
	CHECK_INT(all.places.folders, 7);
	CHECK_STR(all.places.dirs.items[1], "node_modules/.bin");
	CHECK_INT(*(uint32_t *)map_find(&all.places.counts, "node_modules"), 0);
	CHECK(map_find(&all.places.counts, "node_modules/.bin") == NULL);
	g = all.groups.items[0];
	CHECK_STR(VEC_AT(&g->packages, struct layout_item, 0)->path, "@s/x/node_modules/y..z");
	CHECK_STR(VEC_AT(&g->bins, struct layout_item, 0)->text, "../x/cli.js");
	CHECK_INT(g->runnable.count, 0);
	buf_release(&b);
}

TEST(notetext_that_is_cut_anywhere_is_bad)
{
	struct buf b = BUF_INIT(1 << 16);
	struct all all;

	write_all(&b, "x");
	for (size_t n = 0; n < b.len; n++) {
		char *copy = arena_strndup(test_arena(), b.ptr, n);

		memcpy(copy, b.ptr, n);
		CHECK(!read_all((struct str){copy, n}, &all));
	}
	buf_release(&b);
}

TEST(notetext_with_odd_bytes_is_never_more_than_bad)
{
	struct buf b = BUF_INIT(1 << 16);
	struct all all;

	write_all(&b, "x");
	for (size_t at = sizeof(uint64_t); at < b.len; at++) {
		for (int bit = 0; bit < 8; bit++) {
			b.ptr[at] ^= (char)(1 << bit);
			(void)read_all(buf_str(&b), &all);
			b.ptr[at] ^= (char)(1 << bit);
		}
	}
	CHECK(read_all(buf_str(&b), &all));
	buf_release(&b);
}

TEST(notetext_paths_stay_below)
{
	static const char *const bad[] = {"", "/etc", "..", "../x", "x/..", "x/../../y", "x/../y"};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf b = BUF_INIT(1 << 16);
		struct all all;

		write_all(&b, bad[i]);
		CHECK(!read_all(buf_str(&b), &all));
		buf_release(&b);
	}
}
