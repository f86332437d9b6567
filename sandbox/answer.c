/* SPDX-License-Identifier: MIT */
#include "sandbox/answer.h"

#include "base/arena.h"
#include "base/str.h"
#include "sandbox/attributes.h"
#include "sandbox/family.h"
#include "sandbox/filter.h"
#include "sandbox/linkcopy.h"
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

enum wish { WISH_READ, WISH_WRITE, WISH_CREATE };

static const char *refused_kind(enum wish wish, bool exists)
{
	if (wish == WISH_READ)
		return REFUSED_READ;
	return wish == WISH_CREATE && !exists ? REFUSED_FILE : REFUSED_WRITE;
}

static void note_path(struct answers *a, const struct tracee_path *p, enum wish wish, bool follow)
{
	char text[PATH_MAX], real[PATH_MAX];
	struct stat st;
	bool exists;

	if (!tracee_path_text(p, text))
		return;
	if ((wish == WISH_READ && trees_is_system(text) && trees_may_read(a->trees, text)) || note_process(a, text))
		return;
	if (!tracee_real(text, follow, real))
		return;
	exists = !lstat(real, &st);
	if (wish != WISH_READ ? trees_may_write(a->trees, real) : !exists || trees_may_read(a->trees, real))
		return;
	if (wish != WISH_READ || !S_ISDIR(st.st_mode) || !trees_may_list(a->trees, real))
		refusals_add(a->refusals, refused_kind(wish, exists), real);
}

/* A directory to be made: what is wanted is the deepest, which whoever makes it with all above it asks for first. There the
 * kernel says that the one above is missing, and only of the topmost that the script may not. */
static void note_directory(struct answers *a, const struct tracee_path *p)
{
	char text[PATH_MAX], real[PATH_MAX];
	struct stat st;

	if (!tracee_path_text(p, text) || !lstat(text, &st) || !tracee_real_ahead(text, real) ||
	    trees_may_write(a->trees, real) || refusals_have_below(a->refusals, REFUSED_WRITE, real))
		return;
	refusals_add(a->refusals, REFUSED_WRITE, real);
}

static int open_flags(const struct call *c)
{
	return c->shape->flags == NO_ARGUMENT ? O_WRONLY | O_CREAT | O_TRUNC : (int)c->args[(int)c->shape->flags];
}

static void answer_open(struct answers *a, const struct call *c)
{
	const struct tracee_path p = path_of(c, c->shape->dir, c->shape->path);
	int flags = open_flags(c);
	bool write = (flags & O_ACCMODE) != O_RDONLY;
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
		note_path(a, &p, create ? WISH_CREATE : write ? WISH_WRITE : WISH_READ, !(flags & O_NOFOLLOW));
	filter_continue(a->filter, c);
}

static void answer_change(struct answers *a, const struct call *c)
{
	const struct call_shape *s = c->shape;
	const struct tracee_path first = path_of(c, s->dir, s->path), second = path_of(c, s->dir2, s->path2);
	int error;

	if (argument(c, s->mode) & SET_ID) {
		refusals_add(a->refusals, REFUSED_SETUID, "");
		filter_answer(a->filter, c, EPERM);
		return;
	}
	if (a->old_landlock && streq(s->name, "truncate")) {
		filter_answer(a->filter, c, EACCES);
		return;
	}
	if (linkcopy_try(a->filter, a->trees, c, &error)) {
		filter_answer(a->filter, c, error);
		return;
	}
	if (cstr_starts(s->name, "mkdir"))
		note_directory(a, &first);
	else
		note_path(a, &first, WISH_WRITE, false);
	if (s->path2 != NO_ARGUMENT)
		note_path(a, &second, WISH_WRITE, false);
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
	char number[32];

	if (may_have_socket(a, c)) {
		filter_continue(a->filter, c);
		return;
	}
	/* With the network granted, the C library asks a name service by one before every name. */
	if (family == AF_UNIX && a->net) {
		filter_answer(a->filter, c, EACCES);
		return;
	}
	snprintf(number, sizeof(number), "(family %d)", family);
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

/* The process behind a descriptor of another's, -1: it is none. */
static pid_t pid_behind(pid_t holder, int fd)
{
	char path[64], line[128];
	pid_t pid = -1;
	FILE *info;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)holder, fd);
	info = fopen(path, "re");
	while (info && fgets(line, sizeof(line), info)) {
		if (sscanf(line, "Pid: %d", &pid) == 1)
			break;
	}
	if (info)
		fclose(info);
	return pid;
}

/* Never let on: the descriptor may mean another process a moment later. Whoever has this call has kill() as well. */
static void answer_pidfd(struct answers *a, const struct call *c)
{
	pid_t target = pid_behind(c->pid, (int)c->args[0]);
	char number[16];

	if (target > 0 && !family_has(target)) {
		snprintf(number, sizeof(number), "%d", (int)target);
		refusals_add(a->refusals, REFUSED_SIGNAL, number);
	}
	filter_answer(a->filter, c, target > 0 && !family_has(target) ? EPERM : ENOSYS);
}

/* Landlock does not mind who watches a folder. */
static void answer_look(struct answers *a, const struct call *c)
{
	const struct tracee_path p = path_of(c, c->shape->dir, c->shape->path);
	char real[PATH_MAX];
	int fd = tracee_open(&p, true, real);

	if (fd < 0 || trees_may_read(a->trees, real)) {
		filter_continue(a->filter, c);
	} else {
		refusals_add(a->refusals, REFUSED_READ, real);
		filter_answer(a->filter, c, EACCES);
	}
	if (fd >= 0)
		attributes_close(fd);
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
		[CALL_PIDFD] = answer_pidfd,
		[CALL_LOOK] = answer_look,
		[CALL_REFUSE] = answer_refuse,
	};
	struct call c;

	if (filter_next(a->filter, &c))
		by_kind[c.shape->kind](a, &c);
}
