/* SPDX-License-Identifier: MIT */
#include "cache/runtimes.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "cache/cache.h"
#include "cache/index.h"
#include "cache/paths.h"
#include "cache/store.h"
#include "resolver/ssri.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define MAX_INDEX ((size_t)512 << 20)
#define MAX_TRIES 3		/* others may publish at the same time */

static int write_index(struct arena *a, const char *made, const struct store_package *p, struct err *err)
{
	struct buf bytes = BUF_INIT(MAX_INDEX);
	int ret;

	index_format(&bytes, p);
	ret = fs_write(path_join(a, made, ".lode-index"), buf_str(&bytes), 0666, err);
	buf_release(&bytes);
	return ret;
}

/* A power cut must not leave a runtime that stands there without its program. */
static int sync_program(struct arena *a, const char *made, struct err *err)
{
	const char *node = path_join(a, made, "bin/node");
	int fd = open(node, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), ret = fd < 0 ? -1 : fsync(fd), saved = errno;

	if (fd >= 0)
		close(fd);
	return ret ? err_sys(err, saved, "cannot write '%s'", node) : 0;
}

static int write_note(struct arena *a, const char *made, const struct kept_runtime *rt, struct err *err)
{
	struct buf text = BUF_INIT(MAX_INDEX);
	struct json *said = json_object(a);
	int ret;

	json_put_text(a, said, "integrity", rt->integrity);
	json_put_text(a, said, "resolved", rt->resolved ? rt->resolved : "");
	json_put(a, said, "size", json_number(a, (double)fs_lstat(path_join(a, made, "bin/node")).size));
	json_format(&text, said, NULL);
	ret = sync_program(a, made, err);
	if (!ret)
		ret = fs_write(path_join(a, made, ".lode-runtime"), buf_str(&text), 0666, err);
	buf_release(&text);
	return ret;
}

static int check_made(struct arena *a, const char *made, const struct kept_runtime *rt, struct err *err)
{
	struct fs_stat node = fs_lstat(path_join(a, made, "bin/node"));

	if (node.kind == FS_FILE && node.mode & 0100)
		return 0;
	return err_set(err, ERR_ENOENT, "%s@%s holds no program bin/node", rt->package, rt->version);
}

static const char *dir_of(struct arena *a, const struct cache *c, const struct kept_runtime *rt)
{
	/* c->dir is <cache>/_lode. */
	return runtimes_dir(a, path_dir(a, c->dir), rt->registry);
}

/* Another lode may have been first: then its folder is taken, unless it is damaged or another package's. */
static int publish(struct arena *a, struct cache *c, const char *made, struct kept_runtime *rt, struct err *err)
{
	const char *dir = dir_of(a, c, rt);
	struct kept_runtime there;
	int ret = 1;

	for (int i = 0; i < MAX_TRIES && ret == 1; i++) {
		ret = cache_publish(a, made, rt->root, err);
		if (ret != 1)
			break;
		if (runtimes_find(a, dir, rt->package, rt->version, &there) && ssri_match_text(rt->integrity, there.integrity)) {
			rt->integrity = there.integrity;
			rt->resolved = there.resolved;
			return 1;
		}
		cache_drop(c, rt->root);
	}
	if (ret == 1)
		return err_set(err, ERR_ESYSTEM, "'%s' is damaged and cannot be replaced", rt->root);
	return ret;
}

/* 1 when the store lost the package meanwhile. */
static int make(struct arena *a, struct cache *c, const struct store_package *p, struct kept_runtime *rt, struct err *err)
{
	const char *made = cache_tmp(a, c->root);
	struct err ignored = ERR_INIT;
	int ret;

	switch (store_link(c, p, made, STORE_LINK, err)) {
	case STORE_OK:
		break;
	case STORE_GONE:
		return 1;
	default:
		return -1;
	}
	ret = check_made(a, made, rt, err) || write_index(a, made, p, err) || write_note(a, made, rt, err) ? -1 : 0;
	if (!ret)
		ret = publish(a, c, made, rt, err);
	/* Also where another lode was first. */
	if (ret && fs_remove_tree(made, &ignored))
		err_clear(&ignored);
	return ret < 0 ? -1 : 0;
}

static const char *place(struct arena *a, const struct cache *c, const struct kept_runtime *rt)
{
	return path_join(a, dir_of(a, c, rt), arena_printf(a, "%s/%s", rt->package, rt->version));
}

int runtimes_keep(struct arena *a, struct cache *c, const struct store_package *p, struct kept_runtime *out, struct err *err)
{
	const char *root = cache_writable(c, err);

	if (!root)
		return -1;
	if (root != c->root)
		return err_set(err, ERR_EACCES, "a runtime has to be kept in '%s', which cannot be written: %s", c->root,
			       c->problem ? c->problem : "");
	out->root = place(a, c, out);
	out->integrity = p->integrity;
	return make(a, c, p, out, err);
}

bool runtimes_drop(struct cache *c, const char *registry, const char *package, const char *version)
{
	struct arena a = ARENA_INIT;
	const char *path = place(&a, c, &(struct kept_runtime){registry, package, version, NULL, NULL, NULL});
	bool there = fs_lstat(path).kind == FS_DIR;

	if (there)
		cache_drop(c, path);
	arena_release(&a);
	return there;
}
