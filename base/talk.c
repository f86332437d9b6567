/* SPDX-License-Identifier: MIT */
#include "base/talk.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/os.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHUNK 65536

extern char **environ;

struct talk {
	pid_t pid;
	int fd;
	size_t max;
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
	buf_init(&t->in, o->max_answer + CHUNK);
	return t;
}

static int send_all(struct talk *t, struct str text, struct err *err)
{
	while (text.len) {
		ssize_t n = send(t->fd, text.ptr, text.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
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
		ssize_t n = room ? recv(t->fd, room, CHUNK, 0) : -1;

		if (!room)
			return err_set(err, ERR_ETOOBIG, "the helper process's answer is longer than %zu bytes", t->max);
		if (n < 0 && errno == EINTR)
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
	int status;

	if (!t || t->fd < 0)
		return;
	close(t->fd);
	t->fd = -1;
	buf_release(&t->in);
	while (waitpid(t->pid, &status, 0) < 0 && errno == EINTR)
		;
}
