/* SPDX-License-Identifier: MIT
 *
 * The floor of an install without a cache, the other half: every tarball is inflated, hashed and written.
 *
 *	floor-unpack LIST DEST [--threads 2]
 *
 * LIST names the tarballs' files; they are read first, which does not count. DEST must not exist. The packages go into its
 * folders 0, 1, …
 */
#include "bench/floor/floor.h"

#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <openssl/sha.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 512
#define MAX_PATH 4096

struct all {
	struct text *packed;
	size_t count;
	int dest;
	atomic_size_t next, bytes, files;
};

/* What one worker keeps from tarball to tarball. */
struct desk {
	struct inflate_state inflate;
	char *buf;
	size_t cap;
};

struct entry {
	char path[MAX_PATH];
	size_t size;
	char type;
};

static size_t octal(const char *p, size_t n)
{
	size_t v = 0;

	for (size_t i = 0; i < n && p[i] && p[i] != ' '; i++)
		v = v * 8 + (size_t)(p[i] - '0');
	return v;
}

/* The uncompressed size is a gzip file's last word. */
static size_t inflate(struct desk *d, struct text packed)
{
	const unsigned char *end = (const unsigned char *)packed.ptr + packed.len;
	size_t want = (size_t)end[-4] | (size_t)end[-3] << 8 | (size_t)end[-2] << 16 | (size_t)end[-1] << 24;

	if (want > d->cap) {
		free(d->buf);
		d->cap = want * 2;
		d->buf = floor_alloc(d->cap);
	}
	isal_inflate_init(&d->inflate);
	d->inflate.crc_flag = ISAL_GZIP;
	d->inflate.next_in = (unsigned char *)packed.ptr;
	d->inflate.avail_in = (unsigned)packed.len;
	d->inflate.next_out = (unsigned char *)d->buf;
	d->inflate.avail_out = (unsigned)d->cap;
	if (isal_inflate(&d->inflate) != ISAL_DECOMP_OK || d->inflate.block_state != ISAL_BLOCK_FINISH)
		floor_die("inflate");
	return want;
}

/* `path` of a pax header, which is lines of "length key=value". */
static void pax_path(struct entry *e, const char *p, size_t n)
{
	const char *end = p + n;

	while (p < end) {
		char *rest;
		size_t len = strtoul(p, &rest, 10);

		if (!len || rest + 6 > end)
			return;
		if (!strncmp(rest, " path=", 6))
			snprintf(e->path, sizeof(e->path), "%.*s", (int)(p + len - 1 - (rest + 6)), rest + 6);
		p += len;
	}
}

static void read_header(struct entry *e, const char *p)
{
	e->size = octal(p + 124, 12);
	e->type = p[156];
	if (*e->path)
		return;		/* a pax header gave it */
	if (p[345] && !strncmp(p + 257, "ustar", 5))
		snprintf(e->path, sizeof(e->path), "%.155s/%.100s", p + 345, p);
	else
		snprintf(e->path, sizeof(e->path), "%.100s", p);
}

static void make_parents(int dir, char *path)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)!mkdirat(dir, path, 0755);
		*slash = '/';
	}
}

/* Directories are made when a file turns out to need them. */
static bool write_file(int dir, char *path, const char *p, size_t n)
{
	int fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0) {
		make_parents(dir, path);
		fd = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	}
	if (fd < 0)
		return false;	/* named twice */
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done <= 0)
			floor_die(path);
		p += done;
		n -= (size_t)done;
	}
	close(fd);
	return true;
}

static size_t untar(int dir, const char *p, size_t n)
{
	struct entry e = {0};
	size_t at = 0, files = 0;

	while (at + BLOCK <= n && p[at]) {
		read_header(&e, p + at);
		at += BLOCK;
		if (e.size > n - at)
			floor_die("tar");
		char *path = strchr(e.path, '/');
		if (e.type == 'x') {
			*e.path = '\0';
			pax_path(&e, p + at, e.size);
		} else if (e.type == 'L') {
			snprintf(e.path, sizeof(e.path), "%.*s", (int)e.size, p + at);
		} else {
			if ((e.type == '0' || !e.type) && path && path[1])
				files += write_file(dir, path + 1, p + at, e.size);
			*e.path = '\0';
		}
		at += (e.size + BLOCK - 1) / BLOCK * BLOCK;
	}
	return files;
}

static void unpack(struct all *all, struct desk *d, size_t i)
{
	unsigned char digest[SHA512_DIGEST_LENGTH];
	char name[24];

	SHA512((const unsigned char *)all->packed[i].ptr, all->packed[i].len, digest);
	size_t n = inflate(d, all->packed[i]);
	snprintf(name, sizeof(name), "%zu", i);
	if (mkdirat(all->dest, name, 0755) < 0)
		floor_die(name);
	int dir = openat(all->dest, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		floor_die(name);
	atomic_fetch_add(&all->files, untar(dir, d->buf, n));
	atomic_fetch_add(&all->bytes, n);
	close(dir);
}

static void work(void *ctx)
{
	struct all *all = ctx;
	struct desk d = {.buf = NULL};
	size_t i;

	while ((i = atomic_fetch_add(&all->next, 1)) < all->count)
		unpack(all, &d, i);
	free(d.buf);
}

/* The largest first, so that no worker is left alone with one at the end. */
static int by_size(const void *a, const void *b)
{
	const struct text *x = a, *y = b;

	return (x->len < y->len) - (x->len > y->len);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: floor-unpack LIST DEST [--threads 2]\n");
		return 2;
	}
	struct lines list = floor_lines(argv[1]);
	struct all all = {.packed = floor_alloc(list.count * sizeof(*all.packed)), .count = list.count};

	for (size_t i = 0; i < list.count; i++)
		all.packed[i] = floor_read(list.items[i]);
	qsort(all.packed, all.count, sizeof(*all.packed), by_size);
	int64_t began = floor_now();
	if (mkdir(argv[2], 0755) < 0)
		floor_die(argv[2]);
	all.dest = open(argv[2], O_PATH | O_DIRECTORY | O_CLOEXEC);
	floor_threads((unsigned)floor_option(argc, argv, "threads", 2), work, &all);
	floor_say(began, all.files, all.bytes);
	return 0;
}
