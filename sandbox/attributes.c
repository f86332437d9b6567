/* SPDX-License-Identifier: MIT */
#include "sandbox/attributes.h"

#include "base/str.h"
#include "sandbox/filter.h"
#include "sandbox/tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

/* The way to a file that is only open as a place. */
static void fd_path(int fd, char out[64])
{
	snprintf(out, 64, "/proc/self/fd/%d", fd);
}

static bool is_link(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && S_ISLNK(st.st_mode);
}

static int set_mode(const struct call *c, int fd)
{
	char path[64];

	if (is_link(fd))
		return EOPNOTSUPP;
	fd_path(fd, path);
	return chmod(path, (mode_t)c->args[(int)c->shape->mode] & 07777) ? errno : 0;
}

/* Owners stay as they are. To who unpacks an archive as root that is told as done, as fakeroot does. */
static int set_owner(const struct call *c, int fd)
{
	bool at = streq(c->shape->name, "fchownat");
	uid_t uid = (uid_t)c->args[at ? 2 : 1];
	gid_t gid = (gid_t)c->args[at ? 3 : 2];

	if (!geteuid())
		return 0;
	return fchownat(fd, "", uid, gid, AT_EMPTY_PATH) ? errno : 0;
}

static bool read_old_times(const struct call *c, uint64_t address, struct timespec out[2])
{
	struct utimbuf seconds;
	struct timeval micro[2];

	if (streq(c->shape->name, "utime")) {
		if (!tracee_read(c->pid, address, &seconds, sizeof(seconds)))
			return false;
		out[0] = (struct timespec){.tv_sec = seconds.actime};
		out[1] = (struct timespec){.tv_sec = seconds.modtime};
		return true;
	}
	if (!tracee_read(c->pid, address, micro, sizeof(micro)))
		return false;
	for (int i = 0; i < 2; i++)
		TIMEVAL_TO_TIMESPEC(&micro[i], &out[i]);
	return true;
}

static int set_times(const struct call *c, int fd)
{
	bool nano = streq(c->shape->name, "utimensat");
	uint64_t address = c->args[nano || streq(c->shape->name, "futimesat") ? 2 : 1];
	struct timespec times[2];
	char path[64];

	if (address && nano && !tracee_read(c->pid, address, times, sizeof(times)))
		return EFAULT;
	if (address && !nano && !read_old_times(c, address, times))
		return EFAULT;
	if (is_link(fd))
		return 0;	/* nothing depends on a link's own times */
	fd_path(fd, path);
	return utimensat(AT_FDCWD, path, address ? times : NULL, 0) ? errno : 0;
}

int attributes_set(const struct call *c, int fd)
{
	switch (c->shape->kind) {
	case CALL_MODE:
		return set_mode(c, fd);
	case CALL_OWNER:
		return set_owner(c, fd);
	default:
		return set_times(c, fd);
	}
}

void attributes_close(int fd)
{
	close(fd);
}
