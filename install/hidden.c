/* SPDX-License-Identifier: MIT */
#include "install/actual.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "lockfile/lockfile.h"

#include <string.h>

#define JITTER_MS 10	/* folders may be this much younger than the lockfile that was written last */
#define MAX_DEPTH 512	/* of folders in folders */

/* The walk that finds out whether a hidden lockfile still tells the truth. */
struct check {
	struct arena *arena;
	const char *path;		/* the project */
	const struct lockfile *lock;
	int64_t newest_ms;
	struct map seen;		/* locations */
	int depth;
};

static int64_t to_ms(int64_t ns)
{
	return (ns + 500000) / 1000000;
}

static bool check_folder(struct check *c, const char *rel, const struct fs_stat *st);

static const char *absolute(const struct check *c, const char *rel)
{
	return rel[0] && rel[0] != '.' ? path_below(c->arena, c->path, rel) : path_join(c->arena, c->path, rel);
}

/* A link counts as seen; the folder it leads to is looked at once. */
static bool check_link(struct check *c, const char *parent, const char *child)
{
	const char *to = fs_readlink(c->arena, absolute(c, child));
	map_put(&c->seen, child, c);
	if (!to)
		return true;
	const char *target = path_resolve(c->arena, absolute(c, parent), to);
	struct fs_stat st = fs_stat(target);
	const char *rel = path_relative(c->arena, c->path, target);
	return st.kind != FS_DIR || map_has(&c->seen, rel) || check_folder(c, rel, &st);
}

static bool check_children(struct check *c, const char *parent)
{
	struct err ignored;
	struct vec names;
	err_clear(&ignored);
	vec_init(&names, c->arena);
	if (fs_list(c->arena, absolute(c, parent), &names, &ignored) < 0)
		return true;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		const char *child = path_below(c->arena, parent, name);
		struct fs_stat st = fs_lstat(absolute(c, child));
		if (st.kind == FS_LINK ? !check_link(c, parent, child)
				       : st.kind == FS_DIR && name[0] != '.' && !check_folder(c, child, &st))
			return false;
	}
	return true;
}

/* Nothing in this folder is younger than the lockfile or missing from it. */
static bool check_folder(struct check *c, const char *rel, const struct fs_stat *st)
{
	const char *base = path_base(rel);
	bool container = streq(base, "node_modules") || base[0] == '@';
	map_put(&c->seen, rel, c);
	if (to_ms(st->mtime_ns) > c->newest_ms || (!container && !lockfile_entry(c->lock, rel)))
		return false;
	if (c->depth >= MAX_DEPTH)
		return false;
	c->depth++;
	bool ok = check_children(c, container ? rel : path_below(c->arena, rel, "node_modules"));
	c->depth--;
	return ok;
}

/* Where the links of a package in the linked strategy's store are: "node_modules/.store/<key>" of what is in there. NULL:
 * it is none. */
static const char *store_folder(struct check *c, const char *location)
{
	const char *store = strstr(location, "/.store/");
	const char *end = store ? strstr(store + strlen("/.store/") + 1, "/node_modules/") : NULL;
	return end ? arena_strndup(c->arena, location, (size_t)(end - location)) : NULL;
}

static bool check_dir(struct check *c, const char *rel)
{
	struct fs_stat st = fs_stat(absolute(c, rel));
	return st.kind == FS_DIR && check_folder(c, rel, &st);
}

/* Folders that are listed but that no walk from node_modules reaches: of the store, workspaces nobody links to. */
static bool check_others(struct check *c)
{
	struct map linked, done;
	map_init(&linked, c->arena);
	map_init(&done, c->arena);
	const struct json *packages = c->lock->packages;
	for (uint32_t i = 0; i < packages->count; i++) {
		const struct json *entry = packages->members[i].value;
		if (json_truthy(json_find(entry, "link")) && json_find_text(entry, "resolved"))
			map_put(&linked, json_find_text(entry, "resolved"), c);
	}
	for (uint32_t i = 0; i < packages->count; i++) {
		const char *location = packages->members[i].key;
		const char *nested = strstr(location, "/node_modules/"), *store = store_folder(c, location);
		if (store && !map_has(&done, store)) {
			map_put(&done, store, c);
			map_put(&c->seen, store, c);
			if (!check_dir(c, arena_printf(c->arena, "%s/node_modules", store)))
				return false;
		}
		const char *top = nested ? arena_strndup(c->arena, location, (size_t)(nested - location)) : location;
		if (cstr_starts(location, "node_modules/") || !top[0] || map_has(&linked, top) || map_has(&done, top))
			continue;
		map_put(&done, top, c);
		if (!check_dir(c, top))
			return false;
	}
	return true;
}

static bool is_current(struct check *c)
{
	struct fs_stat st = fs_stat(absolute(c, "node_modules"));
	if (st.kind != FS_DIR || !check_folder(c, "node_modules", &st) || !check_others(c))
		return false;
	for (uint32_t i = 0; i < c->lock->packages->count; i++)
		if (!map_has(&c->seen, c->lock->packages->members[i].key))
			return false;
	return true;
}

struct lockfile *hidden_lockfile_read(struct arena *a, const char *path)
{
	struct lockfile_options o = {.path = path, .hidden = true};
	const char *file = path_join(a, path, LOCKFILE_HIDDEN_NAME);
	struct fs_stat st = fs_stat(file);
	struct err ignored = ERR_INIT;
	struct str text;
	if (st.kind != FS_FILE || fs_read(a, file, FS_MAX_FILE, &text, &ignored) < 0)
		return NULL;
	struct lockfile *lf = lockfile_parse(a, text, &o, &ignored);
	if (!lf || !lf->loaded)
		return NULL;
	/* As npm: one that tells of nothing is believed, whatever is there. */
	if (!lf->has_packages)
		return lf;
	struct check c = {.arena = a, .path = path, .lock = lf, .newest_ms = to_ms(st.mtime_ns) + JITTER_MS};
	map_init(&c.seen, a);
	return is_current(&c) ? lf : NULL;
}
