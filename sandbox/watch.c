/* SPDX-License-Identifier: MIT */
#include "sandbox/watch.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "sandbox/answer.h"
#include "sandbox/confined.h"
#include "sandbox/family.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"
#include "sandbox/policy.h"
#include "sandbox/refusals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 200		/* how often the limits are looked at */
#define POLITE_MS 1500		/* between SIGTERM and SIGKILL; whoever waits for us waits longer */
#define END_MS 10000		/* for processes that are being killed to be gone */
#define ANSWERS_AT_ONCE 64

struct watch {
	const struct sandbox_policy *policy;
	struct answers answers;
	struct refusals *refusals;
	pid_t starter;		/* who waits for us */
	pid_t child;
	int signals;		/* signalfd */
	bool over;		/* the child is; its status: */
	int status;
	int64_t began, next_look;
	int64_t kill_at;	/* 0: not told to end yet */
};

/* ---- Ending ---- */

static void signal_all(int sig)
{
	struct arena scratch = ARENA_INIT;
	struct family f;

	family_look(&scratch, &f);
	for (size_t i = 0; i < f.count; i++)
		kill(f.pids[i], sig);
	arena_release(&scratch);
}

/* Told to end, by us or from outside. A second word is not needed: the clock runs. */
static void end_politely(struct watch *w, int sig)
{
	if (!w->kill_at)
		w->kill_at = clock_now_ms() + POLITE_MS;
	signal_all(sig);
}

/* ---- Limits ---- */

static int64_t spent_ms(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_CHILDREN, &u))
		return 0;
	return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

static const char *limit_passed(const struct watch *w, int64_t now)
{
	const struct sandbox_limits *l = &w->policy->limits;
	struct arena scratch = ARENA_INIT;
	struct family f = {0};

	if (l->time_ms && now - w->began > l->time_ms)
		return ENDED_TIME;
	if (!l->memory && !l->cpu_ms && !l->processes)
		return NULL;
	family_look(&scratch, &f);
	arena_release(&scratch);
	if (l->processes && f.count > l->processes)
		return REFUSED_PROCESSES;	/* nobody counts those that are made, but here */
	if (l->memory && f.memory > l->memory)
		return ENDED_MEMORY;
	return l->cpu_ms && f.cpu_ms + spent_ms() > l->cpu_ms ? ENDED_CPU : NULL;
}

static void look(struct watch *w)
{
	int64_t now = clock_now_ms();
	const char *passed;

	/* Killed without a chance to tell us: what it had started ends with it. */
	if (getppid() != w->starter)
		w->kill_at = now;
	if (w->kill_at && now >= w->kill_at) {
		w->answers.ending = true;
		signal_all(SIGKILL);
		return;
	}
	if (now < w->next_look || w->kill_at)
		return;
	w->next_look = now + LOOK_MS;
	passed = limit_passed(w, now);
	if (!passed)
		return;
	refusals_add(w->refusals, passed, "");
	end_politely(w, SIGTERM);
}

/* ---- The loop ---- */

static void take_signals(struct watch *w)
{
	struct signalfd_siginfo info;

	while (read(w->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGCHLD)
			end_politely(w, (int)info.ssi_signo);
	}
}

/* Takes every child that is over, the orphans too. True when none is left. */
static bool reap(struct watch *w)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != w->child)
			continue;
		w->over = true;
		w->status = status;
	}
	return pid < 0 && errno == ECHILD;
}

static void serve(struct watch *w, int timeout)
{
	struct filter *filter = w->answers.filter;
	struct pollfd fds[2] = {{.fd = w->signals, .events = POLLIN}, {.fd = filter ? filter_fd(filter) : -1, .events = POLLIN}};

	for (int i = 0; i < ANSWERS_AT_ONCE && poll(fds, 2, i ? 0 : timeout) > 0; i++) {
		if (fds[1].revents & POLLIN)
			answer_next(&w->answers);
		else if (fds[1].revents)
			fds[1].fd = -1;	/* no one is left who could call */
		if (fds[0].revents)
			take_signals(w);
	}
}

static void watch_child(struct watch *w)
{
	w->began = clock_now_ms();
	while (!w->over) {
		serve(w, LOOK_MS);
		look(w);
		reap(w);
	}
}

/* What the script has left behind does not outlive it. */
static void watch_end(struct watch *w)
{
	int64_t until = clock_now_ms() + END_MS;

	w->answers.ending = true;
	while (!reap(w) && clock_now_ms() < until) {
		signal_all(SIGKILL);
		serve(w, 10);
	}
}

static int take_over_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int watch_run(const struct sandbox_policy *p, const struct trees *t, char **argv, struct refusals *r, struct err *err)
{
	struct watch w = {
		.policy = p,
		.refusals = r,
		.starter = getppid(),
		.answers = {.trees = t, .refusals = r, .net = p->net, .max_processes = p->limits.processes,
			    .old_landlock = landlock_version() < 3},
	};

	if (!p->unfiltered) {
		w.answers.filter = filter_make(&(struct filter_options){p->net, p->unwatched, w.answers.old_landlock}, err);
		if (!w.answers.filter)
			return -1;
	}
	family_begin();
	w.signals = take_over_signals();
	w.child = w.signals < 0 ? -1 : confined_start(p, t, w.answers.filter, argv, err);
	if (w.child > 0) {
		watch_child(&w);
		watch_end(&w);
	}
	if (w.answers.filter)
		filter_close(w.answers.filter);
	return w.child > 0 ? w.status : -1;
}
