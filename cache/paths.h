/* SPDX-License-Identifier: MIT
 *
 * Inside this room: where things are, how they get there in one step, how files are looked at.
 */
#pragma once

#include "base/arena.h"
#include "base/base.h"
#include "base/digest.h"
#include "base/str.h"

#include <pthread.h>

struct cache;
struct err;
struct vec;

struct cache {
	struct arena own;		/* under the lock: the opener's arena belongs to the opener's thread */
	const char *dir;		/* <cache>/_lode */
	const char *root;		/* <cache>/_lode/v1 */
	const char *npm;		/* npm's content-v2; NULL: not to be looked at */
	const char *packages;		/* name of the folder of packages: depends on the umask */
	uint32_t umask;
	bool note_use;
	pthread_mutex_t lock;
	const char *writable;		/* root or scratch, once something was to be written */
	const char *scratch;		/* private folder; NULL while root will do */
	const char *problem;
};

/* Roots to look into, root first; returns how many (1 or 2). */
size_t cache_roots(struct cache *c, const char *roots[2]);
/* The root new things go to, with its tmp/ made. NULL with err when there is none. */
const char *cache_writable(struct cache *c, struct err *err) MUST_USE;
/* Writing failed for a reason that lies in the place: goes on in a private folder, where another thread may have gone already, and
 * once more is worth trying. False when there is none, or the reason is another. */
bool cache_give_up(struct cache *c, const struct err *why);

/* <root>/<kind>/ab/cdef… */
const char *cache_path(struct arena *a, const char *root, const char *kind, const char *hex);
/* A new name under the writable root's tmp/. */
const char *cache_tmp(struct arena *a, const char *root);
/* Renames what was made, making dest's parents; a directory that is there already stays and is 1, else 0; -1 on error. */
int cache_publish(struct arena *a, const char *made, const char *dest, struct err *err) MUST_USE;
/* Writes a file and publishes it. */
int cache_put_file(struct cache *c, const char *kind, const char *hex, struct str data, struct err *err) MUST_USE;
/* Takes away what is damaged: renamed aside first, so that nobody finds half of it. */
void cache_drop(struct cache *c, const char *path);

/* A file's bytes, mapped; ptr NULL and false when it cannot be. An empty file is ("", 0). */
bool file_map(const char *path, struct str *out);
/* The same, with when it was last changed or touched (ns). */
bool file_map_timed(const char *path, struct str *out, int64_t *mtime_ns);
void file_unmap(struct str bytes);
/* Gives back the memory of a mapped file until it is looked at again. */
void file_rest(struct str bytes);
/* The checksum of an open file that must be of this size. */
bool file_checksum(int fd, uint64_t size, uint64_t *sum);

/* The sha512 (hexadecimal) of every tarball the integrity may mean: a vec of const char *, empty when it says nothing. */
void integrity_keys(struct arena *a, struct cache *c, const char *integrity, struct vec *keys);
/* "sha512-…" of a key. */
const char *integrity_of_key(struct arena *a, const char *hex);
/* Remembers which tarball has a weaker digest. */
void integrity_put_alias(struct cache *c, const char *integrity, const char *key);
