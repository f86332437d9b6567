/* SPDX-License-Identifier: MIT */
#include "cache/links.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"
#include "cache/cache.h"
#include "cache/links_int.h"
#include "cache/paths.h"
#include "cache/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_RECORD ((size_t)16 << 20)

struct links {
	struct cache *cache;
	const char *root, *dir;
	int lock, handle;		/* of the lock's file; of dir */
};

const char *links_dir(struct arena *a, const struct cache *c)
{
	return arena_printf(a, "%s/" LINKS_DIR "%s", c->root, c->packages + strlen("packages"));
}

/* A link to the project, named by its path: who does not find it there any more knows that the project has gone. */
static int write_down(struct arena *a, const char *root, const char *project, struct err *err)
{
	char hex[DIGEST_HEX_MAX];
	const char *dir = path_join(a, root, LINKS_PROJECTS), *path;

	digest_hex(DIGEST_SHA256, project, strlen(project), hex);
	path = arena_printf(a, "%s/%.40s", dir, hex);
	if (streq(fs_readlink(a, path), project))
		return 0;
	return fs_mkdirs(dir, err) < 0 ? -1 : fs_symlink(project, path, err);
}

static int take_lock(struct arena *a, const char *root, struct err *err)
{
	const char *path = path_join(a, root, LINKS_LOCK);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);

	if (fd < 0)
		return err_sys(err, errno, "cannot open '%s'", path);
	/* A file system without locks: go on. */
	while (flock(fd, LOCK_SH) < 0 && errno == EINTR)
		continue;
	return fd;
}

static bool open_all(struct links *l, struct arena *a, const char *project, struct err *err)
{
	l->lock = take_lock(a, l->root, err);
	if (l->lock < 0 || fs_mkdirs(l->dir, err) < 0 || write_down(a, l->root, project, err) < 0)
		return false;
	l->handle = open(l->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->handle >= 0 && faccessat(l->handle, ".", W_OK | X_OK, 0) == 0)
		return true;
	err_sys(err, errno, "cannot write to '%s'", l->dir);
	return false;
}

struct links *links_open(struct arena *a, struct cache *c, const char *project, struct err *err)
{
	struct links *l = ARENA_NEW(a, struct links);
	const char *writable;

	*l = (struct links){.cache = c, .root = c->root, .dir = links_dir(a, c), .lock = -1, .handle = -1};
	if (!project) {
		l->handle = open(l->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		return l;
	}
	writable = cache_writable(c, err);
	if (!writable)
		return NULL;
	if (!streq(writable, c->root)) {
		err_set(err, ERR_EACCES, "%s", cache_problem(c) ? cache_problem(c) : "the cache cannot be written");
		return NULL;
	}
	if (open_all(l, a, project, err))
		return l;
	links_close(l);
	return NULL;
}

void links_close(struct links *l)
{
	if (!l)
		return;
	if (l->handle >= 0)
		close(l->handle);
	if (l->lock >= 0)
		close(l->lock);
	l->handle = l->lock = -1;
}

const char *links_path(struct arena *a, const struct links *l, const char *name)
{
	return path_join(a, l->dir, name);
}

uint32_t links_umask(const struct links *l)
{
	return l->cache->umask;
}

bool links_has(const struct links *l, const char *name)
{
	struct stat st;

	return l->handle >= 0 && fstatat(l->handle, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* ---- making one ---- */

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
