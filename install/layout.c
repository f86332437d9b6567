/* SPDX-License-Identifier: MIT */
#include "install/layout.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/checksum.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "cache/cache.h"
#include "cache/links.h"
#include "cache/notes.h"
#include "install/layout_int.h"
#include "install/leftovers.h"
#include "install/lock.h"
#include "install/notetext.h"
#include "install/npmext.h"
#include "lockfile/lockfile.h"
#include "lockfile/yarn.h"

#include <string.h>
#include <sys/stat.h>

#define FORM 2

/* The files an install is made from. */
enum { SOURCE_PACKAGE, SOURCE_LOCK, SOURCE_NPMRC };

static const char *const sources[] = {
	[SOURCE_PACKAGE] = "package.json",
	[SOURCE_LOCK] = LOCKFILE_NAME,
	[SOURCE_NPMRC] = ".npmrc",
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
	return out->text[SOURCE_PACKAGE].ptr && out->text[SOURCE_LOCK].ptr && !has_others(a, project);
}

/* What is executable, and who may read it, hangs on the umask. */
static uint64_t files_mode(void)
{
	mode_t mask = umask(022);

	umask(mask);
	return 0777 & ~(uint64_t)mask;
}

/* Projects with the same files share a note. That they are the same is seen by comparing them. */
static const char *note_name(struct arena *a, const struct layout_key *k, const struct sources *s)
{
	uint64_t h = k->settings + files_mode();

	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		h = checksum64(s->text[i].ptr ? s->text[i].ptr : "", s->text[i].len, h);
	return arena_printf(a, "layout %llu", (unsigned long long)(h % LAYOUTS));
}

/* ---- writing ---- */

static void put_told(struct buf *b, const struct layout *told)
{
	note_put_number(b, told->funding);
	note_put_number(b, (uint64_t)told->until_ms);
	note_put_lines(b, &told->lines);
	note_put_pending(b, &told->pending);
	note_put_number(b, told->places != NULL);
	if (told->places)
		note_put_places(b, told->places);
	note_put_number(b, told->added.count);
	for (size_t i = 0; i < told->added.count; i++) {
		const struct layout_package *p = VEC_AT(&told->added, struct layout_package, i);

		note_put_text(b, p->name);
		note_put_text(b, p->version);
		note_put_text(b, p->location);
	}
}

/* Of .npmrc only a digest is kept: there may be secrets in it. */
static struct str identity(struct arena *a, const struct sources *s, size_t i)
{
	char *hex;

	if (i != SOURCE_NPMRC || !s->text[i].ptr)
		return s->text[i];
	hex = arena_alloc(a, DIGEST_HEX_MAX);
	digest_hex(DIGEST_SHA512, s->text[i].ptr, s->text[i].len, hex);
	return str_from(hex);
}

static void put_sources(struct buf *b, struct arena *a, const struct sources *s)
{
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		note_put_str(b, identity(a, s, i));
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

static bool put_made(struct buf *b, struct arena *a, const char *modules, const char *links, const struct laid *laid)
{
	struct vec made;

	note_put_number(b, laid != NULL);
	if (laid ? !layout_groups_make(a, modules, laid, &made) : !layout_links_make(a, modules, links, &made))
		return false;
	if (laid)
		layout_groups_put(b, &made);
	else
		layout_links_put(b, &made);
	return !b->failed;
}

/* kind FS_NONE: another program wrote in between. */
static bool is_what_was_written(const struct fs_stat *now, const struct fs_stat *written)
{
	return now->kind == FS_FILE && written->kind == FS_FILE && now->ino == written->ino && now->ctime_ns == written->ctime_ns;
}

/* Did the install work with what the files say now (of .npmrc the settings' digest tells)? And is what lies there what it left?
 * What others do to node_modules begins with the hidden lockfile. */
static bool is_undisturbed(struct arena *a, const char *project, const struct sources *now, const struct layout *told)
{
	struct fs_stat lock = fs_lstat(path_join(a, project, LOCKFILE_NAME));
	struct fs_stat hidden = fs_lstat(path_join(a, project, LOCKFILE_HIDDEN_NAME));
	bool as_locked = told->made.lock.kind == FS_NONE ? str_eq(now->text[SOURCE_LOCK], told->lock_text)
							 : is_what_was_written(&lock, &told->made.lock);

	return as_locked && str_eq(now->text[SOURCE_PACKAGE], told->package_text) && is_what_was_written(&hidden, &told->made.hidden);
}

void layout_keep(struct arena *a, const struct layout_key *k, const struct laid *laid, const struct layout *told)
{
	const char *modules = path_join(a, k->project, LAYOUT_MODULES), *links = links_of(a, k);
	struct buf b = BUF_INIT(NOTE_MAX);
	struct err ignored = ERR_INIT;
	struct sources src;
	struct str hidden;

	if (!links || !read_sources(a, k->project, &src) ||
	    fs_read(a, path_join(a, k->project, LOCKFILE_HIDDEN_NAME), NOTE_MAX, &hidden, &ignored) < 0)
		return;
	note_put_number(&b, FORM);
	note_put_number(&b, k->settings);
	note_put_text(&b, links);
	note_put_number(&b, files_mode());
	put_sources(&b, a, &src);
	note_put_str(&b, hidden);
	put_told(&b, told);
	if (put_made(&b, a, modules, links, laid) && is_undisturbed(a, k->project, &src, told))
		note_save(a, k->cache, note_name(a, k, &src), buf_str(&b));
	buf_release(&b);
}

/* ---- reading ---- */

static void get_told(struct note_reader *r, struct layout *out)
{
	out->funding = (uint32_t)note_number(r);
	out->until_ms = (int64_t)note_number(r);
	note_lines(r, &out->lines);
	note_pending(r, &out->pending);
	out->places = NULL;
	if (note_number(r)) {
		struct state_places *places = ARENA_NEW(r->arena, struct state_places);

		note_places(r, places);
		out->places = places;
	}
	vec_init(&out->added, r->arena);
	for (uint64_t n = note_number(r); n && !r->bad; n--) {
		struct layout_package *p = ARENA_NEW(r->arena, struct layout_package);

		p->name = note_text(r);
		p->version = note_text(r);
		p->location = note_text(r);
		vec_add(&out->added, p);
	}
}

static bool is_same(struct note_reader *r, const struct layout_key *k, const struct sources *src)
{
	bool same = note_number(r) == FORM && note_number(r) == k->settings && streq(note_text(r), links_of(r->arena, k)) &&
		    note_number(r) == files_mode();

	for (size_t i = 0; same && i < ARRAY_LEN(sources); i++) {
		struct str s = note_str(r), now = identity(r->arena, src, i);

		same = !s.ptr == !now.ptr && (!s.ptr || str_eq(s, now));
	}
	return same && !r->bad;
}

/* ---- making it ---- */

static bool are_as_read(struct arena *a, const char *project, const struct sources *before)
{
	struct sources now;
	bool same = read_sources(a, project, &now);

	for (size_t i = 0; same && i < ARRAY_LEN(sources); i++)
		same = !now.text[i].ptr == !before->text[i].ptr && str_eq(now.text[i], before->text[i]);
	return same;
}

struct kept {
	struct str hidden;		/* the hidden lockfile */
	bool packages;			/* made is groups of packages, not links */
	struct vec made;
};

static void get_made(struct note_reader *r, struct kept *l)
{
	l->packages = note_number(r);
	if (l->packages)
		layout_groups_get(r, &l->made);
	else
		layout_links_get(r, &l->made);
}

static bool lay_links(struct arena *a, const struct layout_key *k, struct cache *c, const struct kept *l)
{
	const char *real = fs_realpath(a, k->project);
	struct err ignored = ERR_INIT;
	struct links *links = real ? links_open(a, c, real, &ignored) : NULL;
	bool done = links && layout_links_lay(a, path_join(a, k->project, LAYOUT_MODULES), links, &l->made, l->hidden);

	links_close(links);
	return done;
}

/* The project's lock is held: no other lode changes anything meanwhile. One may have while it was waited for. */
static bool lay_locked(struct arena *a, const struct layout_key *k, const struct kept *l, const struct sources *src,
		       struct lay *lay)
{
	struct cache_options o = {.dir = k->cache};
	struct err ignored = ERR_INIT;
	struct cache *c;
	bool done;

	lay->modules = path_join(a, k->project, LAYOUT_MODULES);
	if (fs_lstat(lay->modules).kind != FS_NONE || !are_as_read(a, k->project, src))
		return false;
	leftovers_remove(a, k->project);
	c = cache_open(a, &o, &ignored);
	if (!c)
		return false;
	lay->cache = c;
	lay->groups = &l->made;
	lay->hidden = l->hidden;
	done = l->packages ? lay_packages(lay) : lay_links(a, k, c, l);
	cache_close(c);
	return done;
}

bool layout_lay(struct arena *a, const struct layout_key *k, struct layout *out)
{
	struct lay lay = {.arena = a, .made = &out->made};
	struct note_reader r = {.arena = a};
	struct project_lock lock;
	struct sources src;
	struct kept l;
	bool done;

	*out = (struct layout){0};
	if (fs_lstat(path_join(a, k->project, LAYOUT_MODULES)).kind != FS_NONE || !read_sources(a, k->project, &src) ||
	    !note_load(a, k->cache, note_name(a, k, &src), &r.rest) || !is_same(&r, k, &src))
		return false;
	l.hidden = note_str(&r);
	get_told(&r, out);
	get_made(&r, &l);
	if (r.bad || r.rest.len || !l.hidden.ptr || (out->until_ms && clock_wall_ms() >= out->until_ms))
		return false;
	if (!project_try_lock(&lock, a, k->project))
		return false;
	done = lay_locked(a, k, &l, &src, &lay);
	project_unlock(&lock);
	return done;
}
