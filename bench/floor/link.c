/* SPDX-License-Identifier: MIT
 *
 * The floor of a warm install: the directories and hard links of a tree, and nothing else.
 *
 *	floor-link PLAN DEST [--threads 2] [--handles 1]
 *
 * PLAN is a tree as bench/floors.py writes it; DEST must not exist. A line is one of
 *
 *	U			a unit begins: what one worker makes alone, so that two never share a directory; the first is
 *				made before all others
 *	P to	from		a package: its folder below DEST, and the one its files are linked from
 *	d lib			a directory of the package; what is in it follows
 *	f lib/index.js		a hard link
 *	l .bin/x	target	a symbolic link
 *
 * --handles N: a directory of N entries or more is opened on both sides, and its files are named within it; of smaller ones
 * the path goes from the package. Reading the plan does not count.
 */
#include "bench/floor/floor.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct entry {
	char kind;
	const char *path, *other;
	const char *name;		/* path's last part */
	uint32_t n;			/* of a directory or a package: how many files are in it */
};

struct unit {
	size_t first, end;
};

struct plan {
	struct entry *entries;
	struct unit *units;
	size_t n_entries, n_units;
	long handles;
	int dest;
	atomic_size_t next;		/* unit; the first is made before there are workers */
};

/* Where one worker is. */
struct place {
	int to, from;			/* the package */
	int dir_to, dir_from;		/* the directory, when it is open */
};

static char *cut(char *line)
{
	char *tab = strchr(line, '\t');

	if (!tab)
		return NULL;
	*tab = '\0';
	return tab + 1;
}

static struct plan read_plan(const char *path)
{
	struct lines l = floor_lines(path);
	struct plan p = {0};
	struct entry *holder = NULL;

	p.entries = floor_alloc(l.count * sizeof(*p.entries));
	p.units = floor_alloc(l.count * sizeof(*p.units));
	for (size_t i = 0; i < l.count; i++) {
		char *line = l.items[i];

		if (*line == 'U') {
			p.units[p.n_units++] = (struct unit){p.n_entries, p.n_entries};
			continue;
		}
		struct entry *e = &p.entries[p.n_entries++];
		*e = (struct entry){.kind = *line, .path = line + 2, .other = cut(line)};
		e->name = strrchr(e->path, '/') ? strrchr(e->path, '/') + 1 : e->path;
		if (e->kind == 'P' || e->kind == 'd')
			holder = e;
		else if (holder)
			holder->n++;
		p.units[p.n_units - 1].end = p.n_entries;
	}
	return p;
}

static int open_dir(int at, const char *path)
{
	int fd = openat(at, path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		floor_die(path);
	return fd;
}

static void leave_dir(struct place *at)
{
	if (at->dir_to < 0)
		return;
	close(at->dir_to);
	close(at->dir_from);
	at->dir_to = at->dir_from = -1;
}

static void leave_package(struct place *at)
{
	leave_dir(at);
	if (at->to >= 0)
		close(at->to);
	if (at->from >= 0)
		close(at->from);
	at->to = at->from = -1;
}

static void enter_package(const struct plan *p, struct place *at, const struct entry *e)
{
	leave_package(at);
	if (mkdirat(p->dest, e->path, 0755) < 0)
		floor_die(e->path);
	at->to = open_dir(p->dest, e->path);
	if (*e->other)
		at->from = open_dir(AT_FDCWD, e->other);
}

static void enter_dir(const struct plan *p, struct place *at, const struct entry *e)
{
	leave_dir(at);
	if (mkdirat(at->to, e->path, 0755) < 0)
		floor_die(e->path);
	if (p->handles <= 0 || e->n < (uint32_t)p->handles)
		return;
	at->dir_to = open_dir(at->to, e->path);
	at->dir_from = open_dir(at->from, e->path);
}

static void make(const struct plan *p, struct place *at, const struct entry *e)
{
	int bad = 0;

	switch (e->kind) {
	case 'P': enter_package(p, at, e); break;
	case 'd': enter_dir(p, at, e); break;
	case 'l': bad = symlinkat(e->other, at->to, e->path); break;
	default:
		bad = at->dir_to >= 0 ? linkat(at->dir_from, e->name, at->dir_to, e->name, 0) :
					linkat(at->from, e->path, at->to, e->path, 0);
	}
	if (bad)
		floor_die(e->path);
}

static void make_unit(const struct plan *p, size_t i)
{
	struct place at = {-1, -1, -1, -1};

	for (size_t k = p->units[i].first; k < p->units[i].end; k++)
		make(p, &at, &p->entries[k]);
	leave_package(&at);
}

static void work(void *ctx)
{
	struct plan *p = ctx;
	size_t i;

	while ((i = atomic_fetch_add(&p->next, 1)) < p->n_units)
		make_unit(p, i);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: floor-link PLAN DEST [--threads 2] [--handles 1]\n");
		return 2;
	}
	struct plan p = read_plan(argv[1]);
	unsigned threads = (unsigned)floor_option(argc, argv, "threads", 2);
	int64_t began = floor_now();

	p.handles = floor_option(argc, argv, "handles", 1);
	if (mkdir(argv[2], 0755) < 0)
		floor_die(argv[2]);
	p.dest = open_dir(AT_FDCWD, argv[2]);
	make_unit(&p, p.next++);
	floor_threads(threads, work, &p);
	floor_say(began, p.n_entries, 0);
	return 0;
}
