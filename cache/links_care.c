/* SPDX-License-Identifier: MIT */
#include "cache/links.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "cache/index.h"
#include "cache/links_int.h"
#include "cache/paths.h"
#include "cache/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MAX_FILE ((size_t)512 << 20)

/* Directories by path. */
struct prune {
	struct arena *arena;
	struct cache *cache;
	const char *real;		/* the cache's root without any link in it; NULL: there is none */
	struct links_report *report;
	struct map used;
	struct vec queue;		/* const char *: used, and not yet looked into */
};

/* One folder for each umask that was used. */
static int list_dirs(struct arena *a, struct cache *c, struct vec *paths, struct err *err)
{
	struct vec kinds, names;

	vec_init(paths, a);
	if (fs_list(a, c->root, &kinds, err) < 0)
		return -1;
	for (size_t i = 0; i < kinds.count; i++) {
		const char *kind = kinds.items[i], *dir = path_join(a, c->root, kind);

		if (!streq(kind, LINKS_DIR) && !cstr_starts(kind, LINKS_DIR "-"))
			continue;
		if (fs_list(a, dir, &names, err) < 0)
			return -1;
		for (size_t k = 0; k < names.count; k++)
			vec_add(paths, (void *)path_join(a, dir, VEC_AT(&names, char, k)));
	}
	return 0;
}

/* ---- what is used ---- */

/* The project may have come to the cache by another way, through links: what lies in it counts, whatever it is called. */
static const char *as_here(struct prune *p, const char *path)
{
	const char *real;

	if (path_is_in(path, p->cache->root))
		return path;
	real = p->real ? fs_realpath(p->arena, path) : NULL;
	return real && path_is_in(real, p->real) ? arena_printf(p->arena, "%s%s", p->cache->root, real + strlen(p->real)) : path;
}

/* path leads into one, or is one. */
static void use(struct prune *p, const char *path)
{
	const char *root = p->cache->root, *name, *end;

	path = as_here(p, path);
	if (!path_is_in(path, root) || !cstr_starts(path + strlen(root), "/" LINKS_DIR))
		return;
	name = strchr(path + strlen(root) + 1, '/');
	end = name ? strchr(name + 1, '/') : NULL;
	if (!name)
		return;
	path = end ? arena_strndup(p->arena, path, (size_t)(end - path)) : path;
	if (map_has(&p->used, path))
		return;
	map_put(&p->used, path, p);
	vec_add(&p->queue, (void *)path);
}

static bool use_link(struct prune *p, const char *dir, const char *name)
{
	const char *to = fs_readlink(p->arena, path_join(p->arena, dir, name));

	if (to)
		use(p, path_resolve(p->arena, dir, to));
	return to;
}

/* All links in a folder of packages, scopes opened. */
static void use_links(struct prune *p, const char *dir)
{
	struct err ignored = ERR_INIT;
	struct vec names, scoped;

	if (fs_list(p->arena, dir, &names, &ignored) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i], *scope = path_join(p->arena, dir, name);

		if (use_link(p, dir, name) || name[0] != '@' || fs_list(p->arena, scope, &scoped, &ignored) < 0)
			continue;
		for (size_t k = 0; k < scoped.count; k++)
			use_link(p, scope, scoped.items[k]);
	}
}

static int use_of_projects(struct prune *p, struct err *err)
{
	const char *dir = path_join(p->arena, p->cache->root, LINKS_PROJECTS);
	struct vec names;

	if (fs_list(p->arena, dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		const char *link = path_join(p->arena, dir, VEC_AT(&names, char, i));
		const char *project = fs_readlink(p->arena, link);
		const char *store = project ? path_join(p->arena, project, "node_modules/.store") : NULL;

		if (store && fs_lstat(store).kind == FS_DIR) {
			use_links(p, store);
			p->report->projects++;
		} else if (fs_unlink(link, err) < 0) {
			return -1;
		} else {
			p->report->gone++;
		}
	}
	while (p->queue.count)
		use_links(p, path_join(p->arena, vec_pop(&p->queue), "node_modules"));
	return 0;
}

/* ---- what is not ---- */

/* What taking it away gives back: most files are the store's too. */
static uint64_t size_below(struct arena *a, const char *top)
{
	struct err ignored = ERR_INIT;
	struct vec dirs, names;
	uint64_t size = 0;

	vec_init(&dirs, a);
	vec_add(&dirs, (void *)top);
	for (size_t i = 0; i < dirs.count; i++) {
		if (fs_list(a, dirs.items[i], &names, &ignored) < 0)
			continue;
		for (size_t k = 0; k < names.count; k++) {
			const char *path = path_join(a, dirs.items[i], VEC_AT(&names, char, k));
			struct fs_stat st = fs_lstat(path);

			if (st.kind == FS_DIR)
				vec_add(&dirs, (void *)path);
			else if (st.kind == FS_FILE && st.nlink == 1)
				size += st.size;
		}
	}
	return size;
}

static int remove_unused(struct prune *p, struct err *err)
{
	struct vec paths;

	if (list_dirs(p->arena, p->cache, &paths, err) < 0)
		return -1;
	for (size_t i = 0; i < paths.count; i++) {
		struct arena one = ARENA_INIT;

		if (map_has(&p->used, paths.items[i])) {
			p->report->kept++;
			continue;
		}
		p->report->freed += size_below(&one, paths.items[i]);
		p->report->removed++;
		cache_drop(p->cache, paths.items[i]);
		arena_release(&one);
	}
	return 0;
}

static int lock_alone(struct arena *a, const struct cache *c, struct err *err)
{
	const char *path = path_join(a, c->root, LINKS_LOCK);
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 && errno != ENOENT)
		return err_sys(err, errno, "cannot open '%s'", path);
	while (fd >= 0 && flock(fd, LOCK_EX) < 0 && errno == EINTR)
		continue;
	return fd;
}

int links_prune(struct arena *a, struct cache *c, struct links_report *out, struct err *err)
{
	struct prune p = {.arena = a, .cache = c, .real = fs_realpath(a, c->root), .report = out};
	int fd, ret;

	*out = (struct links_report){0};
	map_init(&p.used, a);
	vec_init(&p.queue, a);
	fd = lock_alone(a, c, err);
	if (fd < 0)
		return err->code == ERR_OK ? 0 : -1;	/* nobody ever used any */
	ret = use_of_projects(&p, err) < 0 || remove_unused(&p, err) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

/* ---- looking at them ---- */

static struct str read_record(struct arena *a, const char *dir)
{
	struct err ignored = ERR_INIT;
	struct str text = STR_NULL;

	if (fs_read_if(a, path_join(a, dir, LINKS_RECORD), MAX_FILE, &text, &ignored) < 0 || !text.ptr ||
	    !str_eq(str_cut(text, '\n', &text), STR(LINKS_FORM)))
		return STR_NULL;
	return text;
}

static int by_id(const void *a, const void *b, void *ctx)
{
	const struct links_item *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	(void)ctx;
	return order ? order : strcmp(x->path, y->path);
}

int links_list(struct arena *a, struct cache *c, struct vec *items, struct err *err)
{
	struct vec paths;

	if (list_dirs(a, c, &paths, err) < 0)
		return -1;
	for (size_t i = 0; i < paths.count; i++) {
		struct links_item *item = ARENA_NEW(a, struct links_item);
		struct str text = read_record(a, paths.items[i]), version;
		struct str package = str_cut(str_cut(text, '\n', &text), ' ', &version);

		*item = (struct links_item){.path = paths.items[i], .name = path_base(paths.items[i])};
		item->id = package.len ? arena_printf(a, "%.*s@%.*s", STR_ARGS(package), STR_ARGS(version)) : "";
		vec_add(items, item);
	}
	vec_sort(items, by_id, NULL);
	return 0;
}

/* "b <name> b": the link is there and leads there. */
static bool link_is_sound(struct arena *a, const char *dir, struct str line)
{
	struct str rest, name = str_cut(line, ' ', &rest), to = str_cut(rest, ' ', &rest);
	const char *path = arena_printf(a, "%s/node_modules/%.*s", dir, STR_ARGS(name));
	const char *there = fs_readlink(a, path);
	const char *want = arena_printf(a, "%s/%.*s/node_modules/%.*s", path_dir(a, dir), STR_ARGS(to), STR_ARGS(rest));

	return there && streq(path_resolve(a, path_dir(a, path), there), want);
}

/* A bin may have lost a carriage return. */
static bool file_is_sound(int dir, const struct store_entry *e, const struct map *changed)
{
	int fd = openat(dir, e->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	uint64_t sum;
	bool sound;

	if (fd < 0)
		return false;
	sound = (file_checksum(fd, e->size, &sum) && sum == e->checksum) ||
		(e->size && map_has(changed, e->path) && file_checksum(fd, e->size - 1, &sum));
	close(fd);
	return sound;
}

static bool files_are_sound(struct arena *a, const struct links_item *item, const struct map *changed)
{
	const char *at = strrchr(item->id, '@');
	struct err ignored = ERR_INIT;
	const struct store_package *p;
	struct str bytes;
	bool sound = true;
	int dir;

	if (fs_read_if(a, path_join(a, item->path, LINKS_INDEX), MAX_FILE, &bytes, &ignored) < 0 || !bytes.ptr)
		return true;	/* nobody knows */
	p = index_parse(a, bytes);
	dir = open(arena_printf(a, "%s/node_modules/%.*s", item->path, (int)(at - item->id), item->id),
		   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	for (uint32_t i = 0; p && dir >= 0 && sound && i < p->n_entries; i++)
		sound = p->entries[i].is_dir || file_is_sound(dir, &p->entries[i], changed);
	if (dir >= 0)
		close(dir);
	return p && dir >= 0 && sound;
}

bool links_sound(struct arena *a, const struct links_item *item)
{
	struct str text = read_record(a, item->path);
	struct map changed;
	bool sound = item->id[0] && strrchr(item->id, '@');

	map_init(&changed, a);
	str_cut(text, '\n', &text);
	while (sound && text.len) {
		struct str rest, line = str_cut(text, '\n', &text), word = str_cut(line, ' ', &rest);

		if (str_eq(word, STR("link")))
			sound = link_is_sound(a, item->path, rest);
		else
			map_put(&changed, str_dup(a, rest), a);
	}
	return sound && files_are_sound(a, item, &changed);
}
