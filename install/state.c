/* SPDX-License-Identifier: MIT */
#include "install/state.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "cache/notes.h"
#include "install/allow.h"
#include "install/project.h"
#include "install/state_places.h"
#include "resolver/manifest.h"

#include <string.h>

/* Raised when the form of the note changes. */
#define FORM 1
/* Clocks of file systems tick this slowly; what changed within a tick may change again without showing it. */
#define TICK_NS ((int64_t)20 * 1000000)

enum place_kind { PLACE_FILE, PLACE_DIR, PLACES };

/* ---- writing ---- */

static void put_number(struct buf *b, uint64_t n)
{
	buf_add(b, &n, sizeof(n));
}

static void put_text(struct buf *b, const char *s)
{
	buf_add(b, s ? s : "", strlen(s ? s : "") + 1);
}

static void put_pending(struct buf *b, const struct vec *pending)
{
	put_number(b, pending->count);
	for (size_t i = 0; i < pending->count; i++) {
		const struct allow_pending *p = VEC_AT(pending, struct allow_pending, i);

		put_text(b, p->name);
		put_text(b, p->version);
		put_text(b, p->path);
		put_number(b, p->scripts->count);
		for (size_t k = 0; k < p->scripts->count; k++) {
			put_text(b, VEC_AT(p->scripts, struct allow_script, k)->event);
			put_text(b, VEC_AT(p->scripts, struct allow_script, k)->command);
		}
	}
}

static void put_lines(struct buf *b, const struct vec *lines)
{
	put_number(b, lines->count);
	for (size_t i = 0; i < lines->count; i++) {
		const struct state_line *l = VEC_AT(lines, struct state_line, i);

		put_number(b, (uint64_t)l->level);
		put_text(b, l->prefix);
		put_text(b, l->text);
	}
}

/* False when the place changed too lately to be sure of. */
static bool put_places(struct buf *b, int project, const struct vec *paths, enum place_kind kind, int64_t before_ns)
{
	put_number(b, paths->count);
	for (size_t i = 0; i < paths->count; i++) {
		const char *path = VEC_AT(paths, const char, i);
		struct fs_stat st = fs_stat_at(project, path, kind == PLACE_FILE);

		if (st.ctime_ns >= before_ns)
			return false;
		put_number(b, (uint64_t)st.ctime_ns);
		put_number(b, st.ino);
		put_text(b, path);
	}
	return true;
}

void state_keep(struct arena *a, const struct state_key *k, const struct state_places *places, int64_t began_ns,
		const struct state_told *told)
{
	struct buf b = BUF_INIT(NOTE_MAX);
	int project = fs_open_dir(k->project);
	bool sure = project >= 0;

	put_number(&b, FORM);
	put_number(&b, k->settings);
	put_number(&b, places->folders);
	put_number(&b, told->funding);
	put_number(&b, (uint64_t)told->until_ms);
	put_lines(&b, &told->lines);
	put_pending(&b, &told->pending);
	sure = sure && put_places(&b, project, &places->files, PLACE_FILE, began_ns - TICK_NS) &&
	       put_places(&b, project, &places->dirs, PLACE_DIR, began_ns - TICK_NS);
	if (sure && !b.failed)
		note_save(a, k->cache, k->project, buf_str(&b));
	if (project >= 0)
		fs_close_dir(project);
	buf_release(&b);
}

/* ---- reading ---- */

struct reader {
	struct arena *arena;
	struct str rest;
	bool bad;
};

static uint64_t get_number(struct reader *r)
{
	uint64_t n = 0;

	if (r->rest.len < sizeof(n)) {
		r->bad = true;
		return 0;
	}
	memcpy(&n, r->rest.ptr, sizeof(n));
	r->rest = str_skip(r->rest, sizeof(n));
	return n;
}

/* Lives as long as the note. */
static const char *get_text(struct reader *r)
{
	const char *s = r->rest.ptr, *end = r->rest.len ? memchr(s, '\0', r->rest.len) : NULL;

	if (!end) {
		r->bad = true;
		return "";
	}
	r->rest = str_skip(r->rest, (size_t)(end - s) + 1);
	return s;
}

static void get_lines(struct reader *r, struct vec *lines)
{
	vec_init(lines, r->arena);
	for (uint64_t n = get_number(r); n && !r->bad; n--) {
		struct state_line *l = ARENA_NEW(r->arena, struct state_line);

		l->level = (int)get_number(r);
		l->prefix = get_text(r);
		l->text = get_text(r);
		vec_add(lines, l);
	}
}

static struct vec *get_scripts(struct reader *r)
{
	struct vec *scripts = ARENA_NEW(r->arena, struct vec);

	vec_init(scripts, r->arena);
	for (uint64_t n = get_number(r); n && !r->bad; n--) {
		struct allow_script *s = ARENA_NEW(r->arena, struct allow_script);

		s->event = get_text(r);
		s->command = get_text(r);
		vec_add(scripts, s);
	}
	return scripts;
}

static void get_pending(struct reader *r, struct vec *pending)
{
	vec_init(pending, r->arena);
	for (uint64_t n = get_number(r); n && !r->bad; n--) {
		struct allow_pending *p = ARENA_NEW(r->arena, struct allow_pending);
		const char *version;

		p->name = get_text(r);
		if (!p->name[0])
			p->name = NULL;
		version = get_text(r);
		p->version = version[0] ? version : NULL;
		p->path = get_text(r);
		p->scripts = get_scripts(r);
		vec_add(pending, p);
	}
}

static bool places_stay(struct reader *r, int project, enum place_kind kind)
{
	for (uint64_t n = get_number(r); n && !r->bad; n--) {
		int64_t ctime_ns = (int64_t)get_number(r);
		uint64_t ino = get_number(r);
		struct fs_stat st = fs_stat_at(project, get_text(r), kind == PLACE_FILE);

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
	struct reader r = {.arena = a};
	uint64_t folders;
	int project;
	bool same;

	if (!note_load(a, k->cache, k->project, &r.rest) || get_number(&r) != FORM || get_number(&r) != k->settings)
		return false;
	folders = get_number(&r);
	*out = (struct state_told){.funding = (uint32_t)get_number(&r)};
	out->until_ms = (int64_t)get_number(&r);
	if (out->until_ms && clock_wall_ms() >= out->until_ms)
		return false;
	get_lines(&r, &out->lines);
	get_pending(&r, &out->pending);
	project = fs_open_dir(k->project);
	same = project >= 0 && places_stay(&r, project, PLACE_FILE) && places_stay(&r, project, PLACE_DIR) && !r.rest.len;
	if (project >= 0)
		fs_close_dir(project);
	return same && folders_stay(a, k, folders);
}
