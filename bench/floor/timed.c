/* SPDX-License-Identifier: MIT
 *
 *	timed OUT COMMAND …
 *
 * Runs a command and writes to OUT what it took: a line of JSON. It is small on purpose: a process begins with the peak
 * of memory of the one it was forked from, so nothing bigger may start what is measured.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct rusage used;
	char line[256];
	int status = 0;
	pid_t pid;

	if (argc < 3)
		return 2;
	double began = now();
	errno = posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ);
	if (errno) {
		perror(argv[2]);
		return 127;
	}
	while (wait4(pid, &status, 0, &used) < 0 && errno == EINTR)
		;
	double took = now() - began;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	int n = snprintf(line, sizeof(line), "{\"seconds\": %.6f, \"status\": %d, \"peak_kb\": %ld, \"cpu\": %.6f}\n", took, code,
		used.ru_maxrss, seconds(used.ru_utime) + seconds(used.ru_stime));
	int fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, line, (size_t)n) != n) {
		perror(argv[1]);
		return 1;
	}
	return code;
}
