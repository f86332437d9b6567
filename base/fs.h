/* SPDX-License-Identifier: MIT
 *
 * The file system: whole files in and out, directories, links; all errors carry the path.
 * Everything is written as a new file and renamed over the old one, so that a reader or a kill sees either.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct vec;

#define FS_MAX_FILE ((size_t)1 << 30)

enum fs_kind { FS_NONE, FS_FILE, FS_DIR, FS_LINK, FS_OTHER };

struct fs_stat {
	enum fs_kind kind;	/* FS_NONE: nothing there */
	uint32_t mode;		/* permission bits */
	uint64_t size;
	int64_t mtime_ns;	/* since the epoch */
	int64_t ctime_ns;	/* changes with anything that changes, and cannot be set */
	uint64_t dev, ino;
	uint32_t nlink;
};

/* Whole file, at most max bytes. A missing file is ENOENT. */
int fs_read(struct arena *a, const char *path, size_t max, struct str *out, struct err *err) MUST_USE;
/* As fs_read, but a missing file gives out->ptr NULL and success. */
int fs_read_if(struct arena *a, const char *path, size_t max, struct str *out, struct err *err) MUST_USE;
/* Write through a temporary file beside it and rename. mode as for open(2); the umask applies. */
int fs_write(const char *path, struct str data, uint32_t mode, struct err *err) MUST_USE;
/* Straight to a name that nobody looks at yet and that is free; on failure nothing is left. */
int fs_write_new(const char *path, struct str data, uint32_t mode, struct err *err) MUST_USE;
/* Is a file so named the temporary one of a write of base, and is the process that was writing gone? */
bool fs_is_leftover(const char *name, const char *base);
/* As fs_write; out is what it is then, kind FS_NONE when somebody else was there in between. out may be NULL. */
int fs_write_stat(const char *path, struct str data, uint32_t mode, struct fs_stat *out, struct err *err) MUST_USE;

/* Does this machine's own clock tell the times of the file system that the open directory is on? Not so with others' (NFS, FUSE…). */
bool fs_has_own_clock(int dir);
/* Does it, from Linux 6.13 on, give finer times to what changes after it was looked at? */
bool fs_has_fine_clock(int dir);
struct fs_stat fs_lstat(const char *path);	/* never fails: FS_NONE when it cannot be seen */
struct fs_stat fs_stat(const char *path);	/* follows links */
/* Of path below an open directory; an absolute path as it is. */
struct fs_stat fs_stat_at(int dir, const char *path, bool follow);
/* For fs_stat_at; -1 when it cannot be opened. The caller closes it with fs_close_dir. */
int fs_open_dir(const char *path);
void fs_close_dir(int dir);
bool fs_exists(const char *path);		/* follows links */

int fs_mkdirs(const char *path, struct err *err) MUST_USE;			/* like mkdir -p */
int fs_remove_tree(const char *path, struct err *err) MUST_USE;			/* like rm -rf: never follows a link; missing is success */
/* Files, folders and links with their modes, like cp -a; `to` must not exist. On error it may be there in part. */
int fs_copy_tree(const char *from, const char *to, struct err *err) MUST_USE;
int fs_unlink(const char *path, struct err *err) MUST_USE;			/* missing is success */
int fs_rename(const char *from, const char *to, struct err *err) MUST_USE;
int fs_symlink(const char *target, const char *path, struct err *err) MUST_USE;	/* replaces what is there unless it is a directory */
const char *fs_readlink(struct arena *a, const char *path);			/* NULL when it is no link */
const char *fs_realpath(struct arena *a, const char *path);			/* NULL when it does not exist */
const char *fs_cwd(struct arena *a);						/* NULL when it is gone */
/* Names in a directory but for . and .., sorted by byte; a missing directory gives none and success. */
int fs_list(struct arena *a, const char *path, struct vec *names, struct err *err) MUST_USE;
/* A new private directory: prefix + random letters; its path lives in the arena. */
const char *fs_mkdtemp(struct arena *a, const char *prefix, struct err *err) MUST_USE;
