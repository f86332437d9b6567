/* SPDX-License-Identifier: MIT */
#include "sandbox/linkcopy.h"

#include "base/str.h"
#include "sandbox/filter.h"
#include "sandbox/tracee.h"
#include "sandbox/trees.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_COPIED ((off_t)1 << 30)	/* the watcher does nothing else meanwhile */
#define AT_ONCE ((size_t)1 << 24)

/* Where the link is to be: a directory, opened and seen to be one the script may change, and a name in it. */
struct destination {
	int dir;
	dev_t device;
	char name[NAME_MAX + 1];
};

static struct tracee_path argument_path(const struct call *c, int dir, int path)
{
	return (struct tracee_path){
		.pid = c->pid,
		.dir = dir == NO_ARGUMENT ? (uint64_t)AT_FDCWD : c->args[dir],
		.address = c->args[path],
	};
}

static bool split(char *path, char name[NAME_MAX + 1])
{
	char *slash = strrchr(path, '/');

	if (!slash || !slash[1] || streq(slash, "/.") || streq(slash, "/..") || strlen(slash + 1) > NAME_MAX)
		return false;
	memcpy(name, slash + 1, strlen(slash + 1) + 1);
	slash[1] = 0;
	return true;
}

static bool find_destination(const struct trees *t, const struct call *c, struct destination *out)
{
	const struct tracee_path p = argument_path(c, c->shape->dir2, c->shape->path2);
	char text[PATH_MAX], real[PATH_MAX], link[64];
	struct stat st;
	ssize_t n;

	if (!tracee_path_text(&p, text) || !split(text, out->name))
		return false;
	out->dir = open(text, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (out->dir < 0)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", out->dir);
	n = readlink(link, real, sizeof(real) - 1);
	real[n > 0 ? n : 0] = 0;
	if (n > 0 && trees_may_write(t, real) && !fstat(out->dir, &st)) {
		out->device = st.st_dev;
		return true;
	}
	close(out->dir);
	return false;
}

/* The file to link, open for reading; only one on the destination's device, which /proc is not. -1: this is not for us. */
static int open_source(const struct trees *t, const struct call *c, dev_t device, struct stat *st)
{
	const struct tracee_path p = argument_path(c, c->shape->dir, c->shape->path);
	bool follow = streq(c->shape->name, "linkat") && c->args[4] & AT_SYMLINK_FOLLOW;
	char real[PATH_MAX], link[64];
	int place = tracee_open(&p, follow, real), fd = -1;

	if (place < 0)
		return -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", place);
	if (!fstat(place, st) && S_ISREG(st->st_mode) && st->st_dev == device && st->st_size <= MAX_COPIED &&
	    trees_may_read(t, real) && !trees_may_write(t, real))
		fd = open(link, O_RDONLY | O_CLOEXEC);
	close(place);
	return fd;
}

static int copy(int from, const struct stat *st, const struct destination *to)
{
	int out = openat(to->dir, to->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	off_t left = st->st_size;
	ssize_t n = 1;
	int error;

	if (out < 0)
		return errno;
	while (left > 0 && n > 0) {
		n = sendfile(out, from, NULL, left < (off_t)AT_ONCE ? (size_t)left : AT_ONCE);
		left -= n > 0 ? n : 0;
	}
	error = n < 0 || fchmod(out, st->st_mode & 0777) ? errno : 0;
	close(out);
	if (error)
		unlinkat(to->dir, to->name, 0);
	return error;
}

bool linkcopy_try(const struct filter *f, const struct trees *t, const struct call *c, int *error)
{
	struct destination to;
	struct stat st;
	int from;

	if (!streq(c->shape->name, "link") && !streq(c->shape->name, "linkat"))
		return false;
	if (!find_destination(t, c, &to))
		return false;
	from = open_source(t, c, to.device, &st);
	if (from >= 0) {
		*error = filter_waits(f, c) ? copy(from, &st, &to) : ESRCH;
		close(from);
	}
	close(to.dir);
	return from >= 0;
}
