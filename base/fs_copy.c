/* SPDX-License-Identifier: MIT */
#include "base/fs.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK 65536

static int copy_bytes(int from, int to)
{
	char buf[CHUNK];
	ssize_t n;

	while ((n = read(from, buf, sizeof(buf))) > 0) {
		for (ssize_t done = 0, put; done < n; done += put) {
			put = write(to, buf + done, (size_t)(n - done));
			if (put < 0)
				return -1;
		}
	}
	return (int)n;
}

static int copy_file(const char *from, const char *to, struct err *err)
{
	int in = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), out = -1, bad = -1;
	struct stat st;

	if (in >= 0 && fstat(in, &st) == 0)
		out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out >= 0) {
		const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, st.st_mtim};

		bad = copy_bytes(in, out) < 0 || fchmod(out, st.st_mode & 07777) < 0 || futimens(out, times) < 0;
		bad = close(out) < 0 || bad;
	}
	if (bad)
		err_sys(err, errno, "cannot copy '%s' to '%s'", from, to);
	if (in >= 0)
		close(in);
	return bad ? -1 : 0;
}

static int copy_dir(const char *from, const char *to, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct vec names;
	int bad = 0;

	if (mkdir(to, 0700) < 0)
		return err_sys(err, errno, "cannot make '%s'", to);
	if (fs_list(&a, from, &names, err) < 0)
		bad = -1;
	for (size_t i = 0; !bad && i < names.count; i++)
		bad = fs_copy_tree(arena_printf(&a, "%s/%s", from, VEC_AT(&names, char, i)),
				   arena_printf(&a, "%s/%s", to, VEC_AT(&names, char, i)), err);
	if (!bad && chmod(to, fs_lstat(from).mode) < 0)
		bad = err_sys(err, errno, "cannot change the mode of '%s'", to);
	arena_release(&a);
	return bad;
}

static int copy_link(const char *from, const char *to, struct err *err)
{
	struct arena a = ARENA_INIT;
	const char *target = fs_readlink(&a, from);
	int bad = target ? fs_symlink(target, to, err) : err_sys(err, errno, "cannot read the link '%s'", from);

	arena_release(&a);
	return bad;
}

int fs_copy_tree(const char *from, const char *to, struct err *err)
{
	switch (fs_lstat(from).kind) {
	case FS_FILE:
		return copy_file(from, to, err);
	case FS_DIR:
		return copy_dir(from, to, err);
	case FS_LINK:
		return copy_link(from, to, err);
	case FS_NONE:
		return err_sys(err, ENOENT, "cannot copy '%s'", from);
	default:
		return err_sys(err, EINVAL, "cannot copy '%s', which is no file", from);
	}
}
