/* SPDX-License-Identifier: MIT */
#include "base/fs.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/os.h"
#include "base/path.h"
#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TMP_TRIES 100

static int read_all(struct arena *a, int fd, size_t size, struct str *out)
{
	char *p = arena_alloc(a, size + 1);
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, p + got, size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	p[got] = '\0';
	*out = (struct str){p, got};
	return 0;
}

int fs_read(struct arena *a, const char *path, size_t max, struct str *out, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), saved;
	struct stat st;
	int ret = -1;

	*out = STR_NULL;
	if (fd < 0)
		return err_sys(err, errno, "cannot open '%s'", path);
	if (fstat(fd, &st) < 0)
		ret = err_sys(err, errno, "cannot look at '%s'", path);
	else if (S_ISDIR(st.st_mode))
		ret = err_sys(err, EISDIR, "cannot read '%s'", path);
	else if (!S_ISREG(st.st_mode))
		ret = err_set(err, ERR_ESYSTEM, "cannot read '%s': not a regular file", path);
	else if ((uint64_t)st.st_size > max)
		ret = err_set(err, ERR_ETOOBIG, "cannot read '%s': it is larger than %zu bytes", path, max);
	else if (read_all(a, fd, (size_t)st.st_size, out) < 0)
		saved = errno, ret = err_sys(err, saved, "cannot read '%s'", path);
	else
		ret = 0;
	close(fd);
	return ret;
}

int fs_read_if(struct arena *a, const char *path, size_t max, struct str *out, struct err *err)
{
	*out = STR_NULL;
	if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	return fs_read(a, path, max, out, err);
}

static int write_all(int fd, struct str data)
{
	while (data.len) {
		ssize_t n = write(fd, data.ptr, data.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data = str_skip(data, (size_t)n);
	}
	return 0;
}

/* A new file beside path; its name is left in tmp. */
static int open_beside(const char *path, uint32_t mode, char *tmp, size_t size)
{
	static _Atomic unsigned counter;

	for (int i = 0; i < TMP_TRIES; i++) {
		unsigned n = counter++;
		int len = snprintf(tmp, size, "%s.%d.%u.tmp", path, (int)getpid(), n);
		int fd;

		if (len < 0 || (size_t)len >= size) {
			errno = ENAMETOOLONG;
			return -1;
		}
		fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/* Writes all and closes; 0 or what went wrong. */
static int fill_file(int fd, struct str data)
{
	int failed = write_all(fd, data) < 0 ? errno : 0;

	if (close(fd) < 0 && !failed)
		failed = errno;
	return failed;
}

int fs_write_new(const char *path, struct str data, uint32_t mode, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode), failed = errno;

	if (fd >= 0) {
		failed = fill_file(fd, data);
		if (!failed)
			return 0;
		unlink(path);
	}
	return err_sys(err, failed, "cannot write '%s'", path);
}

int fs_write_stat(const char *path, struct str data, uint32_t mode, struct fs_stat *out, struct err *err)
{
	char tmp[PATH_MAX];
	int fd = open_beside(path, mode, tmp, sizeof(tmp)), saved = 0;
	struct fs_stat made = {0};

	if (fd < 0)
		return err_sys(err, errno, "cannot write '%s'", path);
	saved = fill_file(fd, data);
	if (out)
		made = fs_lstat(tmp);
	if (!saved && rename(tmp, path) < 0)
		saved = errno;
	if (saved) {
		unlink(tmp);
		return err_sys(err, saved, "cannot write '%s'", path);
	}
	if (!out)
		return 0;
	*out = fs_lstat(path);
	if (out->ino != made.ino || out->size != data.len || out->mtime_ns != made.mtime_ns)
		out->kind = FS_NONE;
	return 0;
}

int fs_write(const char *path, struct str data, uint32_t mode, struct err *err)
{
	return fs_write_stat(path, data, mode, NULL, err);
}

bool fs_is_leftover(const char *name, const char *base)
{
	size_t len = strlen(base);
	int pid, end = 0;
	unsigned n;

	if (strncmp(name, base, len) != 0 || sscanf(name + len, ".%d.%u.tmp%n", &pid, &n, &end) != 2 || !end)
		return false;
	return !name[len + (size_t)end] && pid > 0 && kill(pid, 0) < 0 && errno == ESRCH;
}

static enum fs_kind kind_of(mode_t mode)
{
	if (S_ISREG(mode))
		return FS_FILE;
	if (S_ISDIR(mode))
		return FS_DIR;
	return S_ISLNK(mode) ? FS_LINK : FS_OTHER;
}

bool fs_has_fine_clock(int dir)
{
	return os_fine_clock(dir);
}

bool fs_has_own_clock(int dir)
{
	return os_own_clock(dir);
}

struct fs_stat fs_stat_at(int dir, const char *path, bool follow)
{
	struct stat st;

	if (fstatat(dir, path, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0)
		return (struct fs_stat){.kind = FS_NONE};
	return (struct fs_stat){
		.kind = kind_of(st.st_mode),
		.mode = st.st_mode & 07777,
		.size = (uint64_t)st.st_size,
		.mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
		.ctime_ns = (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec,
		.dev = st.st_dev,
		.ino = st.st_ino,
		.nlink = (uint32_t)st.st_nlink,
	};
}

struct fs_stat fs_lstat(const char *path)
{
	return fs_stat_at(AT_FDCWD, path, false);
}

struct fs_stat fs_stat(const char *path)
{
	return fs_stat_at(AT_FDCWD, path, true);
}

int fs_open_dir(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void fs_close_dir(int dir)
{
	close(dir);
}

bool fs_exists(const char *path)
{
	return fs_stat(path).kind != FS_NONE;
}

/* mkdir where somebody else may be making the same directory: that it is there is what counts. */
static int mkdir_one(const char *path)
{
	if (mkdir(path, 0777) == 0)
		return 0;
	if (errno == EEXIST && fs_stat(path).kind == FS_DIR)
		return 0;
	return -1;
}

/* From the end backwards: nearly always all but the last of it is there. */
int fs_mkdirs(const char *path, struct err *err)
{
	size_t len = strlen(path);
	char copy[PATH_MAX], *p;

	if (len >= sizeof(copy))
		return err_sys(err, ENAMETOOLONG, "cannot make the directory '%s'", path);
	memcpy(copy, path, len + 1);
	p = copy + len;
	while (mkdir_one(copy) < 0) {
		if (errno != ENOENT)
			return err_sys(err, errno, "cannot make the directory '%s'", copy);
		while (p > copy && *p != '/')
			p--;
		while (p > copy && p[-1] == '/')
			p--;
		if (p == copy)
			return err_sys(err, ENOENT, "cannot make the directory '%s'", path);
		*p = '\0';
	}
	/* What was cut off is put back piece by piece. */
	for (p = copy + strlen(copy); p < copy + len; p += strlen(p)) {
		*p = '/';
		if (mkdir_one(copy) < 0)
			return err_sys(err, errno, "cannot make the directory '%s'", copy);
	}
	return 0;
}

int fs_unlink(const char *path, struct err *err)
{
	if (unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR)
		return 0;
	return err_sys(err, errno, "cannot remove '%s'", path);
}

static bool is_dir_at(int dir, const struct dirent *e)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN)
		return e->d_type == DT_DIR;
	return fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static int remove_at(int parent, const char *name);

static int empty_dir(DIR *d)
{
	struct dirent *e;

	while ((e = readdir(d))) {
		if (streq(e->d_name, ".") || streq(e->d_name, ".."))
			continue;
		if (is_dir_at(dirfd(d), e) ? remove_at(dirfd(d), e->d_name) : unlinkat(dirfd(d), e->d_name, 0))
			return -1;
	}
	return 0;
}

/* Relative to open directories, so that a link put in the way is never followed. A directory
 * without write or search permission is given them first, as rm -rf of one's own files should work. */
static int remove_at(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), ret;
	DIR *d;

	if (fd < 0 && errno == EACCES && fchmodat(parent, name, 0700, 0) == 0)
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return unlinkat(parent, name, 0);
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return -1;
	}
	ret = empty_dir(d);
	if (ret < 0 && errno == EACCES && fchmod(fd, 0700) == 0) {
		rewinddir(d);
		ret = empty_dir(d);
	}
	closedir(d);
	return ret < 0 ? -1 : unlinkat(parent, name, AT_REMOVEDIR);
}

int fs_remove_tree(const char *path, struct err *err)
{
	if (fs_lstat(path).kind == FS_NONE)
		return 0;
	if (remove_at(AT_FDCWD, path) < 0 && errno != ENOENT)
		return err_sys(err, errno, "cannot remove '%s'", path);
	return 0;
}

int fs_rename(const char *from, const char *to, struct err *err)
{
	if (rename(from, to) < 0)
		return err_sys(err, errno, "cannot move '%s' to '%s'", from, to);
	return 0;
}

int fs_symlink(const char *target, const char *path, struct err *err)
{
	char tmp[PATH_MAX];

	if (symlink(target, path) == 0)
		return 0;
	if (errno != EEXIST || fs_lstat(path).kind == FS_DIR)
		return err_sys(err, errno, "cannot link '%s'", path);
	if (snprintf(tmp, sizeof(tmp), "%s.%d.tmp", path, (int)getpid()) >= (int)sizeof(tmp))
		return err_sys(err, ENAMETOOLONG, "cannot link '%s'", path);
	unlink(tmp);
	if (symlink(target, tmp) == 0 && rename(tmp, path) == 0)
		return 0;
	err_sys(err, errno, "cannot link '%s'", path);
	unlink(tmp);
	return -1;
}

const char *fs_readlink(struct arena *a, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target));

	return n < 0 || (size_t)n == sizeof(target) ? NULL : arena_strndup(a, target, (size_t)n);
}

const char *fs_realpath(struct arena *a, const char *path)
{
	char real[PATH_MAX];

	return realpath(path, real) ? arena_strdup(a, real) : NULL;
}

const char *fs_cwd(struct arena *a)
{
	char cwd[PATH_MAX];

	return getcwd(cwd, sizeof(cwd)) ? arena_strdup(a, cwd) : NULL;
}

static int by_byte(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return strcmp(a, b);
}

int fs_list(struct arena *a, const char *path, struct vec *names, struct err *err)
{
	DIR *d = opendir(path);
	struct dirent *e;

	vec_init(names, a);
	if (!d && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (!d)
		return err_sys(err, errno, "cannot read the directory '%s'", path);
	while ((e = readdir(d)))
		if (!streq(e->d_name, ".") && !streq(e->d_name, ".."))
			vec_add(names, arena_strdup(a, e->d_name));
	closedir(d);
	vec_sort(names, by_byte, NULL);
	return 0;
}

const char *fs_mkdtemp(struct arena *a, const char *prefix, struct err *err)
{
	char *path = arena_printf(a, "%sXXXXXX", prefix);

	if (mkdtemp(path))
		return path;
	err_sys(err, errno, "cannot make a directory '%s'", path);
	return NULL;
}
