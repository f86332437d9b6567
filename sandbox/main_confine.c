/* SPDX-License-Identifier: MIT
 *
 * lode-confine: runs one command confined, as sandbox/policy.h says, and ends as the command ends.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/proc.h"
#include "sandbox/policy.h"
#include "sandbox/refusals.h"
#include "sandbox/trees.h"
#include "sandbox/watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATUS_NOT_CONFINED 126

int main(int argc, char **argv)
{
	static struct refusals refusals;
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct sandbox_policy policy;
	struct trees trees;
	char **command;
	int status;

	(void)argc;
	sandbox_policy_init(&policy, &a);
	if (sandbox_policy_parse(&policy, argv + 1, &command, &err))
		goto failed;
	if (policy.report_fd >= 0)
		fcntl(policy.report_fd, F_SETFD, FD_CLOEXEC);
	trees_make(&a, &policy, &trees);
	status = watch_run(&policy, &trees, command, &refusals, &err);
	if (status < 0)
		goto failed;
	refusals_tell(&refusals, policy.report_fd);
	arena_release(&a);
	if (WIFSIGNALED(status))
		proc_raise(WTERMSIG(status));
	return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_NOT_CONFINED;
failed:
	fprintf(stderr, "lode-confine: %s\n", err.text);
	arena_release(&a);
	return STATUS_NOT_CONFINED;
}
