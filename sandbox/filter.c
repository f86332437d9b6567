/* SPDX-License-Identifier: MIT */
#include "sandbox/filter.h"

#include "base/arena.h"
#include "base/err.h"

#include <errno.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* Numbers the library does not know yet; new calls have the same one on every architecture. */
enum { SYS_FCHMODAT2 = 452, SYS_SETXATTRAT = 463, SYS_REMOVEXATTRAT = 466 };

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
};

static const struct call_shape waiting_connect = AT(connect, CALL_CONNECT, NONE, NONE, NONE, NONE, NONE, NONE);
/* clone() is a fork unless it makes a thread. */
static const struct call_shape waiting_clone = AT(clone, CALL_FORK, NONE, NONE, NONE, NONE, NONE, NONE);

/* Nothing an install script needs; what asks for it is told no, and that is told on. */
static const char *const refused[] = {
	"accept", "accept4", "listen", "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd",
	"pidfd_send_signal", "mount", "umount", "umount2", "pivot_root", "chroot", "unshare", "setns", "fsopen", "fsmount",
	"fsconfig", "fspick", "move_mount", "open_tree", "mount_setattr", "open_by_handle_at", "bpf", "perf_event_open",
	"userfaultfd", "keyctl", "add_key", "request_key", "init_module", "finit_module", "delete_module", "kexec_load",
	"kexec_file_load", "reboot", "swapon", "swapoff", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
	"sethostname", "setdomainname", "quotactl", "acct", "iopl", "ioperm", "fanotify_init", "syslog", "shmget", "msgget",
	"semget", "mq_open", "mq_unlink", "kcmp", "migrate_pages", "move_pages", "lookup_dcookie", "nfsservctl", "vhangup",
};

/* Refused without a word: programs try these and have another way. */
static const char *const missing[] = {"io_uring_setup", "io_uring_enter", "io_uring_register", "openat2", "clone3"};
static const char *const unsupported[] = {"setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"};

#define REFUSED ARRAY_LEN(refused)

struct filter {
	struct arena arena;
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

static int add_waiting(struct filter *f)
{
	int status = 0;

	for (size_t i = 0; i < ARRAY_LEN(waiting) && !status; i++)
		status = add(f, SCMP_ACT_NOTIFY, waiting[i].number);
	for (size_t i = 0; i < REFUSED; i++) {
		f->refused[i] = (struct call_shape){.name = refused[i], .kind = CALL_REFUSE,
						    .number = seccomp_syscall_resolve_name(refused[i])};
	}
	return status ? status : add_named(f, SCMP_ACT_NOTIFY, refused, REFUSED);
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

static int add_terminal(struct filter *f)
{
	static const uint64_t requests[] = {TIOCSTI, TIOCLINUX, TIOCSCTTY};
	int status = 0;

	for (size_t i = 0; i < ARRAY_LEN(requests) && !status; i++) {
		status = add_if(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl),
				SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, requests[i]));
	}
	return status;
}

/* Threads need no leave; what makes a process waits (and new name spaces are refused there). */
static int add_clone(struct filter *f)
{
	return add_if(f, SCMP_ACT_NOTIFY, SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
}

static int add_all(struct filter *f, bool net)
{
	int status = add_waiting(f);

	if (!status && !net)
		status = add(f, SCMP_ACT_NOTIFY, waiting_connect.number);
	if (!status)
		status = add_clone(f);
	if (!status)
		status = add_foreign(f);
	if (!status)
		status = add_terminal(f);
	if (!status)
		status = add_named(f, SCMP_ACT_ERRNO(ENOSYS), missing, ARRAY_LEN(missing));
	if (!status)
		status = add_named(f, SCMP_ACT_ERRNO(EOPNOTSUPP), unsupported, ARRAY_LEN(unsupported));
	for (int n = SYS_SETXATTRAT; n <= SYS_REMOVEXATTRAT && !status; n++)
		status = add(f, SCMP_ACT_ERRNO(ENOSYS), n);
	/* Only stream pairs: a datagram one could be sent to any address. */
	if (!status)
		status = add_if(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socketpair), SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_DGRAM));
	return status;
}

struct filter *filter_make(bool net, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct filter *f = ARENA_NEW(&a, struct filter);
	int status;

	f->arena = a;
	f->fd = -1;
	f->ctx = seccomp_init(SCMP_ACT_ALLOW);
	status = f->ctx ? add_all(f, net) : -ENOMEM;
	if (!status)
		status = seccomp_notify_alloc(&f->request, &f->response);
	if (!status)
		return f;
	filter_close(f);
	err_sys(err, -status, "cannot make a filter of system calls");
	return NULL;
}

int filter_enter(struct filter *f)
{
	int status = seccomp_load(f->ctx);

	if (status) {
		errno = -status;
		return -1;
	}
	return seccomp_notify_fd(f->ctx);
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
