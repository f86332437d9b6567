/* SPDX-License-Identifier: MIT */
#include "install/lock.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/report.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define HELD "LODE_LOCK"
#define STEP_MS 50
#define TELL_MS 1000
#define LIMIT_MS (30 * 60 * 1000)

static int wait_for(int fd, const char *dir, struct reporter *r, struct err *err)
{
	static const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};

	for (int waited = 0; waited < LIMIT_MS; waited += STEP_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return 0;	/* a file system without locks: go on as npm does */
		if (waited == TELL_MS)
			report_notice(r, "", "waiting for another lode that works on '%s'", dir);
		nanosleep(&step, NULL);
	}
	return err_set(err, ERR_ELOCKED, "another lode has been working on '%s' for half an hour", dir);
}

/* True: nothing is to be locked, an outer install has done it. Else the folder is open, or fd is -1. */
static bool is_held(struct project_lock *lock, const char *dir, const char *real)
{
	lock->fd = -1;
	if (real && streq(getenv(HELD), real))
		return true;
	lock->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return false;
}

bool project_try_lock(struct project_lock *lock, struct arena *a, const char *dir)
{
	const char *real = fs_realpath(a, dir);

	if (is_held(lock, dir, real))
		return true;
	if (lock->fd < 0 || flock(lock->fd, LOCK_EX | LOCK_NB) < 0) {
		project_unlock(lock);
		return false;
	}
	setenv(HELD, real, 1);
	return true;
}

int project_lock(struct project_lock *lock, struct arena *a, const char *dir, struct reporter *r, struct err *err)
{
	const char *real = fs_realpath(a, dir);

	if (is_held(lock, dir, real))
		return 0;
	if (lock->fd < 0)
		return err_sys(err, errno, "cannot open the project '%s'", dir);
	if (wait_for(lock->fd, dir, r, err) < 0) {
		project_unlock(lock);
		return -1;
	}
	setenv(HELD, real, 1);
	return 0;
}

void project_unlock(struct project_lock *lock)
{
	if (lock->fd < 0)
		return;
	close(lock->fd);
	unsetenv(HELD);
	lock->fd = -1;
}
