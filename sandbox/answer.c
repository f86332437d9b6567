/* SPDX-License-Identifier: MIT */
#include "sandbox/answer.h"

#include "base/arena.h"
#include "base/str.h"
#include "sandbox/attributes.h"
#include "sandbox/family.h"
#include "sandbox/filter.h"
#include "sandbox/refusals.h"
#include "sandbox/tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define NEW_SPACES                                                                                                     \
	((uint64_t)(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |          \
		    CLONE_NEWCGROUP))
#define SET_ID (S_ISUID | S_ISGID)

static uint64_t argument(const struct call *c, int which)
{
	return which == NO_ARGUMENT ? 0 : c->args[which];
}

static struct tracee_path path_of(const struct call *c, int dir, int path)
{
	return (struct tracee_path){
		.pid = c->pid,
		.dir = dir == NO_ARGUMENT ? (uint64_t)AT_FDCWD : c->args[dir],
		.address = argument(c, path),
	};
}

/* ---- Files: Landlock decides; what it will refuse is noted ---- */

/* What is private about other processes, Landlock refuses as it refuses tracing them. True when it is that. */
static bool note_process(struct answers *a, const char *text)
{
	static const char *const private[] = {"environ", "mem", "root", "cwd", "fd", "maps", "auxv"};
	char name[16];
	int pid;

	if (sscanf(text, "/proc/%d/%15[a-z]", &pid, name) != 2 || family_has(pid))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(private); i++) {
		if (!streq(private[i], name))
			continue;
		refusals_add(a->refusals, REFUSED_READ, text);
		return true;
	}
	return false;
}

static void note_path(struct answers *a, const struct tracee_path *p, bool write, bool follow)
{
	char text[PATH_MAX], real[PATH_MAX];
	struct stat st;

	if (!tracee_path_text(p, text))
		return;
	if ((!write && trees_is_system(text) && trees_may_read(a->trees, text)) || note_process(a, text))
		return;
	if (!tracee_real(text, follow, real))
		return;
	if (write ? trees_may_write(a->trees, real) : trees_may_read(a->trees, real))
		return;
	if (write || !lstat(real, &st))
		refusals_add(a->refusals, write ? REFUSED_WRITE : REFUSED_READ, real);
}

static int open_flags(const struct call *c)
{
	return c->shape->flags == NO_ARGUMENT ? O_WRONLY | O_CREAT | O_TRUNC : (int)c->args[(int)c->shape->flags];
}

static void answer_open(struct answers *a, const struct call *c)
{
	const struct tracee_path p = path_of(c, c->shape->dir, c->shape->path);
	int flags = open_flags(c);
	bool create = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;

	if (create && argument(c, c->shape->mode) & SET_ID) {
		refusals_add(a->refusals, REFUSED_SETUID, "");
		filter_answer(a->filter, c, EPERM);
		return;
	}
	if (a->old_landlock && flags & O_TRUNC && (flags & O_ACCMODE) == O_RDONLY) {
		filter_answer(a->filter, c, EACCES);
		return;
	}
	if (!(flags & O_PATH))
		note_path(a, &p, (flags & O_ACCMODE) != O_RDONLY || create, !(flags & O_NOFOLLOW));
	filter_continue(a->filter, c);
}

static void answer_change(struct answers *a, const struct call *c)
{
	const struct call_shape *s = c->shape;
	const struct tracee_path first = path_of(c, s->dir, s->path), second = path_of(c, s->dir2, s->path2);

	if (argument(c, s->mode) & SET_ID) {
		refusals_add(a->refusals, REFUSED_SETUID, "");
		filter_answer(a->filter, c, EPERM);
		return;
	}
	if (a->old_landlock && streq(s->name, "truncate")) {
		filter_answer(a->filter, c, EACCES);
		return;
	}
	note_path(a, &first, true, false);
	if (s->path2 != NO_ARGUMENT)
		note_path(a, &second, true, false);
	filter_continue(a->filter, c);
}

/* ---- Processes, sockets, signals ---- */

/* Counting all costs a walk through /proc: now and then only, and whenever the limit is near. */
static bool too_many(struct answers *a)
{
	struct arena scratch = ARENA_INIT;
	struct family f;

	if (!a->max_processes)
		return false;
	a->forks++;
	if (a->alive + a->forks < a->max_processes)
		return false;
	family_look(&scratch, &f);
	arena_release(&scratch);
	a->alive = (unsigned)f.count;
	a->forks = 0;
	return a->alive >= a->max_processes;
}

static void answer_fork(struct answers *a, const struct call *c)
{
	if (streq(c->shape->name, "clone") && c->args[0] & NEW_SPACES) {
		refusals_add(a->refusals, REFUSED_CALL, "clone");
		filter_answer(a->filter, c, EPERM);
		return;
	}
	if (a->ending || too_many(a)) {
		refusals_add(a->refusals, REFUSED_PROCESSES, "");
		filter_answer(a->filter, c, EAGAIN);
		return;
	}
	filter_continue(a->filter, c);
}

/* Netlink tells about interfaces; without privileges it changes nothing. A local stream socket is useless before connect(),
 * which is refused where there is no network, with its path; where there is, the socket itself is. */
static bool may_have_socket(const struct answers *a, const struct call *c)
{
	int family = (int)c->args[0], type = (int)c->args[1] & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (family == AF_INET || family == AF_INET6)
		return a->net;
	return (family == AF_NETLINK && !c->args[2]) || (family == AF_UNIX && type == SOCK_STREAM && !a->net);
}

static void answer_socket(struct answers *a, const struct call *c)
{
	int family = (int)c->args[0];
	bool internet = family == AF_INET || family == AF_INET6;
	char number[16];

	if (may_have_socket(a, c)) {
		filter_continue(a->filter, c);
		return;
	}
	snprintf(number, sizeof(number), "%d", family);
	refusals_add(a->refusals, internet ? REFUSED_NETWORK : REFUSED_SOCKET, internet ? "" : number);
	filter_answer(a->filter, c, EACCES);
}

/* The C library asks a name service there first, and does without. */
static bool is_name_service(const char *path)
{
	return streq(path, "/var/run/nscd/socket") || cstr_starts(path, "/run/systemd/userdb/");
}

static void answer_connect(struct answers *a, const struct call *c)
{
	struct sockaddr_un to = {0};
	size_t size = c->args[2] < sizeof(to) - 1 ? (size_t)c->args[2] : sizeof(to) - 1;
	const char *path = to.sun_path;

	if (tracee_read(c->pid, c->args[1], &to, size) && to.sun_family == AF_UNIX && !is_name_service(path))
		refusals_add(a->refusals, REFUSED_SOCKET, *path ? path : "(abstract)");
	filter_answer(a->filter, c, EACCES);
}

static bool may_signal(pid_t target)
{
	if (!target)
		return true;
	if (target == -1)
		return false;
	return target > 0 ? family_has(target) : family_has_group(-target);
}

static void answer_signal(struct answers *a, const struct call *c)
{
	pid_t target = (pid_t)c->args[0];
	bool group_and_thread = cstr_starts(c->shape->name, "tgkill") || cstr_starts(c->shape->name, "rt_tg");
	char number[16];

	if (may_signal(target) && (!group_and_thread || may_signal((pid_t)c->args[1]))) {
		filter_continue(a->filter, c);
		return;
	}
	snprintf(number, sizeof(number), "%d", (int)target);
	refusals_add(a->refusals, REFUSED_SIGNAL, number);
	filter_answer(a->filter, c, EPERM);
}

/* ---- Attributes: done here, on what was opened ---- */

static void answer_attributes(struct answers *a, const struct call *c)
{
	const struct tracee_path p = path_of(c, c->shape->dir, c->shape->path);
	bool no_follow = streq(c->shape->name, "lchown") || argument(c, c->shape->flags) & AT_SYMLINK_NOFOLLOW;
	char real[PATH_MAX];
	int fd = tracee_open(&p, !no_follow, real);
	int error = errno;

	if (fd < 0 || !filter_waits(a->filter, c)) {
		filter_answer(a->filter, c, fd < 0 ? error : ESRCH);
	} else if (!trees_may_write(a->trees, real)) {
		refusals_add(a->refusals, REFUSED_ATTRIBUTES, real);
		filter_answer(a->filter, c, EPERM);
	} else if (c->shape->kind == CALL_MODE && argument(c, c->shape->mode) & SET_ID) {
		refusals_add(a->refusals, REFUSED_SETUID, "");
		filter_answer(a->filter, c, EPERM);
	} else {
		filter_answer(a->filter, c, attributes_set(c, fd));
	}
	if (fd >= 0)
		attributes_close(fd);
}

static void answer_refuse(struct answers *a, const struct call *c)
{
	refusals_add(a->refusals, REFUSED_CALL, c->shape->name);
	filter_answer(a->filter, c, EPERM);
}

void answer_next(struct answers *a)
{
	static void (*const by_kind[])(struct answers *, const struct call *) = {
		[CALL_OPEN] = answer_open,
		[CALL_CHANGE] = answer_change,
		[CALL_MODE] = answer_attributes,
		[CALL_OWNER] = answer_attributes,
		[CALL_TIMES] = answer_attributes,
		[CALL_FORK] = answer_fork,
		[CALL_SOCKET] = answer_socket,
		[CALL_CONNECT] = answer_connect,
		[CALL_SIGNAL] = answer_signal,
		[CALL_REFUSE] = answer_refuse,
	};
	struct call c;

	if (filter_next(a->filter, &c))
		by_kind[c.shape->kind](a, &c);
}
