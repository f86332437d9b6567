/* SPDX-License-Identifier: MIT
 *
 * A layout of links to packages that projects share.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "cache/links.h"
#include "install/layout_int.h"
#include "install/notetext.h"
#include "lockfile/lockfile.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One of them: a folder is before what is in it. */
struct layout_entry {
	const char *path;		/* below node_modules */
	const char *to;			/* NULL: a folder */
};

/* ---- finding ---- */

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

bool layout_links_make(struct arena *a, const char *modules, const char *links, struct vec *entries)
{
	struct scan s = {.arena = a, .modules = modules, .links = links};
	bool usual;

	vec_init(&s.entries, a);
	usual = scan_dir(&s, "");
	*entries = s.entries;
	return usual;
}

/* ---- in the note ---- */

void layout_links_put(struct buf *b, const struct vec *entries)
{
	note_put_number(b, entries->count);
	for (size_t i = 0; i < entries->count; i++) {
		note_put_text(b, VEC_AT(entries, struct layout_entry, i)->path);
		note_put_text(b, VEC_AT(entries, struct layout_entry, i)->to);
	}
}

void layout_links_get(struct note_reader *r, struct vec *entries)
{
	vec_init(entries, r->arena);
	for (uint64_t n = note_number(r); n && !r->bad; n--) {
		struct layout_entry *e = ARENA_NEW(r->arena, struct layout_entry);

		e->path = note_path(r);
		e->to = note_text(r);
		vec_add(entries, e);
	}
}

/* ---- making ---- */

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
bool layout_links_lay(struct arena *a, const char *modules, const struct links *links, const struct vec *entries, struct str hidden)
{
	struct err ignored = ERR_INIT;

	/* Somebody else's, made just now, is theirs. */
	if (!all_there(links, entries) || mkdir(modules, 0777) < 0)
		return false;
	if (make_all(modules, entries) &&
	    fs_write(path_join(a, modules, path_base(LOCKFILE_HIDDEN_NAME)), hidden, 0666, &ignored) == 0)
		return true;
	(void)!fs_remove_tree(modules, &ignored);
	return false;
}
