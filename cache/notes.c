/* SPDX-License-Identifier: MIT */
#include "cache/notes.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/checksum.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"

#include <string.h>

/* The file: checksum of the rest, path of the project with its NUL, text. */
#define SUM_SIZE sizeof(uint64_t)

static const char *path_of(struct arena *a, const char *cache, const char *project)
{
	uint64_t h = checksum64(project, strlen(project), 0);

	return arena_printf(a, "%s/_lode/v1/projects/%02x/%014llx", cache, (unsigned)(h >> 56),
			    (unsigned long long)(h & 0xffffffffffffff));
}

bool note_load(struct arena *a, const char *cache, const char *project, struct str *out)
{
	struct err ignored = ERR_INIT;
	size_t n = strlen(project) + 1;
	uint64_t sum;
	struct str s;

	if (fs_read_if(a, path_of(a, cache, project), NOTE_MAX, &s, &ignored) < 0 || s.len < SUM_SIZE + n)
		return false;
	memcpy(&sum, s.ptr, SUM_SIZE);
	s = str_skip(s, SUM_SIZE);
	if (checksum64(s.ptr, s.len, 0) != sum || memcmp(s.ptr, project, n) != 0)
		return false;
	*out = str_skip(s, n);
	return true;
}

void note_save(struct arena *a, const char *cache, const char *project, struct str text)
{
	const char *path = path_of(a, cache, project);
	struct err ignored = ERR_INIT;
	struct buf b = BUF_INIT(NOTE_MAX);
	uint64_t sum = 0;

	buf_add(&b, &sum, SUM_SIZE);
	buf_add(&b, project, strlen(project) + 1);
	buf_addstr(&b, text);
	if (!b.failed && fs_mkdirs(path_dir(a, path), &ignored) == 0) {
		sum = checksum64(b.ptr + SUM_SIZE, b.len - SUM_SIZE, 0);
		memcpy(b.ptr, &sum, SUM_SIZE);
		if (fs_write(path, buf_str(&b), 0600, &ignored) < 0)
			err_clear(&ignored);
	}
	buf_release(&b);
}
