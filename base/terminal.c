/* SPDX-License-Identifier: MIT */
#include "base/terminal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int find(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (isatty(fd))
			return tcgetpgrp(fd) == getpgrp() ? fd : -1;
	}
	return -1;
}

bool terminal_is_ours(void)
{
	return find() >= 0;
}

void terminal_keep(struct terminal *t)
{
	t->fd = find();
	if (t->fd >= 0 && tcgetattr(t->fd, &t->modes))
		t->fd = -1;
}

/* A group that lives was given the terminal: by the shell, which has put us in the background, or by who still runs. */
static bool take_back(int fd)
{
	pid_t group = tcgetpgrp(fd);

	if (group == getpgrp())
		return true;
	return group > 0 && kill(-group, 0) && errno == ESRCH && !tcsetpgrp(fd, getpgrp());
}

void terminal_restore(const struct terminal *t)
{
	struct termios now;
	sigset_t stop, before;

	if (t->fd < 0)
		return;
	/* Held, it does not stop us when the terminal is someone else's. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	sigprocmask(SIG_BLOCK, &stop, &before);
	if (take_back(t->fd) && !tcgetattr(t->fd, &now) && memcmp(&now, &t->modes, sizeof(now)))
		tcsetattr(t->fd, TCSANOW, &t->modes);
	sigprocmask(SIG_SETMASK, &before, NULL);
}
