/* SPDX-License-Identifier: MIT */
#include "cache/cache.h"

#include "base/arena.h"
#include "base/checksum.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "cache/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FORMAT "v1"
/* What the umask can take from the modes packages have: 0755 at the most. */
#define MODE_BITS 0755u

/* Read, not set and set back: other threads make files meanwhile. */
static uint32_t process_umask(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	unsigned mask = 022;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Umask: %o", &mask) == 1)
			break;
	if (f)
		fclose(f);
	return mask;
}

struct cache *cache_open(struct arena *a, const struct cache_options *opts, struct err *err)
{
	struct cache *c = ARENA_NEW(a, struct cache);

	(void)err;
	c->dir = path_join(a, opts->dir, "_lode");
	c->root = path_join(a, c->dir, FORMAT);
	c->npm = opts->no_npm ? NULL : path_join(a, opts->dir, "_cacache/content-v2");
	c->umask = process_umask();
	c->packages = c->umask & MODE_BITS ? arena_printf(a, "packages-%03o", c->umask & MODE_BITS) : "packages";
	c->note_use = !opts->no_use_time;
	pthread_mutex_init(&c->lock, NULL);
	return c;
}

void cache_close(struct cache *c)
{
	struct err err = ERR_INIT;

	if (!c)
		return;
	if (c->scratch && fs_remove_tree(c->scratch, &err) < 0)
		err_clear(&err);
	arena_release(&c->own);
	pthread_mutex_destroy(&c->lock);
}

const char *cache_dir(const struct cache *c)
{
	return c->dir;
}

const char *cache_problem(struct cache *c)
{
	const char *problem;

	pthread_mutex_lock(&c->lock);
	problem = c->problem;
	pthread_mutex_unlock(&c->lock);
	return problem;
}

size_t cache_roots(struct cache *c, const char *roots[2])
{
	pthread_mutex_lock(&c->lock);
	roots[0] = c->root;
	roots[1] = c->scratch;
	pthread_mutex_unlock(&c->lock);
	return roots[1] ? 2 : 1;
}

static bool usable(struct arena *a, const char *root, struct err *err)
{
	const char *tmp = path_join(a, root, "tmp");

	if (fs_mkdirs(tmp, err) < 0)
		return false;
	if (access(tmp, W_OK | X_OK) == 0)
		return true;
	err_sys(err, errno, "cannot write to '%s'", tmp);
	return false;
}

/* Under the lock. */
static const char *make_scratch(struct cache *c, const struct err *why, struct err *err)
{
	const char *base = getenv("TMPDIR"), *made;

	if (!base || !path_is_absolute(base))
		base = "/tmp";
	c->problem = arena_strdup(&c->own, why->text);
	made = fs_mkdtemp(&c->own, path_join(&c->own, base, "lode-"), err);
	if (made && usable(&c->own, made, err))
		c->scratch = c->writable = made;
	return c->scratch;
}

const char *cache_writable(struct cache *c, struct err *err)
{
	struct err why = ERR_INIT;
	const char *root;

	pthread_mutex_lock(&c->lock);
	if (!c->writable && usable(&c->own, c->root, &why))
		c->writable = c->root;
	if (!c->writable)
		make_scratch(c, &why, err);
	root = c->writable;
	pthread_mutex_unlock(&c->lock);
	return root;
}

bool cache_give_up(struct cache *c, const struct err *why)
{
	struct err err = ERR_INIT;
	bool moved;

	if (why->code != ERR_ENOSPC && why->code != ERR_EROFS && why->code != ERR_EACCES && why->code != ERR_EPERM &&
	    why->code != ERR_ESYSTEM)
		return false;
	pthread_mutex_lock(&c->lock);
	if (c->writable == c->root)
		make_scratch(c, why, &err);
	moved = c->scratch && c->writable == c->scratch;
	pthread_mutex_unlock(&c->lock);
	return moved;
}

const char *cache_path(struct arena *a, const char *root, const char *kind, const char *hex)
{
	return arena_printf(a, "%s/%s/%.2s/%s", root, kind, hex, hex + 2);
}

const char *cache_tmp(struct arena *a, const char *root)
{
	static atomic_uint counter;

	/* The process and a count are unique here; the clock tells it from another machine's or an earlier process. */
	return arena_printf(a, "%s/tmp/%ld-%u-%llx", root, (long)getpid(), atomic_fetch_add(&counter, 1),
			    (unsigned long long)clock_now_ns());
}

int cache_publish(struct arena *a, const char *made, const char *dest, struct err *err)
{
	if (rename(made, dest) == 0)
		return 0;
	if (errno == ENOENT) {
		if (fs_mkdirs(path_dir(a, dest), err) < 0)
			return -1;
		if (rename(made, dest) == 0)
			return 0;
	}
	if (errno == ENOTEMPTY || errno == EEXIST)
		return 1;
	return err_sys(err, errno, "cannot move '%s' to '%s'", made, dest);
}

int cache_put_file(struct cache *c, const char *kind, const char *hex, struct str data, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *root = cache_writable(c, err), *tmp;
	struct err ignored = ERR_INIT;
	int ret = -1;

	if (root) {
		tmp = cache_tmp(&a, root);
		ret = fs_write_new(tmp, data, 0666, err);
		if (ret == 0)
			ret = cache_publish(&a, tmp, cache_path(&a, root, kind, hex), err);
		if (ret != 0 && fs_unlink(tmp, &ignored) < 0)
			err_clear(&ignored);
	}
	arena_release(&a);
	return ret < 0 ? -1 : 0;
}

void cache_drop(struct cache *c, const char *path)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	const char *root = path_is_in(path, c->root) ? c->root : c->scratch, *aside;

	if (root) {
		aside = cache_tmp(&a, root);
		if (rename(path, aside) == 0)
			path = aside;
		if (fs_remove_tree(path, &err) < 0)
			err_clear(&err);
	}
	arena_release(&a);
}

bool file_map(const char *path, struct str *out)
{
	int64_t ignored;

	return file_map_timed(path, out, &ignored);
}

bool file_map_timed(const char *path, struct str *out, int64_t *mtime_ns)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	void *p = MAP_FAILED;

	*out = STR_NULL;
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		*mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
		if (st.st_size == 0)
			*out = STR("");
		else
			p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p != MAP_FAILED)
			*out = (struct str){p, (size_t)st.st_size};
	}
	close(fd);
	return out->ptr != NULL;
}

void file_rest(struct str bytes)
{
	if (bytes.len)
		madvise((void *)(uintptr_t)bytes.ptr, bytes.len, MADV_DONTNEED);
}

void file_unmap(struct str bytes)
{
	if (bytes.len)
		munmap((void *)(uintptr_t)bytes.ptr, bytes.len);
}

bool file_checksum(int fd, uint64_t size, uint64_t *sum)
{
	struct stat st;
	void *p;

	*sum = checksum64("", 0, 0);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != size)
		return false;
	if (!size)
		return true;
	p = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return false;
	*sum = checksum64(p, (size_t)size, 0);
	munmap(p, (size_t)size);
	return true;
}
