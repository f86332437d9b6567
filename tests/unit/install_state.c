/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"
#include "cache/notes.h"
#include "install/allow.h"
#include "install/state.h"

#define LATER_NS ((int64_t)60 * 1000000000)	/* began so much after the last change that all is settled */

static struct state_key key_of(const char *project)
{
	return (struct state_key){arena_printf(test_arena(), "%s/cache", test_dir()), project, 7};
}

static const char *make_project(void)
{
	const char *project = arena_printf(test_arena(), "%s/project", test_dir());
	struct err err = ERR_INIT;

	CHECK(fs_mkdirs(arena_printf(test_arena(), "%s/node_modules/a", project), &err) == 0);
	CHECK(fs_write(arena_printf(test_arena(), "%s/package.json", project), str_from("{}"), 0666, &err) == 0);
	return project;
}

static struct state_places places_of(void)
{
	struct state_places p = {.arena = test_arena()};

	vec_init(&p.files, test_arena());
	vec_init(&p.dirs, test_arena());
	vec_add(&p.files, "package.json");
	vec_add(&p.files, "yarn.lock");
	vec_add(&p.dirs, "node_modules");
	vec_add(&p.dirs, "node_modules/a");
	return p;
}

static void keep(const char *project, int64_t began_ns)
{
	struct state_told told = {.funding = 3};
	struct allow_script script = {"install", "make"};
	struct allow_pending pending = {.name = "a", .path = "/p/a", .version = NULL};
	struct state_line line = {2, "old", "take the new one"};
	struct state_places places = places_of();
	struct state_key key = key_of(project);
	struct vec scripts;

	vec_init(&scripts, test_arena());
	vec_add(&scripts, &script);
	pending.scripts = &scripts;
	vec_init(&told.pending, test_arena());
	vec_add(&told.pending, &pending);
	vec_init(&told.lines, test_arena());
	vec_add(&told.lines, &line);
	state_keep(test_arena(), &key, &places, &(struct state_made){.began_ns = began_ns}, &told);
}

static bool fits(const char *project, struct state_told *told)
{
	struct state_key key = key_of(project);

	return state_fits(test_arena(), &key, told);
}

static int64_t now_ns(void)
{
	return clock_wall_ms() * 1000000;
}

TEST(what_was_kept_comes_back)
{
	const char *project = make_project();
	struct state_told told;
	const struct allow_pending *p;
	const struct state_line *l;

	keep(project, now_ns() + LATER_NS);
	CHECK(fits(project, &told));
	CHECK_INT(told.funding, 3);
	p = VEC_AT(&told.pending, struct allow_pending, 0);
	CHECK_STR(p->name, "a");
	CHECK(p->version == NULL);
	CHECK_STR(VEC_AT(p->scripts, struct allow_script, 0)->command, "make");
	l = VEC_AT(&told.lines, struct state_line, 0);
	CHECK_INT(l->level, 2);
	CHECK_STR(l->text, "take the new one");
}

TEST(what_changed_while_it_was_looked_at_is_not_kept)
{
	const char *project = make_project();
	struct state_told told;

	keep(project, now_ns());
	CHECK(!fits(project, &told));
}

TEST(other_settings_are_another_question)
{
	const char *project = make_project();
	struct state_key key = key_of(project);
	struct state_told told;

	keep(project, now_ns() + LATER_NS);
	key.settings = 8;
	CHECK(!state_fits(test_arena(), &key, &told));
}

TEST(files_that_come_and_folders_that_go_are_noticed)
{
	const char *project = make_project();
	struct err err = ERR_INIT;
	struct state_told told;

	keep(project, now_ns() + LATER_NS);
	CHECK(fs_write(arena_printf(test_arena(), "%s/yarn.lock", project), str_from(""), 0666, &err) == 0);
	CHECK(!fits(project, &told));
	CHECK(fs_unlink(arena_printf(test_arena(), "%s/yarn.lock", project), &err) == 0);
	CHECK(fits(project, &told));
	CHECK(fs_remove_tree(arena_printf(test_arena(), "%s/node_modules/a", project), &err) == 0);
	CHECK(!fits(project, &told));
}

/* A sum that is right says nothing about who wrote it: every cut and every odd number is survived. */
TEST(notes_of_any_form_are_survived)
{
	const char *project = make_project();
	struct state_key key = key_of(project);
	struct state_told told;
	struct str whole;

	keep(project, now_ns() + LATER_NS);
	CHECK(note_load(test_arena(), key.cache, project, &whole));
	for (size_t i = 0; i < whole.len; i++) {
		char *other = arena_strndup(test_arena(), whole.ptr, whole.len);

		note_save(test_arena(), key.cache, project, (struct str){other, i});
		CHECK(!fits(project, &told));
		other[i] = (char)0xff;
		note_save(test_arena(), key.cache, project, (struct str){other, whole.len});
		(void)fits(project, &told);
	}
	note_save(test_arena(), key.cache, project, whole);
	CHECK(fits(project, &told));
}
