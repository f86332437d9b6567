/* SPDX-License-Identifier: MIT */
#include "install/state.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "cache/notes.h"
#include "install/notetext.h"
#include "install/project.h"
#include "install/state_places.h"
#include "lockfile/lockfile.h"
#include "resolver/manifest.h"

#include <string.h>

/* Raised when the form of the note changes. */
#define FORM 2
/* Clocks of file systems tick this slowly; what changed within a tick may change again without showing it. */
#define TICK_NS ((int64_t)20 * 1000000)
/* The finest times that files get are no further ahead of the clock that jumps than one jump. */
#define JUMP_NS ((int64_t)10 * 1000000)
/* A folder may be so much younger than the hidden lockfile and is believed all the same. */
#define JITTER_NS ((int64_t)10 * 1000000)

enum place_kind { PLACE_FILE, PLACE_DIR, PLACES };

/* ---- writing ---- */

/* What a place has to be like for being sure of it. */
struct sight {
	struct arena *arena;
	const struct state_key *key;
	const struct state_places *places;
	const struct state_made *made;
	int project;
	int64_t before_ns;	/* whatever is not made by the install has not changed since */
	int64_t now_ns;		/* what has is older than this, so that the next change shows */
	uint64_t fine_dev;	/* but for what is here: whatever changes after it was looked at shows; 0: nowhere */
};

/* Will the next change show? */
static bool is_past(const struct sight *s, const struct fs_stat *st)
{
	return st->ctime_ns < s->now_ns || (s->fine_dev && st->dev == s->fine_dev);
}

static bool is_as_written(const struct sight *s, const struct fs_stat *st, const struct fs_stat *written)
{
	return st->ino == written->ino && st->ctime_ns == written->ctime_ns && is_past(s, st);
}

static bool file_is_sure(const struct sight *s, const char *path, const struct fs_stat *st)
{
	if (s->made->lock.kind != FS_NONE && streq(path, LOCKFILE_NAME))
		return is_as_written(s, st, &s->made->lock);
	if (s->made->hidden.kind != FS_NONE && streq(path, LOCKFILE_HIDDEN_NAME))
		return is_as_written(s, st, &s->made->hidden);
	return st->ctime_ns < s->before_ns;
}

/* Only as many as were put there: nobody else has put in anything meanwhile. */
static bool count_is_right(const struct sight *s, const char *path)
{
	const uint32_t *expected = map_find(&s->places->counts, path);
	struct err ignored = ERR_INIT;
	struct vec names;
	uint32_t n = 0;

	if (!expected)
		return true;
	if (fs_list(s->arena, path_join(s->arena, s->key->project, path), &names, &ignored) < 0)
		return false;
	for (size_t i = 0; i < names.count; i++)
		n += VEC_AT(&names, const char, i)[0] != '.';
	return n == *expected;
}

/* As the hidden lockfile is believed when it is read: nothing is younger than it (install/hidden.c). */
static bool dir_is_sure(const struct sight *s, const char *path, const struct fs_stat *st)
{
	const char *base = path_base(path);

	if (!s->made->modules)
		return st->ctime_ns < s->before_ns;
	if (st->kind == FS_NONE)
		return !map_has(&s->places->counts, path) && (streq(base, ".bin") || streq(base, "node_modules"));
	return st->kind == FS_DIR && is_past(s, st) && st->mtime_ns <= s->made->hidden.mtime_ns + JITTER_NS &&
	       count_is_right(s, path);
}

/* False when there is a place that one cannot be sure of. */
static bool put_places(struct buf *b, const struct sight *s, const struct vec *paths, enum place_kind kind)
{
	note_put_number(b, paths->count);
	for (size_t i = 0; i < paths->count; i++) {
		const char *path = VEC_AT(paths, const char, i);
		struct fs_stat st = fs_stat_at(s->project, path, kind == PLACE_FILE);

		if (!(kind == PLACE_FILE ? file_is_sure : dir_is_sure)(s, path, &st))
			return false;
		note_put_number(b, (uint64_t)st.ctime_ns);
		note_put_number(b, st.ino);
		note_put_text(b, path);
	}
	return true;
}

/* Linux from 6.13 on gives a file whose time somebody has looked at a finer one with its next change. What was written last was
 * looked at before it was renamed (fs_write_stat): a time that the clock of files has not come to yet is such a one. */
static bool is_fine(const struct fs_stat *st)
{
	int64_t coarse = clock_file_ns();

	return st->kind != FS_NONE && st->ctime_ns > coarse && st->ctime_ns - coarse < JUMP_NS;
}

/* Waits until whatever changes from now on has a later time than what the install wrote. */
static bool wait_for_clock(struct sight *s)
{
	const struct fs_stat *last = s->made->hidden.ctime_ns > s->made->lock.ctime_ns ? &s->made->hidden : &s->made->lock;
	int64_t newest = last->ctime_ns;

	if (!newest)
		return !s->made->modules;
	if (!fs_has_own_clock(s->project))
		return false;
	if (fs_has_fine_clock(s->project) && is_fine(last)) {
		s->fine_dev = last->dev;
		s->now_ns = clock_file_ns();
		return true;
	}
	for (int i = 0; i < TICK_NS / 1000000 && clock_file_ns() <= newest; i++)
		clock_sleep_ms(1);
	s->now_ns = clock_file_ns();
	return s->now_ns > newest;
}

void state_keep(struct arena *a, const struct state_key *k, const struct state_places *places, const struct state_made *made,
		const struct state_told *told)
{
	struct buf b = BUF_INIT(NOTE_MAX);
	int project = fs_open_dir(k->project);
	struct sight s = {a, k, places, made, project, made->began_ns - TICK_NS, 0, 0};
	bool sure = project >= 0 && wait_for_clock(&s);

	note_put_number(&b, FORM);
	note_put_number(&b, k->settings);
	note_put_number(&b, places->folders);
	note_put_number(&b, told->funding);
	note_put_number(&b, (uint64_t)told->until_ms);
	note_put_lines(&b, &told->lines);
	note_put_pending(&b, &told->pending);
	sure = sure && put_places(&b, &s, &places->files, PLACE_FILE) && put_places(&b, &s, &places->dirs, PLACE_DIR);
	if (sure && !b.failed)
		note_save(a, k->cache, k->project, buf_str(&b));
	if (project >= 0)
		fs_close_dir(project);
	buf_release(&b);
}

/* ---- reading ---- */

static bool places_stay(struct note_reader *r, int project, enum place_kind kind)
{
	for (uint64_t n = note_number(r); n && !r->bad; n--) {
		int64_t ctime_ns = (int64_t)note_number(r);
		uint64_t ino = note_number(r);
		const char *path = note_text(r);
		struct fs_stat st;

		if (!path)
			return false;
		st = fs_stat_at(project, path, kind == PLACE_FILE);
		if (st.ctime_ns != ctime_ns || st.ino != ino)
			return false;
	}
	return !r->bad;
}

/* Folders that `workspaces` means may come and go without a place that is watched changing. */
static bool folders_stay(struct arena *a, const struct state_key *k, uint64_t folders)
{
	struct err ignored = ERR_INIT;
	struct package_file file;

	return !folders || (package_read(a, k->project, &file, &ignored) == 0 &&
			    state_folders(a, file.manifest, k->project) == folders);
}

bool state_fits(struct arena *a, const struct state_key *k, struct state_told *out)
{
	struct note_reader r = {.arena = a};
	uint64_t folders;
	int project;
	bool same;

	if (!note_load(a, k->cache, k->project, &r.rest) || note_number(&r) != FORM || note_number(&r) != k->settings)
		return false;
	folders = note_number(&r);
	*out = (struct state_told){.funding = (uint32_t)note_number(&r)};
	out->until_ms = (int64_t)note_number(&r);
	if (out->until_ms && clock_wall_ms() >= out->until_ms)
		return false;
	note_lines(&r, &out->lines);
	note_pending(&r, &out->pending);
	project = fs_open_dir(k->project);
	same = project >= 0 && places_stay(&r, project, PLACE_FILE) && places_stay(&r, project, PLACE_DIR) && !r.rest.len;
	if (project >= 0)
		fs_close_dir(project);
	return same && folders_stay(a, k, folders);
}
