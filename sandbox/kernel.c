/* SPDX-License-Identifier: MIT */
#include "sandbox/kernel.h"

#include "base/buf.h"
#include "sandbox/landlock.h"
#include "sandbox/tracee.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROBE_FILTER = 1, PROBE_LISTENER = 2 };

static bool take_filter(unsigned flags)
{
	struct sock_filter let_on = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	const struct sock_fprog program = {1, &let_on};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) >= 0;
}

/* Takes on what it can, tells that, and waits to be looked into. */
NORETURN static void probe_child(int told, int go_on)
{
	char byte = 0;

	if (!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
		byte |= take_filter(SECCOMP_FILTER_FLAG_NEW_LISTENER) ? PROBE_LISTENER | PROBE_FILTER : 0;
		byte |= byte || take_filter(0) ? PROBE_FILTER : 0;
	}
	if (write(told, &byte, 1) == 1)
		(void)!read(go_on, &byte, 1);
	_exit(0);
}

static void probe_filter(struct sandbox_kernel *out)
{
	static const int mark = 0x10de;
	int told[2], go_on[2], seen = 0;
	char byte = 0;
	pid_t pid;

	if (pipe(told))
		return;
	if (pipe(go_on)) {
		close(told[0]);
		close(told[1]);
		return;
	}
	pid = fork();
	if (!pid) {
		close(go_on[1]);
		probe_child(told[1], go_on[0]);
	}
	close(told[1]);
	close(go_on[0]);
	if (pid > 0 && read(told[0], &byte, 1) == 1) {
		out->filter = byte & PROBE_FILTER;
		out->watcher = byte & PROBE_LISTENER && tracee_read(pid, (uint64_t)(uintptr_t)&mark, &seen, sizeof(seen)) && seen == mark;
	}
	close(told[0]);
	close(go_on[1]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

void sandbox_kernel_probe(struct sandbox_kernel *out)
{
	*out = (struct sandbox_kernel){.landlock = landlock_version()};
	if (out->landlock)
		probe_filter(out);
}

enum sandbox_strength sandbox_strength(const struct sandbox_kernel *k)
{
	if (!k->landlock)
		return SANDBOX_NONE;
	return k->filter && k->watcher ? SANDBOX_WHOLE : SANDBOX_PART;
}

void sandbox_left_open(const struct sandbox_kernel *k, struct buf *out)
{
	const struct {
		bool open;
		const char *what;
	} all[] = {
		{!k->landlock, "read and change all files"},
		{!k->filter && k->landlock < 4, "use the network"},
		{!k->filter && k->landlock >= 4, "use the network but for TCP"},
		{!k->filter, "connect to local sockets"},
		{!k->watcher && k->landlock < 6, "send signals to other processes"},
		{!k->filter && k->landlock < 3, "empty files"},
		{!k->watcher, "change modes and times of files"},
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		if (all[i].open && sandbox_strength(k) != SANDBOX_WHOLE)
			buf_printf(out, "%s%s", out->len ? ", " : "", all[i].what);
	}
}
