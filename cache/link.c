/* SPDX-License-Identifier: MIT */
#include "cache/store.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "cache/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_MODE 0755u
/* So long what was unpacked just now is taken as it is. */
#define NEW_NS ((int64_t)1000000000)

struct linking {
	const struct store_package *package;
	const char *dest;
	enum store_how how;
	int from, to;			/* handles of both roots */
	struct err *err;
};

static int64_t mtime_of(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

/* Its time is later than the seal: were the bytes changed too? If not, the time is put back, to be quick again next time. */
static bool bytes_unchanged(const struct linking *l, const struct store_entry *e)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = l->package->sealed_ns / 1000000000,
							      .tv_nsec = l->package->sealed_ns % 1000000000}};
	int fd = openat(l->from, e->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	uint64_t sum;
	bool same;

	if (fd < 0)
		return false;
	same = file_checksum(fd, e->size, &sum) && sum == e->checksum;
	if (same && futimens(fd, times) < 0)
		errno = 0;
	close(fd);
	return same;
}

/* Is the store's file what the index says? A look at its size and time usually tells. */
static bool is_sound(const struct linking *l, const struct store_entry *e)
{
	struct stat st;

	if (fstatat(l->from, e->path, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
		return false;
	if ((uint64_t)st.st_size != e->size || ((st.st_mode ^ e->mode) & 07777))
		return false;
	return mtime_of(&st) <= l->package->sealed_ns || bytes_unchanged(l, e);
}

static int copy_bytes(int from, int to)
{
	off_t done = 0;
	ssize_t n;
	char buf[65536];

	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	while ((n = copy_file_range(from, NULL, to, NULL, (size_t)1 << 30, 0)) > 0)
		done += n;
	if (n == 0 || done)
		return (int)n;
	/* Old kernels and some file systems cannot. */
	while ((n = read(from, buf, sizeof(buf))) > 0)
		if (write(to, buf, (size_t)n) != n)
			return -1;
	return (int)n;
}

/* to is as openat() takes it: made new. */
static int copy_file(int from, const char *path, int to, const char *as, uint32_t mode)
{
	int in = openat(from, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), out, ret, saved;

	if (in < 0)
		return -1;
	out = openat(to, as, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	ret = out < 0 ? -1 : copy_bytes(in, out);
	saved = errno;
	if (out >= 0 && close(out) < 0 && ret == 0)
		ret = -1, saved = errno;
	close(in);
	errno = saved;
	return ret;
}

static bool cannot_link(int errnum)
{
	return errnum == EXDEV || errnum == EPERM || errnum == EOPNOTSUPP || errnum == ENOSYS || errnum == EMLINK;
}

static enum store_result failed_on(struct linking *l, const struct store_entry *e)
{
	int why = errno;

	/* Someone cleaned the store meanwhile. */
	if (why == ENOENT && !is_sound(l, e))
		return STORE_GONE;
	err_sys(l->err, why, "cannot make '%s/%s'", l->dest, e->path);
	return STORE_FAILED;
}

/* Nobody else had the time to link and change it. */
static bool is_just_unpacked(const struct store_package *p)
{
	return p->is_new && clock_file_ns() - p->sealed_ns < NEW_NS;
}

static enum store_result place_file(struct linking *l, const struct store_entry *e)
{
	if (!is_just_unpacked(l->package) && !is_sound(l, e))
		return STORE_GONE;
	if (l->how == STORE_LINK) {
		if (linkat(l->from, e->path, l->to, e->path, 0) == 0)
			return STORE_OK;
		if (!cannot_link(errno))
			return failed_on(l, e);
		/* Too many links to this file is about this file; the rest is about the place. */
		if (errno != EMLINK)
			l->how = STORE_COPY;
	}
	if (copy_file(l->from, e->path, l->to, e->path, e->mode) == 0)
		return STORE_OK;
	return failed_on(l, e);
}

static enum store_result place_all(struct linking *l)
{
	enum store_result r = STORE_OK;

	for (uint32_t i = 0; i < l->package->n_entries && r == STORE_OK; i++) {
		const struct store_entry *e = &l->package->entries[i];

		if (!e->is_dir) {
			r = place_file(l, e);
		} else if (mkdirat(l->to, e->path, DIR_MODE) < 0) {
			err_sys(l->err, errno, "cannot make '%s/%s'", l->dest, e->path);
			r = STORE_FAILED;
		}
	}
	return r;
}

static int open_dir(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void remove_made(const char *dest)
{
	struct err ignored = ERR_INIT;

	if (fs_remove_tree(dest, &ignored) < 0)
		err_clear(&ignored);
}

enum store_result store_link(struct cache *c, const struct store_package *p, const char *dest, enum store_how how,
			     struct err *err)
{
	struct linking l = {.package = p, .dest = dest, .how = how, .err = err, .from = open_dir(p->dir), .to = -1};
	enum store_result r = STORE_FAILED;
	struct arena a = ARENA_INIT;

	if (l.from < 0) {
		r = STORE_GONE;
	} else if (mkdir(dest, DIR_MODE) < 0) {
		err_sys(err, errno, "cannot make '%s'", dest);
	} else {
		l.to = open_dir(dest);
		if (l.to < 0)
			err_sys(err, errno, "cannot open '%s'", dest);
		else
			r = place_all(&l);
		if (r != STORE_OK)
			remove_made(dest);
	}
	if (l.to >= 0)
		close(l.to);
	if (l.from >= 0)
		close(l.from);
	if (r == STORE_GONE)
		cache_drop(c, path_dir(&a, p->dir));
	arena_release(&a);
	return r;
}

bool store_has_file(const struct store_package *p, const char *path)
{
	for (uint32_t i = 0; i < p->n_entries; i++)
		if (!p->entries[i].is_dir && streq(p->entries[i].path, path))
			return true;
	return false;
}

/* A copy beside it with the mode it shall have, then renamed over it. */
static int replace_by_copy(const char *path, const char *tmp, uint32_t mode, struct err *err)
{
	if (copy_file(AT_FDCWD, path, AT_FDCWD, tmp, 0600) == 0 && chmod(tmp, mode) == 0 && rename(tmp, path) == 0)
		return 0;
	err_sys(err, errno, "cannot replace '%s'", path);
	unlink(tmp);
	return -1;
}

int store_own_file(const char *path, uint32_t mode, struct err *err)
{
	struct fs_stat st = fs_lstat(path);
	struct arena a = ARENA_INIT;
	int ret = 0;

	if (st.kind != FS_FILE)
		return err_sys(err, st.kind == FS_NONE ? ENOENT : EINVAL, "cannot change '%s'", path);
	if (st.nlink > 1)
		ret = replace_by_copy(path, arena_printf(&a, "%s.%ld.tmp", path, (long)getpid()), mode, err);
	else if ((st.mode & 07777) != mode && chmod(path, mode) < 0)
		ret = err_sys(err, errno, "cannot change the mode of '%s'", path);
	arena_release(&a);
	return ret;
}
