/* SPDX-License-Identifier: MIT
 *
 *	wan [--rtt 50] [--mbit 200] --to 127.0.0.1:4873 COMMAND …
 *
 * Runs a command that sees the server at `to` through a line with this round trip and rate, and sees no other network.
 * The exit status is the command's. Others can be run in the same place: `nsenter --net=/proc/PID/ns/net …`.
 */
#include "bench/wan.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int usage(void)
{
	fprintf(stderr, "usage: wan [--rtt 50] [--mbit 200] --to 127.0.0.1:4873 COMMAND …\n");
	return 2;
}

static int parse_address(const char *text, struct sockaddr_in *to)
{
	char host[64];
	const char *colon = strrchr(text, ':');

	if (!colon || (size_t)(colon - text) >= sizeof(host))
		return -1;
	snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	*to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10))};
	return inet_pton(AF_INET, host, &to->sin_addr) == 1 ? 0 : -1;
}

/* The index of the command's first word, or -1. */
static int parse(int argc, char **argv, struct wan_line *line)
{
	double rtt = 50, mbit = 200;
	int i = 1, known = 0;

	for (; i + 1 < argc && !strncmp(argv[i], "--", 2); i += 2) {
		if (!strcmp(argv[i], "--rtt"))
			rtt = strtod(argv[i + 1], NULL);
		else if (!strcmp(argv[i], "--mbit"))
			mbit = strtod(argv[i + 1], NULL);
		else if (strcmp(argv[i], "--to") || parse_address(argv[i + 1], &line->to) < 0)
			return -1;
		else
			known = 1;
	}
	line->delay_ns = (int64_t)(rtt / 2 * 1e6);
	line->bytes_per_second = (int64_t)(mbit * 1e6 / 8);
	return known && i < argc && line->bytes_per_second > 0 ? i : -1;
}

int main(int argc, char **argv)
{
	struct wan_line line = {0};
	int command = parse(argc, argv, &line), status = 0;

	if (command < 0)
		return usage();
	signal(SIGPIPE, SIG_IGN);
	pid_t pid = wan_start(&line.to, argv + command, &line.listener);
	if (pid < 0)
		return 1;
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0) {
		perror("pidfd_open");
		return 1;
	}
	wan_carry(&line, pidfd);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
