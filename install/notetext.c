/* SPDX-License-Identifier: MIT */
#include "install/notetext.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "install/allow.h"
#include "install/state.h"

#include <string.h>

/* ---- writing ---- */

void note_put_number(struct buf *b, uint64_t n)
{
	buf_add(b, &n, sizeof(n));
}

/* Its length and one, or 0 for none; the bytes and a NUL. */
void note_put_str(struct buf *b, struct str s)
{
	note_put_number(b, s.ptr ? s.len + 1 : 0);
	if (!s.ptr)
		return;
	buf_add(b, s.ptr, s.len);
	buf_addc(b, '\0');
}

void note_put_text(struct buf *b, const char *s)
{
	note_put_str(b, s ? str_from(s) : STR_NULL);
}

void note_put_lines(struct buf *b, const struct vec *lines)
{
	note_put_number(b, lines->count);
	for (size_t i = 0; i < lines->count; i++) {
		const struct state_line *l = VEC_AT(lines, struct state_line, i);

		note_put_number(b, (uint64_t)l->level);
		note_put_text(b, l->prefix);
		note_put_text(b, l->text);
	}
}

void note_put_pending(struct buf *b, const struct vec *pending)
{
	note_put_number(b, pending->count);
	for (size_t i = 0; i < pending->count; i++) {
		const struct allow_pending *p = VEC_AT(pending, struct allow_pending, i);

		note_put_text(b, p->name);
		note_put_text(b, p->version);
		note_put_text(b, p->path);
		note_put_number(b, p->scripts->count);
		for (size_t k = 0; k < p->scripts->count; k++) {
			note_put_text(b, VEC_AT(p->scripts, struct allow_script, k)->event);
			note_put_text(b, VEC_AT(p->scripts, struct allow_script, k)->command);
		}
	}
}

void note_put_places(struct buf *b, const struct state_places *places)
{
	note_put_number(b, places->folders);
	note_put_number(b, places->files.count);
	for (size_t i = 0; i < places->files.count; i++)
		note_put_text(b, places->files.items[i]);
	note_put_number(b, places->dirs.count);
	for (size_t i = 0; i < places->dirs.count; i++) {
		const uint32_t *count = map_find(&places->counts, places->dirs.items[i]);

		note_put_text(b, places->dirs.items[i]);
		note_put_number(b, count ? (uint64_t)*count + 1 : 0);
	}
}

/* ---- reading ---- */

uint64_t note_number(struct note_reader *r)
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

struct str note_str(struct note_reader *r)
{
	uint64_t n = note_number(r);
	struct str s;

	if (!n)
		return STR_NULL;
	if (n > r->rest.len || r->rest.ptr[n - 1]) {
		r->bad = true;
		return STR_NULL;
	}
	s = str_first(r->rest, (size_t)n - 1);
	r->rest = str_skip(r->rest, (size_t)n);
	return s;
}

const char *note_text(struct note_reader *r)
{
	return note_str(r).ptr;
}

static bool stays_below(const char *path)
{
	if (!path[0] || path[0] == '/')
		return false;
	for (const char *part = path; part; part = strchr(part, '/')) {
		part += *part == '/';
		if (part[0] == '.' && part[1] == '.' && (!part[2] || part[2] == '/'))
			return false;
	}
	return true;
}

const char *note_path(struct note_reader *r)
{
	const char *path = note_text(r);

	if (path && stays_below(path))
		return path;
	r->bad = true;
	return "";
}

void note_lines(struct note_reader *r, struct vec *lines)
{
	vec_init(lines, r->arena);
	for (uint64_t n = note_number(r); n && !r->bad; n--) {
		struct state_line *l = ARENA_NEW(r->arena, struct state_line);

		l->level = (int)note_number(r);
		l->prefix = note_text(r);
		l->text = note_text(r);
		r->bad = r->bad || !l->prefix || !l->text;
		vec_add(lines, l);
	}
}

static struct vec *read_scripts(struct note_reader *r)
{
	struct vec *scripts = ARENA_NEW(r->arena, struct vec);

	vec_init(scripts, r->arena);
	for (uint64_t n = note_number(r); n && !r->bad; n--) {
		struct allow_script *s = ARENA_NEW(r->arena, struct allow_script);

		s->event = note_text(r);
		s->command = note_text(r);
		vec_add(scripts, s);
	}
	return scripts;
}

void note_pending(struct note_reader *r, struct vec *pending)
{
	vec_init(pending, r->arena);
	for (uint64_t n = note_number(r); n && !r->bad; n--) {
		struct allow_pending *p = ARENA_NEW(r->arena, struct allow_pending);

		p->name = note_text(r);
		p->version = note_text(r);
		p->path = note_text(r);
		p->scripts = read_scripts(r);
		vec_add(pending, p);
	}
}

void note_places(struct note_reader *r, struct state_places *places)
{
	*places = (struct state_places){.arena = r->arena, .folders = note_number(r)};
	vec_init(&places->files, r->arena);
	vec_init(&places->dirs, r->arena);
	map_init(&places->counts, r->arena);
	for (uint64_t n = note_number(r); n && !r->bad; n--)
		vec_add(&places->files, (char *)note_text(r));
	for (uint64_t n = note_number(r); n && !r->bad; n--) {
		const char *path = note_text(r);
		uint64_t count = note_number(r);
		uint32_t *kept;

		if (r->bad || !path)
			break;
		vec_add(&places->dirs, (char *)path);
		if (!count)
			continue;
		kept = ARENA_NEW(r->arena, uint32_t);
		*kept = (uint32_t)(count - 1);
		map_put(&places->counts, path, kept);
	}
}
