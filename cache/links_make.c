/* SPDX-License-Identifier: MIT */
#include "cache/links.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "cache/links_int.h"
#include "cache/paths.h"
#include "cache/store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_RECORD ((size_t)16 << 20)

/* A name may have a scope, which is a folder; it is there already for the second of them. */
static int make_scope(struct arena *a, const char *modules, const char *name, struct err *err)
{
	const char *slash = strchr(name, '/'), *dir;

	if (!slash)
		return 0;
	dir = arena_printf(a, "%s/%.*s", modules, (int)(slash - name), name);
	if (mkdir(dir, 0777) < 0 && errno != EEXIST)
		return err_sys(err, errno, "cannot make '%s'", dir);
	return 0;
}

static int make_link(struct arena *a, const char *modules, const struct links_link *l, struct err *err)
{
	const char *to = arena_printf(a, "%s../../%s/node_modules/%s", strchr(l->name, '/') ? "../" : "", l->to, l->package);
	const char *path = arena_printf(a, "%s/%s", modules, l->name);

	if (make_scope(a, modules, l->name, err) < 0)
		return -1;
	return symlink(to, path) < 0 ? err_sys(err, errno, "cannot make '%s'", path) : 0;
}

static int make_links(struct arena *a, const char *modules, const struct links_want *w, struct err *err)
{
	for (size_t i = 0; i < w->n_to; i++)
		if (make_link(a, modules, &w->to[i], err) < 0)
			return -1;
	return 0;
}

int links_begin(struct arena *a, struct links_want *w, const struct store_package *p, struct err *err)
{
	const char *tmp = cache_tmp(a, w->links->root), *modules = path_join(a, tmp, "node_modules");
	int result = STORE_FAILED;

	w->made = tmp;
	if (mkdir(tmp, 0777) < 0 || mkdir(modules, 0777) < 0)
		err_sys(err, errno, "cannot make '%s'", modules);
	else if (make_scope(a, modules, w->package, err) == 0)
		result = (int)store_link(w->links->cache, p, path_join(a, modules, w->package), STORE_LINK, err);
	if (result == STORE_OK && make_links(a, modules, w, err) < 0)
		result = STORE_FAILED;
	if (result != STORE_OK)
		links_forget(w);
	return result;
}

void links_forget(const struct links_want *w)
{
	struct err ignored = ERR_INIT;

	(void)!fs_remove_tree(w->made, &ignored);
}

static int write_record(struct arena *a, const struct links_want *w, struct err *err)
{
	const char *path = path_join(a, w->made, LINKS_RECORD);
	struct buf b = BUF_INIT(MAX_RECORD);
	FILE *f = fopen(path, "wxe");
	int bad = 0;

	buf_printf(&b, LINKS_FORM "\n%s %s\n", w->package, w->version);
	for (size_t i = 0; i < w->n_to; i++)
		buf_printf(&b, "link %s %s %s\n", w->to[i].name, w->to[i].to, w->to[i].package);
	for (size_t i = 0; i < w->n_changed; i++)
		buf_printf(&b, "changed %s\n", w->changed[i]);
	if (!f || b.failed || fwrite(b.ptr, 1, b.len, f) != b.len || fflush(f))
		bad = err_sys(err, errno, "cannot write '%s'", path);
	if (f)
		fclose(f);
	buf_release(&b);
	return bad;
}

/* Who cannot link it copies it; without one the directory cannot be checked later, and that is all. */
static void keep_index(struct arena *a, const struct store_package *p, const char *made)
{
	const char *from = path_join(a, path_dir(a, p->dir), LINKS_INDEX), *to = path_join(a, made, LINKS_INDEX);
	struct err ignored = ERR_INIT;

	if (link(from, to) < 0)
		(void)!fs_copy_tree(from, to, &ignored);
}

int links_end(struct arena *a, struct links_want *w, const struct store_package *p, struct err *err)
{
	int ret = write_record(a, w, err);

	keep_index(a, p, w->made);
	if (ret == 0)
		ret = cache_publish(a, w->made, links_path(a, w->links, w->name), err);
	if (ret != 0)
		links_forget(w);
	return ret < 0 ? -1 : 0;
}
