/* SPDX-License-Identifier: MIT */
#include "base/proc_signal.h"

#include "base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_CHILDREN 256

static const int forwarded[] = {SIGINT, SIGTERM, SIGHUP};

/* Written with the three signals held, read by the handler. A child in a group of its own stands as -pid. */
static volatile sig_atomic_t children[MAX_CHILDREN];
static volatile sig_atomic_t n_children;
static volatile sig_atomic_t last_signal;
static int wake[2] = {-1, -1};	/* the handler writes, poll reads */
static struct sigaction before[ARRAY_LEN(forwarded)];

static void forward_signal(int sig, siginfo_t *info, void *context)
{
	bool from_terminal = info->si_code == SI_KERNEL;
	int saved = errno;

	(void)context;
	last_signal = sig;
	for (int i = 0; i < n_children; i++) {
		if (children[i] < 0 || !from_terminal)
			kill((pid_t)children[i], sig);
	}
	(void)!write(wake[1], "", 1);
	errno = saved;
}

static void handlers_install(void)
{
	struct sigaction act = {.sa_sigaction = forward_signal, .sa_flags = SA_SIGINFO | SA_RESTART};

	if (wake[0] < 0 && pipe2(wake, O_CLOEXEC | O_NONBLOCK))
		wake[0] = wake[1] = -1;	/* out of descriptors: a signal still goes on to the children */
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(forwarded); i++)
		sigaddset(&act.sa_mask, forwarded[i]);
	for (size_t i = 0; i < ARRAY_LEN(forwarded); i++) {
		sigaction(forwarded[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)	/* under nohup: it stays ignored, for the child too */
			sigaction(forwarded[i], &act, NULL);
	}
}

static void handlers_remove(void)
{
	for (size_t i = 0; i < ARRAY_LEN(forwarded); i++)
		sigaction(forwarded[i], &before[i], NULL);
}

void signals_hold(sigset_t *old)
{
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < ARRAY_LEN(forwarded); i++)
		sigaddset(&held, forwarded[i]);
	sigprocmask(SIG_BLOCK, &held, old);
}

void signals_release(const sigset_t *old)
{
	sigprocmask(SIG_SETMASK, old, NULL);
}

void signals_forward(pid_t pid, bool own_group)
{
	if (n_children >= MAX_CHILDREN)
		return;
	if (!n_children)
		handlers_install();
	children[n_children] = own_group ? -pid : pid;
	n_children++;
}

void signals_forget(pid_t pid)
{
	sigset_t old;

	signals_hold(&old);
	for (int i = 0; i < n_children; i++) {
		if (children[i] != pid && children[i] != -pid)
			continue;
		children[i] = children[n_children - 1];
		n_children--;
		if (!n_children)
			handlers_remove();
		break;
	}
	signals_release(&old);
}

int signals_fd(void)
{
	return n_children ? wake[0] : -1;
}

void signals_drain(void)
{
	char bytes[64];

	while (read(wake[0], bytes, sizeof(bytes)) > 0)
		;
}

int proc_signalled(void)
{
	return (int)last_signal;
}

void proc_raise(int sig)
{
	struct sigaction act = {.sa_handler = SIG_DFL};
	struct rlimit none = {0, 0};
	sigset_t only;

	setrlimit(RLIMIT_CORE, &none);	/* the child's core is the one of interest */
	sigemptyset(&act.sa_mask);
	sigaction(sig, &act, NULL);
	sigemptyset(&only);
	sigaddset(&only, sig);
	kill(getpid(), sig);
	sigprocmask(SIG_UNBLOCK, &only, NULL);
}
