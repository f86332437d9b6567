/* SPDX-License-Identifier: MIT */
#include "sandbox/confined.h"

#include "base/err.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"
#include "sandbox/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CAPABILITY 63
#define FIRST_FREE_FD 3
#define STATUS_NOT_CONFINED 126
#define STATUS_NOT_FOUND 127

/* What root keeps: it may work in a project that is another user's. */
#define KEPT_CAPABILITIES ((1u << CAP_DAC_OVERRIDE) | (1u << CAP_FOWNER))

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {0};

	for (int i = 0; i <= MAX_CAPABILITY; i++) {
		if (i > CAP_LAST_CAP || !(KEPT_CAPABILITIES >> (i & 31) & 1) || i > 31)
			prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	}
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capget, &header, data))
		return errno;
	data[0].effective &= KEPT_CAPABILITIES;
	data[0].permitted &= KEPT_CAPABILITIES;
	data[0].inheritable = 0;
	data[1] = (struct __user_cap_data_struct){0};
	return syscall(SYS_capset, &header, data) ? errno : 0;
}

static void limit_resources(const struct sandbox_limits *l)
{
	struct rlimit none = {0, 0};
	struct rlimit cpu = {(rlim_t)(l->cpu_ms / 1000 + 2), (rlim_t)(l->cpu_ms / 1000 + 5)};

	setrlimit(RLIMIT_CORE, &none);
	if (l->cpu_ms)
		setrlimit(RLIMIT_CPU, &cpu);
}

/* The descriptor on which calls wait goes to the watcher, with a byte; after that the filter is in force. */
static int pass_on(int channel, int fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	char byte = 0;
	struct iovec iov = {&byte, 1};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control.room)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	if (fd < 0)
		m.msg_controllen = 0;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(channel, &m, MSG_NOSIGNAL) == 1 ? 0 : errno;
}

/* False: the child has given up. *fd is -1 where it has no calls that wait. */
static bool take_over(int channel, int *fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {0};
	char byte;
	struct iovec iov = {&byte, 1};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control.room)};
	struct cmsghdr *c;

	*fd = -1;
	if (recvmsg(channel, &m, MSG_CMSG_CLOEXEC) != 1)
		return false;
	c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	return true;
}

static void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Everything but 0, 1, 2 is closed: a file somebody left open would not be Landlock's. The channel moves to 3 first, and
 * goes at exec. */
static int keep_only(int channel)
{
	if (channel != FIRST_FREE_FD && dup3(channel, FIRST_FREE_FD, O_CLOEXEC) < 0)
		return -1;
	if (syscall(SYS_close_range, FIRST_FREE_FD + 1, ~0u, CLOSE_RANGE_UNSHARE))
		return -1;
	return FIRST_FREE_FD;
}

/* What could not be done is told to the terminal or to who captures it, and nothing is run. */
NORETURN static void give_up(const char *what, int status)
{
	dprintf(STDERR_FILENO, "lode-confine: %s: %s\n", what, strerrordesc_np(errno));
	_exit(status);
}

NORETURN static void child_main(const struct sandbox_limits *limits, int rules, struct filter *f, int channel, char **argv)
{
	int waiting;

	setsid();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || drop_capabilities())
		give_up("cannot give up privileges", STATUS_NOT_CONFINED);
	limit_resources(limits);
	errno = landlock_enter(rules);
	if (errno)
		give_up("cannot enter Landlock", STATUS_NOT_CONFINED);
	channel = keep_only(channel);
	reset_signals();
	errno = channel < 0 ? EBADF : f ? filter_enter(f) : 0;
	if (errno)
		give_up("cannot filter system calls", STATUS_NOT_CONFINED);
	waiting = f ? filter_waiting_fd(f) : -1;
	errno = pass_on(channel, waiting);
	if (errno)
		give_up("cannot tell the watcher", STATUS_NOT_CONFINED);
	if (waiting >= 0)
		close(waiting);
	execvp(argv[0], argv);
	give_up(argv[0], STATUS_NOT_FOUND);
}

static pid_t start(const struct sandbox_policy *p, int rules, struct filter *f, char **argv, struct err *err)
{
	int channel[2], waiting;
	bool begun;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel))
		return err_sys(err, errno, "cannot make a pair of sockets");
	pid = fork();
	if (!pid)
		child_main(&p->limits, rules, f, channel[1], argv);
	close(channel[1]);
	begun = pid > 0 && take_over(channel[0], &waiting);
	close(channel[0]);
	if (begun && f)
		filter_listen(f, waiting);
	if (begun)
		return pid;
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return err_set(err, ERR_ESYSTEM, "the script could not be confined");
}

pid_t confined_start(const struct sandbox_policy *p, const struct trees *t, struct filter *f, char **argv, struct err *err)
{
	int rules = landlock_make(t, p->net, err);
	pid_t pid = rules < 0 ? -1 : start(p, rules, f, argv, err);

	if (rules >= 0)
		close(rules);
	return pid;
}
