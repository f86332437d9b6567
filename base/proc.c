/* SPDX-License-Identifier: MIT */
#include "base/proc.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/os.h"
#include "base/proc_signal.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_OUTPUT ((size_t)1 << 20)
#define KILL_AFTER_MS 2000
#define DRAIN_MS 300		/* for pipes that outlive the child */
#define DRAIN_READS 64		/* a full pipe, and more */
#define POLL_WITHOUT_PIDFD_MS 10

extern char **environ;

/* One captured stream: its first half, and a ring with the newest bytes after it; or one that is handed on. */
struct capture {
	int fd;			/* -1: not captured, or at its end */
	int name;		/* what the child knows it as */
	proc_sink *sink;	/* NULL: it is kept */
	void *sink_ctx;
	struct buf head;
	struct buf ring;	/* grows to half, then wraps */
	size_t half;
	size_t wrap;		/* where the oldest byte of a full ring is */
	uint64_t dropped;
};

struct proc {
	struct arena *arena;
	pid_t pid;
	int pidfd;
	bool own_group;
	bool forwards;
	bool over;
	bool timed_out;
	int status;		/* of waitpid, once over */
	int64_t deadline;	/* 0: none; then what `stage` says */
	enum { STAGE_RUN, STAGE_TERM, STAGE_KILLED } stage;
	int64_t drain_until;	/* once over */
	struct capture out, err, report;
};

static void capture_init(struct capture *c, size_t max)
{
	*c = (struct capture){.fd = -1, .half = (max > 1 ? max : DEFAULT_OUTPUT) / 2};
	buf_init(&c->head, c->half + 1);
	buf_init(&c->ring, c->half + 1);
}

/* Only once the child runs: one that never did has no end to tell. */
static void capture_stream(struct capture *c, enum proc_io io, int name, const struct proc_options *o)
{
	c->name = name;
	c->sink = io == PROC_STREAM ? o->sink : NULL;
	c->sink_ctx = o->sink_ctx;
}

static void capture_add(struct capture *c, const char *p, size_t n)
{
	size_t take = c->half - c->head.len < n ? c->half - c->head.len : n;

	buf_add(&c->head, p, take);
	p += take;
	n -= take;
	take = c->half - c->ring.len < n ? c->half - c->ring.len : n;
	buf_add(&c->ring, p, take);
	for (p += take, n -= take; n; p += take, n -= take) {
		take = c->half - c->wrap < n ? c->half - c->wrap : n;
		memcpy(c->ring.ptr + c->wrap, p, take);
		c->wrap = (c->wrap + take) % c->half;
		c->dropped += take;
	}
}

static void capture_close(struct capture *c)
{
	if (c->fd < 0)
		return;
	close(c->fd);
	c->fd = -1;
	if (c->sink)
		c->sink(c->sink_ctx, c->name, "", 0);
}

/* Reads what is there; closes at the end of the stream. False when there was nothing more. */
static bool capture_read(struct capture *c)
{
	char chunk[16384];
	ssize_t n = read(c->fd, chunk, sizeof(chunk));

	if (n > 0) {
		if (c->sink)
			c->sink(c->sink_ctx, c->name, chunk, (size_t)n);
		else
			capture_add(c, chunk, (size_t)n);
		return true;
	}
	if (n >= 0 || (errno != EINTR && errno != EAGAIN))
		capture_close(c);
	return false;
}

/* What the child has written is all taken, however long handing it on took; not what others go on writing. */
static void capture_drain(struct capture *c)
{
	for (int i = 0; i < DRAIN_READS && c->fd >= 0 && capture_read(c); i++)
		;
}

static struct str capture_take(struct capture *c, struct arena *a)
{
	struct buf all = BUF_INIT(c->half * 2 + 128);
	struct str text;

	capture_drain(c);
	buf_addstr(&all, buf_str(&c->head));
	if (c->dropped)
		buf_printf(&all, "\n[... %llu bytes left out ...]\n", (unsigned long long)c->dropped);
	if (c->ring.len) {
		buf_add(&all, c->ring.ptr + c->wrap, c->ring.len - c->wrap);
		buf_add(&all, c->ring.ptr, c->wrap);
	}
	text = (struct str){buf_dup(a, &all), all.len};
	buf_release(&all);
	buf_release(&c->head);
	buf_release(&c->ring);
	capture_close(c);
	return text;
}

const char *proc_find(struct arena *a, const char *name, const char *path)
{
	struct str rest = str_from(path);
	struct stat st;

	if (strchr(name, '/'))
		return name;
	while (rest.ptr) {
		struct str dir = str_cut(rest, ':', &rest);
		const char *file;

		if (!dir.len)
			continue;
		file = arena_printf(a, "%.*s/%s", STR_ARGS(dir), name);
		if (!stat(file, &st) && S_ISREG(st.st_mode) && !access(file, X_OK))
			return file;
	}
	return NULL;
}

static const char *env_path(const char *const *envp)
{
	for (; *envp; envp++) {
		if (cstr_starts(*envp, "PATH="))
			return *envp + 5;
	}
	return NULL;
}

/* The descriptor a child gets for one of its streams (-1: ours), and our end of it when captured. */
static int stream_open(enum proc_io io, int *ours, int flags)
{
	int ends[2];

	if (io == PROC_INHERIT)
		return -1;
	if (io == PROC_NULL)
		return open("/dev/null", flags | O_CLOEXEC);
	if (pipe2(ends, O_CLOEXEC))
		return -1;
	*ours = ends[0];
	fcntl(*ours, F_SETFL, O_NONBLOCK);
	return ends[1];
}

static void streams_close(int fds[4])
{
	for (int i = 0; i < 4; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

/* A child's end could not be made: out of descriptors. */
static bool streams_failed(const struct proc_options *o, const int fds[4])
{
	return (o->in != PROC_INHERIT && fds[0] < 0) || (o->out != PROC_INHERIT && fds[1] < 0) ||
	       (o->err != PROC_INHERIT && fds[2] < 0) || (o->report && fds[3] < 0);
}

static int proc_spawn(struct proc *p, const struct proc_options *o, struct os_spawn *s)
{
	sigset_t old;
	int status;

	s->fds[0] = stream_open(o->in == PROC_INHERIT ? PROC_INHERIT : PROC_NULL, NULL, O_RDONLY);
	s->fds[1] = stream_open(o->out, &p->out.fd, O_WRONLY);
	s->fds[2] = stream_open(o->err, &p->err.fd, O_WRONLY);
	s->fds[3] = stream_open(o->report ? PROC_CAPTURE : PROC_INHERIT, &p->report.fd, O_WRONLY);
	if (streams_failed(o, s->fds)) {
		status = errno;
		streams_close(s->fds);
		return status;
	}
	if (o->forward_signals)
		signals_hold(&old);
	status = os_spawn(s, &p->pid);
	if (o->forward_signals) {
		if (!status)
			signals_forward(p->pid, o->own_group);
		signals_release(&old);
	}
	streams_close(s->fds);
	return status;
}

struct proc *proc_start(struct arena *a, const struct proc_options *o, struct err *err)
{
	struct proc *p = ARENA_NEW(a, struct proc);
	const char *const *envp = o->envp ? o->envp : (const char *const *)environ;
	const char *file = proc_find(a, o->file, env_path(envp));
	struct os_spawn s = {.file = file, .argv = o->argv, .envp = envp, .cwd = o->cwd, .own_group = o->own_group};
	int status;

	if (!file) {
		err_set(err, ERR_ENOENT, "'%s' is not on the PATH", o->file);
		return NULL;
	}
	p->arena = a;
	p->own_group = o->own_group;
	p->forwards = o->forward_signals;
	capture_init(&p->out, o->max_output);
	capture_init(&p->err, o->max_output);
	capture_init(&p->report, 0);
	status = proc_spawn(p, o, &s);
	if (!status) {
		capture_stream(&p->out, o->out, 1, o);
		capture_stream(&p->err, o->err, 2, o);
	} else {
		capture_take(&p->out, a);
		capture_take(&p->err, a);
		capture_take(&p->report, a);
		err_sys(err, status, "cannot start '%s'", file);
		return NULL;
	}
	p->pidfd = os_child_fd(p->pid);
	if (o->timeout_ms > 0)
		p->deadline = clock_now_ms() + o->timeout_ms;
	return p;
}

void proc_open_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) != fd)
			return;
	}
}

void proc_kill(struct proc *p, int sig)
{
	if (!p->over)
		kill(p->own_group ? -p->pid : p->pid, sig);
}

/* Time is up: first politely, then not. */
static void proc_expire(struct proc *p, int64_t now)
{
	if (p->stage == STAGE_RUN && p->forwards && p->own_group && proc_signalled()) {
		p->stage = STAGE_TERM;	/* it has been told already */
		p->deadline = now + KILL_AFTER_MS;
	}
	if (!p->deadline || now < p->deadline || p->over)
		return;
	if (p->stage == STAGE_RUN) {
		p->timed_out = true;
		p->stage = STAGE_TERM;
		p->deadline = now + KILL_AFTER_MS;
		proc_kill(p, SIGTERM);
		return;
	}
	p->stage = STAGE_KILLED;
	p->deadline = 0;
	proc_kill(p, SIGKILL);
}

/* Takes the child's status when it is over. */
static void proc_reap(struct proc *p, int64_t now)
{
	sigset_t old;
	pid_t got;

	if (p->over)
		return;
	/* No signal may go to the number of a process that is no longer ours. */
	signals_hold(&old);
	got = waitpid(p->pid, &p->status, WNOHANG);
	if (got && p->forwards)
		signals_forget(p->pid);
	signals_release(&old);
	if (!got)
		return;
	p->over = true;
	p->drain_until = now + DRAIN_MS;
}

static bool proc_finished(const struct proc *p, int64_t now)
{
	return p->over && ((p->out.fd < 0 && p->err.fd < 0 && p->report.fd < 0) || now >= p->drain_until);
}

static void proc_take(struct proc *p, struct proc_result *out)
{
	if (p->pidfd >= 0)
		close(p->pidfd);
	/* What it left behind in its group has no one to write to any more. */
	if (p->own_group && p->timed_out)
		kill(-p->pid, SIGKILL);
	*out = (struct proc_result){.timed_out = p->timed_out, .truncated = p->out.dropped || p->err.dropped};
	out->out = capture_take(&p->out, p->arena);
	out->err = capture_take(&p->err, p->arena);
	out->report = capture_take(&p->report, p->arena);
	if (WIFSIGNALED(p->status)) {
		out->signal = WTERMSIG(p->status);
		out->code = 128 + out->signal;
		return;
	}
	out->code = WEXITSTATUS(p->status);
}

static int64_t sooner(int64_t wait, int64_t until, int64_t now)
{
	int64_t left = until > now ? until - now : 0;

	return wait < 0 || left < wait ? left : wait;
}

/* What to poll for one process; returns how many entries were filled. */
static size_t proc_poll_fds(const struct proc *p, struct pollfd *fds)
{
	size_t n = 0;

	if (!p->over && p->pidfd >= 0)
		fds[n++] = (struct pollfd){.fd = p->pidfd, .events = POLLIN};
	if (p->out.fd >= 0)
		fds[n++] = (struct pollfd){.fd = p->out.fd, .events = POLLIN};
	if (p->err.fd >= 0)
		fds[n++] = (struct pollfd){.fd = p->err.fd, .events = POLLIN};
	if (p->report.fd >= 0)
		fds[n++] = (struct pollfd){.fd = p->report.fd, .events = POLLIN};
	return n;
}

static int64_t proc_poll_limit(const struct proc *p, int64_t wait, int64_t now)
{
	if (p->over)
		return sooner(wait, p->drain_until, now);
	if (p->deadline)
		wait = sooner(wait, p->deadline, now);
	if (p->pidfd < 0)
		wait = sooner(wait, now + POLL_WITHOUT_PIDFD_MS, now);
	return wait;
}

static void proc_serve(struct proc *p, const struct pollfd *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!fds[i].revents)
			continue;
		if (fds[i].fd == p->out.fd)
			capture_read(&p->out);
		else if (fds[i].fd == p->err.fd)
			capture_read(&p->err);
		else if (fds[i].fd == p->report.fd)
			capture_read(&p->report);
	}
}

/* Sleeps until something happens to one of them, and deals with it. */
static void procs_step(struct proc *const *procs, size_t n, struct pollfd *fds)
{
	int64_t now = clock_now_ms();
	int64_t wait = -1;
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		if (!procs[i])
			continue;
		used += proc_poll_fds(procs[i], fds + used);
		wait = proc_poll_limit(procs[i], wait, now);
	}
	fds[used] = (struct pollfd){.fd = signals_fd(), .events = POLLIN};
	if (poll(fds, used + 1, wait > INT_MAX ? INT_MAX : (int)wait) < 0)
		used = 0;
	else if (fds[used].revents)
		signals_drain();
	now = clock_now_ms();
	for (size_t i = 0; i < n; i++) {
		if (!procs[i])
			continue;
		proc_serve(procs[i], fds, used);
		proc_reap(procs[i], now);
		proc_expire(procs[i], now);
	}
}

size_t proc_wait(struct proc *const *procs, size_t n, struct proc_result *out)
{
	struct arena scratch = ARENA_INIT;
	struct pollfd *fds = ARENA_ARRAY(&scratch, struct pollfd, n * 4 + 1);
	size_t done = n;

	while (done == n) {
		int64_t now;

		procs_step(procs, n, fds);
		now = clock_now_ms();
		for (size_t i = 0; i < n && done == n; i++) {
			if (procs[i] && proc_finished(procs[i], now))
				done = i;
		}
	}
	proc_take(procs[done], out);
	arena_release(&scratch);
	return done;
}

int proc_run(struct arena *a, const struct proc_options *o, struct proc_result *out, struct err *err)
{
	struct proc *p = proc_start(a, o, err);

	if (!p)
		return -1;
	proc_wait(&p, 1, out);
	return 0;
}

int proc_exec(const char *file, const char *const *argv, const char *const *envp, struct err *err)
{
	struct sigaction defaults = {.sa_handler = SIG_DFL};
	sigset_t none;

	sigemptyset(&none);
	sigaction(SIGPIPE, &defaults, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(file, (char *const *)argv, envp ? (char *const *)envp : environ);
	return err_sys(err, errno, "cannot run '%s'", file);
}

const char *proc_self(struct arena *a)
{
	char path[PATH_MAX];
	ptrdiff_t n = os_self(path, sizeof(path));

	return n > 0 ? arena_strndup(a, path, (size_t)n) : NULL;
}

int proc_cpus(void)
{
	return os_cpus();
}
