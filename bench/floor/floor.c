/* SPDX-License-Identifier: MIT */
#include "bench/floor/floor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 16

struct start {
	void (*work)(void *ctx);
	void *ctx;
};

_Noreturn void floor_die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, errno ? strerror(errno) : "failed");
	exit(1);
}

void *floor_alloc(size_t n)
{
	void *p = calloc(1, n ? n : 1);

	if (!p)
		floor_die("memory");
	return p;
}

int64_t floor_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

struct text floor_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		floor_die(path);
	struct text t = {floor_alloc((size_t)st.st_size + 1), 0};
	while (t.len < (size_t)st.st_size) {
		ssize_t n = read(fd, t.ptr + t.len, (size_t)st.st_size - t.len);

		if (n <= 0)
			floor_die(path);
		t.len += (size_t)n;
	}
	close(fd);
	return t;
}

struct lines floor_lines(const char *path)
{
	struct text t = floor_read(path);
	struct lines l = {0};
	size_t cap = 1;
	char *save = NULL;

	for (size_t i = 0; i < t.len; i++)
		cap += t.ptr[i] == '\n';
	l.items = floor_alloc(cap * sizeof(*l.items));
	for (char *line = strtok_r(t.ptr, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		l.items[l.count++] = line;
	return l;
}

long floor_option(int argc, char **argv, const char *name, long fallback)
{
	for (int i = 1; i + 1 < argc; i++)
		if (!strncmp(argv[i], "--", 2) && !strcmp(argv[i] + 2, name))
			return strtol(argv[i + 1], NULL, 10);
	return fallback;
}

static void *begin(void *arg)
{
	struct start *s = arg;

	s->work(s->ctx);
	return NULL;
}

void floor_threads(unsigned n, void (*work)(void *ctx), void *ctx)
{
	struct start s = {work, ctx};
	pthread_t threads[MAX_THREADS];

	if (n > MAX_THREADS)
		n = MAX_THREADS;
	for (unsigned i = 1; i < n; i++) {
		errno = pthread_create(&threads[i], NULL, begin, &s);
		if (errno)
			floor_die("thread");
	}
	work(ctx);
	for (unsigned i = 1; i < n; i++)
		pthread_join(threads[i], NULL);
}

void floor_say(int64_t began_ns, uint64_t items, uint64_t bytes)
{
	printf("{\"seconds\": %.6f, \"items\": %" PRIu64 ", \"bytes\": %" PRIu64 "}\n", (double)(floor_now() - began_ns) / 1e9,
		items, bytes);
}
