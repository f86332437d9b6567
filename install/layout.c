/* SPDX-License-Identifier: MIT */
#include "install/layout.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/checksum.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "cache/cache.h"
#include "cache/links.h"
#include "cache/notes.h"
#include "install/lock.h"
#include "install/npmext.h"
#include "install/state.h"
#include "lockfile/lockfile.h"
#include "lockfile/yarn.h"
#include "resolver/isolated.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORM 1
#define MODULES "node_modules"

/* The files an install is made from. */
static const char *const sources[] = {"package.json", LOCKFILE_NAME, ".npmrc"};

/* What there is, link by link: a folder is before what is in it. */
struct layout_entry {
	const char *path;		/* below node_modules */
	const char *to;			/* NULL: a folder */
};

struct sources {
	struct str text[ARRAY_LEN(sources)];	/* ptr NULL: not there */
};

/* ---- the files ---- */

/* What would count, were it there. */
static bool has_others(struct arena *a, const char *project)
{
	static const char *const names[] = {"npm-shrinkwrap.json", YARN_NAME, "binding.gyp"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (fs_lstat(path_join(a, project, names[i])).kind != FS_NONE)
			return true;
	return npmext_exists(a, project);
}

static bool read_sources(struct arena *a, const char *project, struct sources *out)
{
	struct err ignored = ERR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		if (fs_read_if(a, path_join(a, project, sources[i]), NOTE_MAX, &out->text[i], &ignored) < 0)
			return false;
	return out->text[0].ptr && out->text[1].ptr && !has_others(a, project);
}

/* Projects with the same files share a note. That they are the same is seen by comparing them. */
static const char *note_name(struct arena *a, const struct layout_key *k, const struct sources *s)
{
	uint64_t h = k->settings;

	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		h = checksum64(s->text[i].ptr ? s->text[i].ptr : "", s->text[i].len, h);
	return arena_printf(a, "layout %016llx", (unsigned long long)h);
}

/* ---- writing ---- */

static void put_number(struct buf *b, uint64_t n)
{
	buf_add(b, &n, sizeof(n));
}

static void put_str(struct buf *b, struct str s)
{
	put_number(b, s.ptr ? s.len + 1 : 0);
	if (s.ptr)
		buf_add(b, s.ptr, s.len);
	if (s.ptr)
		buf_addc(b, '\0');
}

static void put_text(struct buf *b, const char *s)
{
	put_str(b, s ? str_from(s) : STR_NULL);
}

static void put_told(struct buf *b, const struct layout *told)
{
	put_number(b, told->funding);
	put_number(b, (uint64_t)told->until_ms);
	put_number(b, told->lines.count);
	for (size_t i = 0; i < told->lines.count; i++) {
		const struct state_line *l = VEC_AT(&told->lines, struct state_line, i);

		put_number(b, (uint64_t)l->level);
		put_text(b, l->prefix);
		put_text(b, l->text);
	}
	put_number(b, told->added.count);
	for (size_t i = 0; i < told->added.count; i++) {
		const struct layout_package *p = VEC_AT(&told->added, struct layout_package, i);

		put_text(b, p->name);
		put_text(b, p->version);
		put_text(b, p->location);
	}
}

/* Does a link lead into the project's store, or from there to what is shared? A bin to a package beside it. */
static bool is_usual(struct arena *a, const char *links, const char *path, const char *to)
{
	if (cstr_starts(path, ".store/"))
		return streq(path_dir(a, to), links);
	if (cstr_starts(path, ".bin/"))
		return cstr_starts(to, "../") && !cstr_starts(to, "../.") && !strstr(to + 1, "/../");
	return cstr_starts(to, path[0] == '@' ? "../.store/" : ".store/");
}

struct scan {
	struct arena *arena;
	const char *modules, *links;
	struct vec entries;		/* struct layout_entry */
};

static void add_entry(struct scan *s, const char *path, const char *to)
{
	struct layout_entry *e = ARENA_NEW(s->arena, struct layout_entry);

	*e = (struct layout_entry){path, to};
	vec_add(&s->entries, e);
}

static bool scan_dir(struct scan *s, const char *dir);

/* False for what is not to be made again. */
static bool scan_entry(struct scan *s, const char *path)
{
	const char *full = path_join(s->arena, s->modules, path), *to = fs_readlink(s->arena, full), *base = path_base(path);

	if (to) {
		add_entry(s, path, to);
		return is_usual(s->arena, s->links, path, to);
	}
	if (streq(path, path_base(LOCKFILE_HIDDEN_NAME)))
		return true;
	if (!(streq(path, ".store") || streq(path, ".bin") || base[0] == '@') || fs_lstat(full).kind != FS_DIR)
		return false;
	add_entry(s, path, NULL);
	return scan_dir(s, path);
}

static bool scan_dir(struct scan *s, const char *dir)
{
	struct err ignored = ERR_INIT;
	struct vec names;

	if (fs_list(s->arena, path_join(s->arena, s->modules, dir), &names, &ignored) < 0)
		return false;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];

		if (!scan_entry(s, dir[0] ? path_join(s->arena, dir, name) : name))
			return false;
	}
	return true;
}

/* Where shared packages are, as the cache stands. */
static const char *links_of(struct arena *a, const struct layout_key *k)
{
	struct cache_options o = {.dir = k->cache};
	struct err ignored = ERR_INIT;
	struct cache *c = cache_open(a, &o, &ignored);
	const char *dir = c ? links_dir(a, c) : NULL;

	cache_close(c);
	return dir;
}

void layout_keep(struct arena *a, const struct layout_key *k, const struct layout *told)
{
	struct scan s = {.arena = a, .modules = path_join(a, k->project, MODULES), .links = links_of(a, k)};
	struct buf b = BUF_INIT(NOTE_MAX);
	struct err ignored = ERR_INIT;
	struct sources src;
	struct str hidden;

	vec_init(&s.entries, a);
	if (!s.links || !read_sources(a, k->project, &src) || !scan_dir(&s, "") ||
	    fs_read(a, path_join(a, k->project, LOCKFILE_HIDDEN_NAME), NOTE_MAX, &hidden, &ignored) < 0)
		return;
	put_number(&b, FORM);
	put_number(&b, k->settings);
	put_text(&b, s.links);
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		put_str(&b, src.text[i]);
	put_str(&b, hidden);
	put_told(&b, told);
	put_number(&b, s.entries.count);
	for (size_t i = 0; i < s.entries.count; i++) {
		put_text(&b, VEC_AT(&s.entries, struct layout_entry, i)->path);
		put_text(&b, VEC_AT(&s.entries, struct layout_entry, i)->to);
	}
	if (!b.failed)
		note_save(a, k->cache, note_name(a, k, &src), buf_str(&b));
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

static struct str get_str(struct reader *r)
{
	uint64_t n = get_number(r);
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

/* Lives as long as the note. */
static const char *get_text(struct reader *r)
{
	return get_str(r).ptr;
}

static void get_told(struct reader *r, struct layout *out)
{
	out->funding = (uint32_t)get_number(r);
	out->until_ms = (int64_t)get_number(r);
	vec_init(&out->lines, r->arena);
	vec_init(&out->added, r->arena);
	for (uint64_t n = get_number(r); n && !r->bad; n--) {
		struct state_line *l = ARENA_NEW(r->arena, struct state_line);

		l->level = (int)get_number(r);
		l->prefix = get_text(r);
		l->text = get_text(r);
		vec_add(&out->lines, l);
	}
	for (uint64_t n = get_number(r); n && !r->bad; n--) {
		struct layout_package *p = ARENA_NEW(r->arena, struct layout_package);

		p->name = get_text(r);
		p->version = get_text(r);
		p->location = get_text(r);
		vec_add(&out->added, p);
	}
}

static bool is_same(struct reader *r, const struct layout_key *k, const struct sources *src)
{
	bool same = get_number(r) == FORM && get_number(r) == k->settings && streq(get_text(r), links_of(r->arena, k));

	for (size_t i = 0; same && i < ARRAY_LEN(sources); i++) {
		struct str s = get_str(r);

		same = !s.ptr == !src->text[i].ptr && (!s.ptr || str_eq(s, src->text[i]));
	}
	return same && !r->bad;
}

/* ---- making it ---- */

static void get_entries(struct reader *r, struct vec *entries)
{
	vec_init(entries, r->arena);
	for (uint64_t n = get_number(r); n && !r->bad; n--) {
		struct layout_entry *e = ARENA_NEW(r->arena, struct layout_entry);

		e->path = get_text(r);
		e->to = get_text(r);
		r->bad = r->bad || !e->path;
		vec_add(entries, e);
	}
}

static bool all_there(const struct links *l, const struct vec *entries)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct layout_entry *e = entries->items[i];

		if (e->to && cstr_starts(e->path, ".store/") && !links_has(l, path_base(e->to)))
			return false;
	}
	return true;
}

static bool make_all(const char *modules, const struct vec *entries)
{
	int dir = fs_open_dir(modules);
	bool done = dir >= 0;

	for (size_t i = 0; done && i < entries->count; i++) {
		const struct layout_entry *e = entries->items[i];

		done = (e->to ? symlinkat(e->to, dir, e->path) : mkdirat(dir, e->path, 0777)) == 0;
	}
	if (dir >= 0)
		fs_close_dir(dir);
	return done;
}

/* The hidden lockfile last: without it everybody looks at what is there. */
static bool make(struct arena *a, const char *project, const struct vec *entries, struct str hidden)
{
	const char *modules = path_join(a, project, MODULES);
	struct err ignored = ERR_INIT;

	/* Somebody else's, made just now, is theirs. */
	if (mkdir(modules, 0777) < 0)
		return false;
	if (make_all(modules, entries) && fs_write(path_join(a, project, LOCKFILE_HIDDEN_NAME), hidden, 0666, &ignored) == 0)
		return true;
	(void)!fs_remove_tree(modules, &ignored);
	return false;
}

static bool are_as_read(struct arena *a, const char *project, const struct sources *before)
{
	struct sources now;
	bool same = read_sources(a, project, &now);

	for (size_t i = 0; same && i < ARRAY_LEN(sources); i++)
		same = !now.text[i].ptr == !before->text[i].ptr && str_eq(now.text[i], before->text[i]);
	return same;
}

/* The project's lock is held: no other lode changes anything meanwhile. One may have while it was waited for. */
static bool lay_locked(struct reader *r, const struct layout_key *k, const struct sources *src, struct str hidden,
		       const struct vec *entries)
{
	const char *modules = path_join(r->arena, k->project, MODULES), *real = fs_realpath(r->arena, k->project);
	struct cache_options o = {.dir = k->cache};
	struct err ignored = ERR_INIT;
	struct cache *c = cache_open(r->arena, &o, &ignored);
	struct links *l = c && real ? links_open(r->arena, c, real, &ignored) : NULL;
	bool done = l && fs_lstat(modules).kind == FS_NONE && are_as_read(r->arena, k->project, src) && all_there(l, entries) &&
		    make(r->arena, k->project, entries, hidden);

	links_close(l);
	cache_close(c);
	return done;
}

bool layout_lay(struct arena *a, const struct layout_key *k, struct layout *out)
{
	struct reader r = {.arena = a};
	struct err ignored = ERR_INIT;
	struct project_lock lock;
	struct sources src;
	struct vec entries;
	struct str hidden;
	bool done;

	if (fs_lstat(path_join(a, k->project, MODULES)).kind != FS_NONE || !read_sources(a, k->project, &src) ||
	    !note_load(a, k->cache, note_name(a, k, &src), &r.rest) || !is_same(&r, k, &src))
		return false;
	hidden = get_str(&r);
	get_told(&r, out);
	get_entries(&r, &entries);
	if (r.bad || r.rest.len || !hidden.ptr || clock_wall_ms() >= out->until_ms)
		return false;
	if (project_lock(&lock, a, k->project, NULL, &ignored) < 0)
		return false;
	done = lay_locked(&r, k, &src, hidden, &entries);
	project_unlock(&lock);
	return done;
}
