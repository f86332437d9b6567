/* SPDX-License-Identifier: MIT */
#include "sandbox/filter.h"

#include "base/arena.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* New calls have the same number on every architecture. Those from FIRST_UNKNOWN on this filter was not made for. */
enum { SYS_FCHMODAT2 = 452, SYS_MEMFD_SECRET = 447, FIRST_UNKNOWN = 463, LAST_UNKNOWN = 560 };
/* Kinds of ioctl() that change what a file system keeps, some of them through a descriptor for reading: flags, subvolumes. */
static const unsigned char file_system_ioctls[] = {0x58, 0x66, 0x72, 0x76, 0x94, 0x97, 0xcf, 0xf5};

#define NONE NO_ARGUMENT
#define AT(name, kind, ...) {#name, SCMP_SYS(name), kind, __VA_ARGS__}

/* dir, path, flags, mode, dir2, path2 */
static const struct call_shape waiting[] = {
	AT(open, CALL_OPEN, NONE, 0, 1, 2, NONE, NONE),
	AT(openat, CALL_OPEN, 0, 1, 2, 3, NONE, NONE),
	AT(creat, CALL_OPEN, NONE, 0, NONE, 1, NONE, NONE),
	AT(mkdir, CALL_CHANGE, NONE, 0, NONE, 1, NONE, NONE),
	AT(mkdirat, CALL_CHANGE, 0, 1, NONE, 2, NONE, NONE),
	AT(mknod, CALL_CHANGE, NONE, 0, NONE, 1, NONE, NONE),
	AT(mknodat, CALL_CHANGE, 0, 1, NONE, 2, NONE, NONE),
	AT(rmdir, CALL_CHANGE, NONE, 0, NONE, NONE, NONE, NONE),
	AT(unlink, CALL_CHANGE, NONE, 0, NONE, NONE, NONE, NONE),
	AT(unlinkat, CALL_CHANGE, 0, 1, NONE, NONE, NONE, NONE),
	AT(truncate, CALL_CHANGE, NONE, 0, NONE, NONE, NONE, NONE),
	AT(symlink, CALL_CHANGE, NONE, 1, NONE, NONE, NONE, NONE),
	AT(symlinkat, CALL_CHANGE, 1, 2, NONE, NONE, NONE, NONE),
	AT(rename, CALL_CHANGE, NONE, 0, NONE, NONE, NONE, 1),
	AT(renameat, CALL_CHANGE, 0, 1, NONE, NONE, 2, 3),
	AT(renameat2, CALL_CHANGE, 0, 1, NONE, NONE, 2, 3),
	AT(link, CALL_CHANGE, NONE, 0, NONE, NONE, NONE, 1),
	AT(linkat, CALL_CHANGE, 0, 1, NONE, NONE, 2, 3),
	AT(chmod, CALL_MODE, NONE, 0, NONE, 1, NONE, NONE),
	AT(fchmod, CALL_MODE, 0, NONE, NONE, 1, NONE, NONE),
	AT(fchmodat, CALL_MODE, 0, 1, NONE, 2, NONE, NONE),
	{"fchmodat2", SYS_FCHMODAT2, CALL_MODE, 0, 1, 3, 2, NONE, NONE},
	AT(chown, CALL_OWNER, NONE, 0, NONE, NONE, NONE, NONE),
	AT(lchown, CALL_OWNER, NONE, 0, NONE, NONE, NONE, NONE),
	AT(fchown, CALL_OWNER, 0, NONE, NONE, NONE, NONE, NONE),
	AT(fchownat, CALL_OWNER, 0, 1, 4, NONE, NONE, NONE),
	AT(utime, CALL_TIMES, NONE, 0, NONE, NONE, NONE, NONE),
	AT(utimes, CALL_TIMES, NONE, 0, NONE, NONE, NONE, NONE),
	AT(futimesat, CALL_TIMES, 0, 1, NONE, NONE, NONE, NONE),
	AT(utimensat, CALL_TIMES, 0, 1, 3, NONE, NONE, NONE),
	AT(fork, CALL_FORK, NONE, NONE, NONE, NONE, NONE, NONE),
	AT(vfork, CALL_FORK, NONE, NONE, NONE, NONE, NONE, NONE),
	AT(socket, CALL_SOCKET, NONE, NONE, NONE, NONE, NONE, NONE),
	AT(kill, CALL_SIGNAL, NONE, NONE, NONE, NONE, NONE, NONE),
	AT(tkill, CALL_SIGNAL, NONE, NONE, NONE, NONE, NONE, NONE),
	AT(tgkill, CALL_SIGNAL, NONE, NONE, NONE, NONE, NONE, NONE),
	AT(rt_sigqueueinfo, CALL_SIGNAL, NONE, NONE, NONE, NONE, NONE, NONE),
	AT(rt_tgsigqueueinfo, CALL_SIGNAL, NONE, NONE, NONE, NONE, NONE, NONE),
	AT(pidfd_send_signal, CALL_PIDFD, 0, NONE, NONE, NONE, NONE, NONE),
	AT(inotify_add_watch, CALL_LOOK, NONE, 1, NONE, NONE, NONE, NONE),
};

static const struct call_shape waiting_connect = AT(connect, CALL_CONNECT, NONE, NONE, NONE, NONE, NONE, NONE);
/* clone() is a fork unless it makes a thread. */
static const struct call_shape waiting_clone = AT(clone, CALL_FORK, NONE, NONE, NONE, NONE, NONE, NONE);

/* Nothing an install script needs; what asks for it is told no, and that is told on. */
static const char *const refused[] = {
	"accept", "accept4", "listen", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd",
	"memfd_create", "mount", "umount", "umount2", "pivot_root", "chroot", "unshare", "setns", "fsopen", "fsmount",
	"fsconfig", "fspick", "move_mount", "open_tree", "mount_setattr", "open_by_handle_at", "bpf", "perf_event_open",
	"userfaultfd", "keyctl", "add_key", "request_key", "init_module", "finit_module", "delete_module", "kexec_load",
	"kexec_file_load", "reboot", "swapon", "swapoff", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
	"sethostname", "setdomainname", "quotactl", "acct", "iopl", "ioperm", "fanotify_init", "syslog", "shmget", "msgget",
	"semget", "mq_open", "mq_unlink", "kcmp", "migrate_pages", "move_pages", "lookup_dcookie", "nfsservctl", "vhangup",
};

/* Refused without a word: programs try these and have another way. */
static const char *const missing[] = {"io_uring_setup", "io_uring_enter", "io_uring_register", "openat2", "clone3"};
static const char *const unsupported[] = {"setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"};

/* Refused, and told on, with one of these arguments. Of socket types the lower bits count, the others are flags. */
struct refused_when {
	const char *name;
	int number, argument;
	uint64_t value;
};

#define TYPE_BITS 0xfu

static const struct refused_when refused_when[] = {
	/* Typing into the terminal for its user. */
	{"ioctl", SCMP_SYS(ioctl), 1, TIOCSTI},
	{"ioctl", SCMP_SYS(ioctl), 1, TIOCLINUX},
	/* Signals to any process when a descriptor has something to read. */
	{"ioctl", SCMP_SYS(ioctl), 1, FIOSETOWN},
	{"ioctl", SCMP_SYS(ioctl), 1, SIOCSPGRP},
	{"fcntl", SCMP_SYS(fcntl), 1, F_SETOWN},
	{"fcntl", SCMP_SYS(fcntl), 1, F_SETOWN_EX},
	/* Hiding from the watcher. */
	{"prctl", SCMP_SYS(prctl), 0, PR_SET_DUMPABLE},
	/* All processes of the user, starved. */
	{"setpriority", SCMP_SYS(setpriority), 0, PRIO_USER},
	{"ioprio_set", SCMP_SYS(ioprio_set), 0, IOPRIO_WHO_USER},
	/* Only pairs of local sockets with a connection: others can be sent from to any address. */
	{"socketpair", SCMP_SYS(socketpair), 1, SOCK_DGRAM},
	{"socketpair", SCMP_SYS(socketpair), 1, SOCK_RAW},
};

#define REFUSED (ARRAY_LEN(refused) + ARRAY_LEN(refused_when))

struct filter {
	struct arena arena;
	struct filter_options options;
	scmp_filter_ctx ctx;
	int fd;
	struct seccomp_notif *request;
	struct seccomp_notif_resp *response;
	struct call_shape refused[REFUSED];
};

/* A call this architecture lacks needs no rule. */
static int add(struct filter *f, uint32_t action, int number)
{
	int status = number < 0 ? 0 : seccomp_rule_add(f->ctx, action, number, 0);

	return status == -EDOM || status == -EINVAL ? 0 : status;
}

static int add_if(struct filter *f, uint32_t action, int number, struct scmp_arg_cmp when)
{
	int status = number < 0 ? 0 : seccomp_rule_add(f->ctx, action, number, 1, when);

	return status == -EDOM ? 0 : status;
}

static int add_named(struct filter *f, uint32_t action, const char *const *names, size_t n)
{
	int status = 0;

	for (size_t i = 0; i < n && !status; i++) {
		int number = seccomp_syscall_resolve_name(names[i]);

		status = number == __NR_SCMP_ERROR ? 0 : add(f, action, number);
	}
	return status;
}

/* What a call that nobody waits for gets instead. */
static uint32_t refuse_or_wait(const struct filter *f, int error)
{
	return f->options.alone ? SCMP_ACT_ERRNO((uint32_t)error) : SCMP_ACT_NOTIFY;
}

static int add_waiting(struct filter *f)
{
	int status = 0;

	for (size_t i = 0; i < ARRAY_LEN(waiting) && !status; i++)
		status = add(f, SCMP_ACT_NOTIFY, waiting[i].number);
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		f->refused[i] = (struct call_shape){.name = refused[i], .kind = CALL_REFUSE,
						    .number = seccomp_syscall_resolve_name(refused[i])};
	}
	return status ? status : add_named(f, SCMP_ACT_NOTIFY, refused, ARRAY_LEN(refused));
}

/* The kernel looks at the lower half of such an argument only. */
static struct scmp_arg_cmp is_value(const struct refused_when *w)
{
	uint64_t mask = w->number == SCMP_SYS(socketpair) ? TYPE_BITS : 0xffffffffu;

	return SCMP_CMP((unsigned)w->argument, SCMP_CMP_MASKED_EQ, mask, w->value);
}

static int add_refused_when(struct filter *f)
{
	int status = 0;

	for (size_t i = 0; i < ARRAY_LEN(refused_when) && !status; i++) {
		const struct refused_when *w = &refused_when[i];

		f->refused[ARRAY_LEN(refused) + i] = (struct call_shape){.name = w->name, .kind = CALL_REFUSE, .number = w->number};
		status = add_if(f, refuse_or_wait(f, EPERM), w->number, is_value(w));
	}
	return status;
}

/* Processes of others can be starved by these; one's own are meant by 0. */
static int add_foreign(struct filter *f)
{
	static const int by_first[] = {SCMP_SYS(prlimit64), SCMP_SYS(sched_setaffinity), SCMP_SYS(sched_setscheduler),
				       SCMP_SYS(sched_setparam), SCMP_SYS(sched_setattr)};
	static const int by_second[] = {SCMP_SYS(setpriority), SCMP_SYS(ioprio_set)};
	int status = 0;

	for (size_t i = 0; i < ARRAY_LEN(by_first) && !status; i++)
		status = add_if(f, SCMP_ACT_ERRNO(EPERM), by_first[i], SCMP_A0(SCMP_CMP_NE, 0, 0));
	for (size_t i = 0; i < ARRAY_LEN(by_second) && !status; i++)
		status = add_if(f, SCMP_ACT_ERRNO(EPERM), by_second[i], SCMP_A1(SCMP_CMP_NE, 0, 0));
	return status;
}

static int add_ioctls(struct filter *f)
{
	int status = add_if(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, TIOCSCTTY));

	for (size_t i = 0; i < ARRAY_LEN(file_system_ioctls) && !status; i++) {
		status = add_if(f, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl),
				SCMP_A1(SCMP_CMP_MASKED_EQ, 0xff00, (uint64_t)file_system_ioctls[i] << 8));
	}
	return status;
}

/* Threads need no leave; what makes a process waits (and new name spaces are refused there). */
static int add_clone(struct filter *f)
{
	if (f->options.alone)
		return 0;
	return add_if(f, SCMP_ACT_NOTIFY, SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
}

static int add_missing(struct filter *f)
{
	int status = add_named(f, SCMP_ACT_ERRNO(ENOSYS), missing, ARRAY_LEN(missing));

	if (!status)
		status = add_named(f, SCMP_ACT_ERRNO(EOPNOTSUPP), unsupported, ARRAY_LEN(unsupported));
	if (!status)
		status = add(f, SCMP_ACT_ERRNO(ENOSYS), SYS_MEMFD_SECRET);
	for (int n = FIRST_UNKNOWN; n <= LAST_UNKNOWN && !status; n++)
		status = add(f, SCMP_ACT_ERRNO(ENOSYS), n);
	return status;
}

/* ---- Without a watcher ---- */

/* No program that is another's when it runs. */
static int add_set_id(struct filter *f)
{
	int status = 0;

	for (size_t i = 0; i < ARRAY_LEN(waiting) && !status; i++) {
		unsigned mode = (unsigned)waiting[i].mode;

		if (waiting[i].mode == NONE)
			continue;
		status = add_if(f, SCMP_ACT_ERRNO(EPERM), waiting[i].number, SCMP_CMP(mode, SCMP_CMP_MASKED_EQ, S_ISUID, S_ISUID));
		if (!status)
			status = add_if(f, SCMP_ACT_ERRNO(EPERM), waiting[i].number,
					SCMP_CMP(mode, SCMP_CMP_MASKED_EQ, S_ISGID, S_ISGID));
	}
	return status;
}

/* As answer.c has it for the watcher: which families, and of local sockets only streams, which cannot connect. */
static int add_sockets(struct filter *f)
{
	int status = 0;

	for (int family = 0; family < 64 && !status; family++) {
		bool internet = family == AF_INET || family == AF_INET6, local = family == AF_UNIX && !f->options.net;

		if (family != AF_NETLINK && !local && !(internet && f->options.net))
			status = add_if(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket),
					SCMP_A0(SCMP_CMP_MASKED_EQ, 0xffffffffu, (uint64_t)family));
	}
	for (uint64_t type = 0; type < 16 && !status && !f->options.net; type++) {
		if (type != SOCK_STREAM)
			status = seccomp_rule_add(f->ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 2,
						  SCMP_A0(SCMP_CMP_MASKED_EQ, 0xffffffffu, AF_UNIX), SCMP_A1(SCMP_CMP_MASKED_EQ, TYPE_BITS, type));
	}
	if (!status)	/* routes and addresses of the machine may be looked at, and nothing else */
		status = seccomp_rule_add(f->ctx, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 2,
					  SCMP_A0(SCMP_CMP_MASKED_EQ, 0xffffffffu, AF_NETLINK), SCMP_A2(SCMP_CMP_NE, 0, 0));
	return status;
}

static int add_new_spaces(struct filter *f)
{
	static const uint64_t flags[] = {CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET,
					 CLONE_NEWCGROUP};
	int status = 0;

	for (size_t i = 0; i < ARRAY_LEN(flags) && !status; i++)
		status = add_if(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, flags[i], flags[i]));
	return status;
}

/* Landlock before version 3 does not mind who empties files. */
static int add_truncation(struct filter *f)
{
	static const uint64_t mask = O_TRUNC | O_ACCMODE;
	int status = add(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(truncate));

	if (!status)
		status = add_if(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(open), SCMP_A1(SCMP_CMP_MASKED_EQ, mask, O_TRUNC));
	return status ? status : add_if(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, mask, O_TRUNC));
}

static int add_alone(struct filter *f)
{
	int status = f->options.old_landlock ? add_truncation(f) : 0;

	if (!status)
		status = add_set_id(f);
	if (!status)
		status = add_sockets(f);
	if (!status)
		status = add_new_spaces(f);
	return status ? status : add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(pidfd_send_signal));
}

/* ---- All of it ---- */

static int add_all(struct filter *f)
{
	int status = f->options.alone ? add_alone(f) : add_waiting(f);

	if (!status && f->options.alone)
		status = add_named(f, SCMP_ACT_ERRNO(EPERM), refused, ARRAY_LEN(refused));
	if (!status && !f->options.net)
		status = add(f, refuse_or_wait(f, EACCES), waiting_connect.number);
	if (!status)
		status = add_clone(f);
	if (!status)
		status = add_foreign(f);
	if (!status)
		status = add_refused_when(f);
	if (!status)
		status = add_ioctls(f);
	if (!status)
		status = add_if(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socketpair), SCMP_A0(SCMP_CMP_NE, AF_UNIX, 0));
	return status ? status : add_missing(f);
}

struct filter *filter_make(const struct filter_options *o, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct filter *f = ARENA_NEW(&a, struct filter);
	int status;

	f->arena = a;
	f->fd = -1;
	f->options = *o;
	f->ctx = seccomp_init(SCMP_ACT_ALLOW);
	status = f->ctx ? add_all(f) : -ENOMEM;
	if (!status && !o->alone)
		status = seccomp_notify_alloc(&f->request, &f->response);
	if (!status)
		return f;
	filter_close(f);
	err_sys(err, -status, "cannot make a filter of system calls");
	return NULL;
}

int filter_enter(struct filter *f)
{
	return -seccomp_load(f->ctx);
}

int filter_waiting_fd(const struct filter *f)
{
	return f->options.alone ? -1 : seccomp_notify_fd(f->ctx);
}

void filter_listen(struct filter *f, int fd)
{
	f->fd = fd;
}

int filter_fd(const struct filter *f)
{
	return f->fd;
}

static const struct call_shape *shape_of(const struct filter *f, int number)
{
	if (number == waiting_clone.number)
		return &waiting_clone;
	if (number == waiting_connect.number)
		return &waiting_connect;
	for (size_t i = 0; i < ARRAY_LEN(waiting); i++) {
		if (waiting[i].number == number)
			return &waiting[i];
	}
	for (size_t i = 0; i < REFUSED; i++) {
		if (f->refused[i].number == number)
			return &f->refused[i];
	}
	return NULL;
}

bool filter_next(struct filter *f, struct call *out)
{
	memset(f->request, 0, sizeof(*f->request));
	if (seccomp_notify_receive(f->fd, f->request))
		return false;
	*out = (struct call){.id = f->request->id, .pid = (pid_t)f->request->pid, .shape = shape_of(f, f->request->data.nr)};
	for (size_t i = 0; i < ARRAY_LEN(out->args); i++)
		out->args[i] = f->request->data.args[i];
	if (out->shape)
		return true;
	filter_answer(f, out, EPERM);
	return false;
}

bool filter_waits(const struct filter *f, const struct call *c)
{
	return !seccomp_notify_id_valid(f->fd, c->id);
}

/* The process may be gone by now: then there is no one to answer. */
static void respond(struct filter *f, const struct call *c, int error, uint32_t flags)
{
	*f->response = (struct seccomp_notif_resp){.id = c->id, .error = -error, .flags = flags};
	seccomp_notify_respond(f->fd, f->response);
}

void filter_answer(struct filter *f, const struct call *c, int error)
{
	respond(f, c, error, 0);
}

void filter_continue(struct filter *f, const struct call *c)
{
	respond(f, c, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

void filter_close(struct filter *f)
{
	struct arena a = f->arena;

	if (f->request)
		seccomp_notify_free(f->request, f->response);
	if (f->ctx)
		seccomp_release(f->ctx);
	arena_release(&a);
}
