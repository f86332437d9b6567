/* SPDX-License-Identifier: MIT */
#include "base/talk.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/os.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK 65536
#define TIMEOUT_MS 60000
#define END_MS 2000		/* for a child that has nothing more to answer */
#define STEP_MS 10

extern char **environ;

struct talk {
	pid_t pid;
	int fd;
	size_t max;
	int64_t timeout_ms;
	int64_t deadline;	/* of the question that is open */
	struct buf in;		/* what came and is not yet an answer */
};

struct talk *talk_start(struct arena *a, const struct talk_options *o, struct err *err)
{
	struct talk *t = ARENA_NEW(a, struct talk);
	struct os_spawn s = {
		.file = o->file,
		.argv = o->argv,
		.envp = (const char *const *)environ,
		.cwd = o->cwd,
		.fds = {-1, -1, -1, -1},
	};
	int ends[2], status;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		err_sys(err, errno, "cannot make a socket");
		return NULL;
	}
	s.fds[3] = ends[1];
	status = os_spawn(&s, &t->pid);
	close(ends[1]);
	if (status) {
		close(ends[0]);
		err_sys(err, status, "cannot start '%s'", o->file);
		return NULL;
	}
	t->fd = ends[0];
	t->max = o->max_answer;
	t->timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : TIMEOUT_MS;
	buf_init(&t->in, o->max_answer + CHUNK);
	return t;
}

/* Until the socket can be read or written. One that never answers is of no use any more: it is killed. */
static int wait_for(struct talk *t, short events, struct err *err)
{
	struct pollfd fd = {.fd = t->fd, .events = events};

	for (;;) {
		int64_t left = t->deadline - clock_now_ms();
		int n = left > 0 ? poll(&fd, 1, left > INT_MAX ? INT_MAX : (int)left) : 0;

		if (n > 0)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		kill(t->pid, SIGKILL);
		return err_set(err, ERR_ETIMEDOUT, "the helper process gave no answer for %lld seconds",
			       (long long)((t->timeout_ms + 999) / 1000));
	}
}

static int send_all(struct talk *t, struct str text, struct err *err)
{
	while (text.len) {
		ssize_t n = wait_for(t, POLLOUT, err) < 0 ? -2 : send(t->fd, text.ptr, text.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n == -2)
			return -1;
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return err_set(err, ERR_EGENERIC, "the helper process has ended");
		text = str_skip(text, (size_t)n);
	}
	return 0;
}

static int receive(struct talk *t, struct err *err)
{
	for (;;) {
		char *room = buf_reserve(&t->in, CHUNK);
		ssize_t n;

		if (!room)
			return err_set(err, ERR_ETOOBIG, "the helper process's answer is longer than %zu bytes", t->max);
		if (wait_for(t, POLLIN, err) < 0)
			return -1;
		n = recv(t->fd, room, CHUNK, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return err_set(err, ERR_EGENERIC, "the helper process has ended");
		buf_extend(&t->in, (size_t)n);
		return 0;
	}
}

int talk_ask(struct talk *t, struct str line, struct arena *a, struct str *answer, struct err *err)
{
	ptrdiff_t end;

	t->deadline = clock_now_ms() + t->timeout_ms;
	if (line.ptr && (send_all(t, line, err) < 0 || send_all(t, STR("\n"), err) < 0))
		return -1;
	while ((end = str_find(buf_str(&t->in), '\n')) < 0)
		if (receive(t, err) < 0)
			return -1;
	*answer = str_from(arena_strndup(a, t->in.ptr, (size_t)end));
	memmove(t->in.ptr, t->in.ptr + end + 1, t->in.len - (size_t)end - 1);
	t->in.len -= (size_t)end + 1;
	return 0;
}

void talk_end(struct talk *t)
{
	struct pollfd over = {.events = POLLIN};
	int status;
	pid_t got = 0;

	if (!t || t->fd < 0)
		return;
	close(t->fd);
	t->fd = -1;
	buf_release(&t->in);
	over.fd = os_child_fd(t->pid);
	t->deadline = clock_now_ms() + END_MS;
	while (!(got = waitpid(t->pid, &status, WNOHANG)) && clock_now_ms() < t->deadline)
		poll(&over, 1, over.fd < 0 ? STEP_MS : END_MS);
	if (over.fd >= 0)
		close(over.fd);
	if (!got)
		kill(t->pid, SIGKILL);
	while (!got && waitpid(t->pid, &status, 0) < 0 && errno == EINTR)
		;
}
