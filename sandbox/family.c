/* SPDX-License-Identifier: MIT */
#include "sandbox/family.h"

#include "base/arena.h"
#include "base/str.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MAX_GENERATIONS 100000	/* no chain of parents is longer than there are numbers of processes */

/* A process as /proc/<pid>/stat tells it. */
struct member {
	pid_t pid, parent, group;
	int64_t cpu_ms;
	uint64_t memory;
	bool dead;
	bool known, ours;	/* looked at; and below us */
};

void family_begin(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* The name in it is in brackets and may hold anything, more brackets too. */
static bool read_member(pid_t pid, struct member *m)
{
	char path[64], text[1024];
	unsigned long user, system;
	const char *after;
	long resident;
	ssize_t n;
	char state;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = 0;
	after = strrchr(text, ')');
	m->pid = pid;
	if (!after || sscanf(after + 1,
			     " %c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d %*d %*u %*u %ld", &state,
			     &m->parent, &m->group, &user, &system, &resident) != 6)
		return false;
	m->cpu_ms = (int64_t)((user + system) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK));
	m->memory = (uint64_t)(resident > 0 ? resident : 0) * (uint64_t)sysconf(_SC_PAGESIZE);
	m->dead = state == 'Z' || state == 'X';
	m->known = m->ours = false;
	return true;
}

static int compare_members(const void *left, const void *right)
{
	const struct member *a = left, *b = right;

	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

/* All processes there are: count of them, in an array of the arena. */
static size_t read_all(struct arena *a, struct member **out)
{
	DIR *dir = opendir("/proc");
	size_t count = 0, cap = 256;
	struct dirent *e;

	*out = ARENA_ARRAY(a, struct member, cap);
	while (dir && (e = readdir(dir))) {
		uint64_t pid;

		if (!str_to_u64(str_from(e->d_name), &pid))
			continue;
		if (count == cap) {
			*out = arena_grow(a, *out, cap * sizeof(**out), cap * 2 * sizeof(**out));
			cap *= 2;
		}
		if (read_member((pid_t)pid, &(*out)[count]))
			count++;
	}
	if (dir)
		closedir(dir);
	qsort(*out, count, sizeof(**out), compare_members);
	return count;
}

static struct member *find_member(struct member *all, size_t n, pid_t pid)
{
	const struct member wanted = {.pid = pid};

	return bsearch(&wanted, all, n, sizeof(*all), compare_members);
}

/* Up to somebody of whom it is known, and back down: a script may make a chain as long as there may be processes. */
static bool is_ours(struct member *all, size_t n, struct member *m)
{
	struct member *at = m;
	pid_t us = getpid();
	bool ours;

	for (size_t i = 0; i < n && at && !at->known && at->parent != us; i++)
		at = at->parent > 1 ? find_member(all, n, at->parent) : NULL;
	ours = at && (at->known ? at->ours : at->parent == us);
	for (at = m; at && !at->known; at = at->parent > 1 ? find_member(all, n, at->parent) : NULL) {
		at->known = true;
		at->ours = ours;
		if (at->parent == us)
			break;
	}
	return ours;
}

void family_look(struct arena *a, struct family *out)
{
	struct member *all;
	size_t n = read_all(a, &all);

	*out = (struct family){.pids = ARENA_ARRAY(a, pid_t, n)};
	for (size_t i = 0; i < n; i++) {
		if (!is_ours(all, n, &all[i]) || all[i].dead)
			continue;
		out->pids[out->count++] = all[i].pid;
		out->memory += all[i].memory;
		out->cpu_ms += all[i].cpu_ms;
	}
}

bool family_has(pid_t pid)
{
	struct member m;
	pid_t us = getpid();

	for (int i = 0; pid > 1 && i < MAX_GENERATIONS && read_member(pid, &m); i++) {
		if (m.parent == us)
			return true;
		pid = m.parent;
	}
	return false;
}

bool family_has_group(pid_t group)
{
	struct arena a = ARENA_INIT;
	struct member *all;
	size_t n = read_all(&a, &all);
	bool ours = true;

	for (size_t i = 0; i < n && ours; i++)
		ours = all[i].group != group || is_ours(all, n, &all[i]);
	arena_release(&a);
	return ours;
}
