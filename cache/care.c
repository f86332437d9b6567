/* SPDX-License-Identifier: MIT */
#include "cache/care.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/vec.h"
#include "cache/cache.h"
#include "cache/entries.h"
#include "cache/index.h"
#include "cache/links.h"
#include "cache/paths.h"
#include "cache/store.h"
#include "resolver/packument.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)
/* What a living lode works on is younger than this, and its process is there. */
#define YOUNG_MS ((int64_t)10 * 60 * 1000)
#define MAX_INDEX ((size_t)512 << 20)

/* One thing that is kept: path, and hex the whole digest its place stands for. */
struct found {
	struct arena *arena;		/* released after each one */
	const char *path, *hex;
	struct fs_stat st;
};

struct walk {
	struct cache *cache;
	struct care_report *report;
	struct vec *lines;		/* verify: what was dropped */
	struct vec *items;		/* list */
	struct arena *arena;		/* of lines and items */
	int64_t older_than;		/* prune: wall clock, ms */
};

typedef void visit(struct walk *w, const struct found *f);

/* ---- walking ---- */

static int visit_shard(struct walk *w, const char *dir, const char *shard, visit *see, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct vec names;
	int ret;

	vec_init(&names, &a);
	ret = fs_list(&a, path_join(&a, dir, shard), &names, err);
	for (size_t i = 0; ret == 0 && i < names.count; i++) {
		struct arena one = ARENA_INIT;
		const char *name = VEC_AT(&names, const char, i);
		struct found f = {.arena = &one, .path = arena_printf(&one, "%s/%s/%s", dir, shard, name)};

		f.hex = arena_printf(&one, "%s%s", shard, name);
		f.st = fs_lstat(f.path);
		if (f.st.kind != FS_NONE)
			see(w, &f);
		arena_release(&one);
	}
	arena_release(&a);
	return ret;
}

static int visit_kind(struct walk *w, const char *kind, visit *see, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *dir = path_join(&a, w->cache->root, kind);
	struct vec shards;
	int ret;

	vec_init(&shards, &a);
	ret = fs_list(&a, dir, &shards, err);
	for (size_t i = 0; ret == 0 && i < shards.count; i++)
		if (strlen(VEC_AT(&shards, const char, i)) == 2)
			ret = visit_shard(w, dir, VEC_AT(&shards, const char, i), see, err);
	arena_release(&a);
	return ret;
}

/* Packages are in one folder for each umask that was used. */
static int visit_packages(struct walk *w, visit *see, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct vec kinds;
	int ret;

	vec_init(&kinds, &a);
	ret = fs_list(&a, w->cache->root, &kinds, err);
	for (size_t i = 0; ret == 0 && i < kinds.count; i++)
		if (cstr_starts(VEC_AT(&kinds, const char, i), "packages"))
			ret = visit_kind(w, VEC_AT(&kinds, const char, i), see, err);
	arena_release(&a);
	return ret;
}

static int visit_packuments(struct walk *w, visit *see, struct err *err)
{
	int ret = visit_kind(w, "packuments/short", see, err);

	return ret < 0 ? -1 : visit_kind(w, "packuments/full", see, err);
}

/* Folders of packages, with a folder for each version. */
static int visit_versions(struct walk *w, const char *dir, visit *see, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct vec packages;
	int ret;

	vec_init(&packages, &a);
	ret = fs_list(&a, dir, &packages, err);
	for (size_t i = 0; ret == 0 && i < packages.count; i++)
		ret = visit_shard(w, dir, VEC_AT(&packages, const char, i), see, err);
	arena_release(&a);
	return ret;
}

/* One of these for each registry. */
static int visit_runtimes(struct walk *w, visit *see, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *dir = path_join(&a, w->cache->root, "runtimes");
	struct vec registries;
	int ret;

	vec_init(&registries, &a);
	ret = fs_list(&a, dir, &registries, err);
	for (size_t i = 0; ret == 0 && i < registries.count; i++)
		ret = visit_versions(w, path_join(&a, dir, VEC_AT(&registries, const char, i)), see, err);
	arena_release(&a);
	return ret;
}

static int visit_aliases(struct walk *w, visit *see, struct err *err)
{
	static const char *const kinds[] = {"aliases/md5", "aliases/sha1", "aliases/sha256", "aliases/sha384"};
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < ARRAY_LEN(kinds); i++)
		ret = visit_kind(w, kinds[i], see, err);
	return ret;
}

/* ---- verify ---- */

static void drop(struct walk *w, const struct found *f, const char *what)
{
	vec_add(w->lines, arena_printf(w->arena, "%s %s", what, f->hex));
	cache_drop(w->cache, f->path);
}

static void verify_tarball(struct walk *w, const struct found *f)
{
	char hex[DIGEST_HEX_MAX] = "";
	struct str bytes;

	if (file_map(f->path, &bytes)) {
		digest_hex(DIGEST_SHA512, bytes.ptr, bytes.len, hex);
		file_unmap(bytes);
	}
	if (streq(hex, f->hex)) {
		w->report->tarballs++;
		w->report->bytes += f->st.size;
		return;
	}
	w->report->bad_tarballs++;
	drop(w, f, "tarball");
}

static bool file_is_sound(int dir, const struct store_entry *e)
{
	int fd = openat(dir, e->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	uint64_t sum;
	bool sound;

	if (fd < 0)
		return false;
	sound = file_checksum(fd, e->size, &sum) && sum == e->checksum;
	close(fd);
	return sound;
}

static struct store_package *read_package(const struct found *f, const char *index)
{
	struct err err = ERR_INIT;
	struct str bytes;

	if (fs_read_if(f->arena, path_join(f->arena, f->path, index), MAX_INDEX, &bytes, &err) < 0 || !bytes.ptr)
		return NULL;
	return index_parse(f->arena, bytes);
}

static bool files_are_sound(const struct store_package *p, const char *path)
{
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool sound = dir >= 0;

	for (uint32_t i = 0; sound && i < p->n_entries; i++)
		sound = p->entries[i].is_dir || file_is_sound(dir, &p->entries[i]);
	if (dir >= 0)
		close(dir);
	return sound;
}

static bool package_is_sound(const struct found *f, const struct store_package *p)
{
	return streq(p->integrity, integrity_of_key(f->arena, f->hex)) && files_are_sound(p, path_join(f->arena, f->path, "files"));
}

static void verify_package(struct walk *w, const struct found *f)
{
	const struct store_package *p = read_package(f, "index");

	if (p && package_is_sound(f, p)) {
		w->report->packages++;
		w->report->files += p->n_files;
		w->report->bytes += p->unpacked_size;
		return;
	}
	w->report->bad_packages++;
	drop(w, f, p && p->name ? arena_printf(f->arena, "package %s@%s,", p->name, p->version ? p->version : "") : "package");
}

static void verify_runtime(struct walk *w, const struct found *f)
{
	const struct store_package *p = read_package(f, ".lode-index");

	if (p && files_are_sound(p, f->path)) {
		w->report->runtimes++;
		w->report->bytes += p->unpacked_size;
		return;
	}
	w->report->bad_packages++;
	vec_add(w->lines, arena_printf(w->arena, "runtime %s", path_base(f->path)));
	cache_drop(w->cache, f->path);
}

static bool open_packument(const struct found *f, struct str *bytes, struct packument *p)
{
	char hex[DIGEST_HEX_MAX];

	if (!file_map(f->path, bytes))
		return false;
	if (packument_open(p, bytes->ptr, bytes->len)) {
		digest_hex(DIGEST_SHA256, p->meta.url, strlen(p->meta.url), hex);
		if (streq(hex, f->hex) && packument_intact(p))
			return true;
	}
	file_unmap(*bytes);
	return false;
}

static void verify_packument(struct walk *w, const struct found *f)
{
	struct packument p;
	struct str bytes;

	if (open_packument(f, &bytes, &p)) {
		file_unmap(bytes);
		w->report->packuments++;
		w->report->bytes += f->st.size;
		return;
	}
	w->report->bad_packuments++;
	drop(w, f, "packument");
}

static bool read_entry(const struct found *f, const char **key, const char **integrity)
{
	struct err err = ERR_INIT;
	char hex[DIGEST_HEX_MAX];
	struct str text;

	if (fs_read_if(f->arena, f->path, f->st.size, &text, &err) < 0 || !text.ptr)
		return false;
	if (!entry_parse(f->arena, text, key, integrity))
		return false;
	digest_hex(DIGEST_SHA256, *key, strlen(*key), hex);
	return streq(hex, f->hex);
}

static void verify_entry(struct walk *w, const struct found *f)
{
	const char *key, *integrity;

	if (read_entry(f, &key, &integrity)) {
		w->report->entries++;
		return;
	}
	w->report->bad_entries++;
	drop(w, f, "entry");
}

/* An alias is as good as the tarball it leads to: one that leads nowhere is no damage, only of no use. */
static void verify_alias(struct walk *w, const struct found *f)
{
	uint8_t bytes[DIGEST_MAX];
	struct err err = ERR_INIT;
	struct str text;

	if (fs_read_if(f->arena, f->path, DIGEST_HEX_MAX, &text, &err) < 0 || !text.ptr || !hex_parse(text, bytes, DIGEST_MAX)) {
		w->report->bad_entries++;
		drop(w, f, "alias");
		return;
	}
	w->report->entries++;
}

/* What is left under tmp/ by a lode that is no more. */
static int remove_leftovers(struct walk *w, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *dir = path_join(&a, w->cache->root, "tmp");
	int64_t now = clock_wall_ms();
	struct vec names;
	int ret;

	vec_init(&names, &a);
	ret = fs_list(&a, dir, &names, err);
	for (size_t i = 0; ret == 0 && i < names.count; i++) {
		const char *name = VEC_AT(&names, const char, i), *path = path_join(&a, dir, name);
		long pid = strtol(name, NULL, 10);
		int64_t age = now - fs_lstat(path).mtime_ns / 1000000;
		bool gone = pid <= 0 || (kill((pid_t)pid, 0) < 0 && errno == ESRCH);

		/* The process may be another machine's: young things are left alone then too. */
		if (!gone ? age < DAY_MS : age < YOUNG_MS)
			continue;
		ret = fs_remove_tree(path, err);
		w->report->leftovers++;
	}
	arena_release(&a);
	return ret;
}

/* Directories that projects share. */
static int verify_links(struct walk *w, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct vec items;
	int ret;

	vec_init(&items, &a);
	ret = links_list(&a, w->cache, &items, err);
	for (size_t i = 0; ret == 0 && i < items.count; i++) {
		const struct links_item *item = items.items[i];
		struct arena one = ARENA_INIT;

		if (links_sound(&one, item)) {
			w->report->links++;
		} else {
			w->report->bad_links++;
			vec_add(w->lines, arena_printf(w->arena, "shared %s %s", item->id, item->name));
			cache_drop(w->cache, item->path);
		}
		arena_release(&one);
	}
	arena_release(&a);
	return ret;
}

int care_verify(struct arena *a, struct cache *c, struct care_report *out, struct vec *lines, struct err *err)
{
	struct walk w = {.cache = c, .report = out, .lines = lines, .arena = a};

	*out = (struct care_report){.tarballs = 0};
	if (visit_kind(&w, "tarballs", verify_tarball, err) < 0 || visit_packages(&w, verify_package, err) < 0 ||
	    visit_runtimes(&w, verify_runtime, err) < 0 ||
	    visit_packuments(&w, verify_packument, err) < 0 || visit_kind(&w, "entries", verify_entry, err) < 0 ||
	    visit_aliases(&w, verify_alias, err) < 0 || verify_links(&w, err) < 0)
		return -1;
	return remove_leftovers(&w, err);
}

/* ---- prune ---- */

static void prune_one(struct walk *w, const struct found *f, struct fs_stat used, uint64_t size)
{
	if (used.mtime_ns / 1000000 >= w->older_than)
		return;
	w->report->dropped++;
	w->report->freed += size;
	cache_drop(w->cache, f->path);
}

static void prune_file(struct walk *w, const struct found *f)
{
	prune_one(w, f, f->st, f->st.size);
}

/* A package's index notes when it was used; one without is of no use to anybody. */
static void prune_package(struct walk *w, const struct found *f)
{
	const struct store_package *p = read_package(f, "index");

	prune_one(w, f, fs_lstat(path_join(f->arena, f->path, "index")), p ? p->unpacked_size : 0);
}

static void prune_runtime(struct walk *w, const struct found *f)
{
	const struct store_package *p = read_package(f, ".lode-index");

	prune_one(w, f, fs_lstat(path_join(f->arena, f->path, ".lode-runtime")), p ? p->unpacked_size : 0);
}

/* What could not be had is soon asked for again: older notes of it are of no use. */
static void prune_missed(struct walk *w, const struct found *f)
{
	if (f->st.mtime_ns / 1000000 < clock_wall_ms() - DAY_MS)
		cache_drop(w->cache, f->path);
}

int care_prune(struct arena *a, struct cache *c, unsigned days, struct care_report *out, struct err *err)
{
	struct walk w = {.cache = c, .report = out, .arena = a, .older_than = clock_wall_ms() - (int64_t)days * DAY_MS};

	*out = (struct care_report){.tarballs = 0};
	if (visit_kind(&w, "tarballs", prune_file, err) < 0 || visit_packages(&w, prune_package, err) < 0 ||
	    visit_runtimes(&w, prune_runtime, err) < 0 || visit_shard(&w, c->root, "missed", prune_missed, err) < 0 ||
	    visit_packuments(&w, prune_file, err) < 0 || visit_kind(&w, "entries", prune_file, err) < 0 ||
	    visit_aliases(&w, prune_file, err) < 0 || visit_kind(&w, "projects", prune_file, err) < 0)
		return -1;
	return remove_leftovers(&w, err);
}

int care_clean(struct arena *a, struct cache *c, struct err *err)
{
	const char *aside = arena_printf(a, "%s-gone-%ld", c->dir, (long)getpid());

	if (fs_lstat(c->dir).kind == FS_NONE)
		return 0;
	if (rename(c->dir, aside) < 0)
		return err_sys(err, errno, "cannot move '%s'", c->dir);
	return fs_remove_tree(aside, err);
}

/* ---- list ---- */

static void add_item(struct walk *w, const struct found *f, struct care_item item)
{
	struct care_item *kept = ARENA_NEW(w->arena, struct care_item);

	*kept = item;
	kept->name = arena_strdup(w->arena, item.name);
	kept->integrity = arena_strdup(w->arena, item.integrity);
	kept->path = arena_strdup(w->arena, f->path);
	kept->used_at = f->st.mtime_ns / 1000000;
	vec_add(w->items, kept);
}

static void list_tarball(struct walk *w, const struct found *f)
{
	add_item(w, f, (struct care_item){.kind = CARE_TARBALL, .name = "", .integrity = integrity_of_key(f->arena, f->hex), .size = f->st.size});
}

static void list_package(struct walk *w, const struct found *f)
{
	const struct store_package *p = read_package(f, "index");
	const char *name;

	if (!p)
		return;
	name = arena_printf(f->arena, "%s@%s", p->name ? p->name : "", p->version ? p->version : "");
	add_item(w, f, (struct care_item){.kind = CARE_PACKAGE, .name = name, .integrity = p->integrity, .size = p->unpacked_size});
}

static void list_packument(struct walk *w, const struct found *f)
{
	struct packument p;
	struct str bytes;

	if (!open_packument(f, &bytes, &p))
		return;
	add_item(w, f, (struct care_item){.kind = CARE_PACKUMENT, .name = p.meta.url, .integrity = NULL, .size = f->st.size});
	file_unmap(bytes);
}

static void list_entry(struct walk *w, const struct found *f)
{
	const char *key, *integrity;

	if (read_entry(f, &key, &integrity))
		add_item(w, f, (struct care_item){.kind = CARE_ENTRY, .name = key, .integrity = integrity, .size = f->st.size});
}

static int by_kind_and_name(const void *a, const void *b, void *ctx)
{
	const struct care_item *x = a, *y = b;

	(void)ctx;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

int care_list(struct arena *a, struct cache *c, struct vec *items, struct err *err)
{
	struct walk w = {.cache = c, .items = items, .arena = a};

	if (visit_packages(&w, list_package, err) < 0 || visit_kind(&w, "tarballs", list_tarball, err) < 0 ||
	    visit_packuments(&w, list_packument, err) < 0 || visit_kind(&w, "entries", list_entry, err) < 0)
		return -1;
	vec_sort(items, by_kind_and_name, NULL);
	return 0;
}

void care_drop(struct cache *c, const struct care_item *item)
{
	cache_drop(c, item->path);
}
