/* SPDX-License-Identifier: MIT */
#include "cache/packuments.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "cache/paths.h"
#include "resolver/packument.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static const char *kind_of(bool full)
{
	return full ? "packuments/full" : "packuments/short";
}

/* When it was received or last found unchanged is the file's own time: noting it changes no byte. */
static bool load_file(const char *path, const char *url, struct packument *p)
{
	struct str bytes;
	int64_t mtime_ns;

	if (!file_map_timed(path, &bytes, &mtime_ns))
		return false;
	if (packument_open(p, bytes.ptr, bytes.len) && packument_intact(p) && streq(p->meta.url, url)) {
		p->meta.fetched_at = mtime_ns / 1000000;
		return true;
	}
	file_unmap(bytes);
	return false;
}

static bool load_kind(struct cache *c, const char *url, bool full, struct packument *p)
{
	struct arena a = ARENA_INIT;
	const char *roots[2];
	size_t n = cache_roots(c, roots);
	char hex[DIGEST_HEX_MAX];
	bool found = false;

	digest_hex(DIGEST_SHA256, url, strlen(url), hex);
	/* The private folder has the newer one. */
	while (n-- > 0 && !found)
		found = load_file(cache_path(&a, roots[n], kind_of(full), hex), url, p);
	arena_release(&a);
	return found;
}

bool packuments_load(struct cache *c, const char *url, bool want_full, struct packument *p)
{
	struct packument full;
	bool has_short;

	*p = (struct packument){.n_versions = 0};
	has_short = !want_full && load_kind(c, url, false, p);
	if (!load_kind(c, url, true, &full))
		return has_short;
	/* Where both are kept, the one heard of last. */
	if (has_short && p->meta.fetched_at >= full.meta.fetched_at) {
		packuments_close(&full);
		return true;
	}
	packuments_close(p);
	*p = full;
	return true;
}

void packuments_close(struct packument *p)
{
	if (p->block)
		file_unmap((struct str){(const char *)p->block, p->size});
	*p = (struct packument){.n_versions = 0};
}

void packuments_rest(const struct packument *p)
{
	file_rest((struct str){(const char *)p->block, p->size});
}

void packuments_save(struct cache *c, const void *block, size_t size)
{
	struct err err = ERR_INIT;
	struct packument p;
	char hex[DIGEST_HEX_MAX];
	struct str bytes = {block, size};

	if (!packument_open(&p, block, size))
		return;
	digest_hex(DIGEST_SHA256, p.meta.url, strlen(p.meta.url), hex);
	if (cache_put_file(c, kind_of(p.meta.full), hex, bytes, &err) == 0 || !cache_give_up(c, &err))
		return;
	err_clear(&err);
	if (cache_put_file(c, kind_of(p.meta.full), hex, bytes, &err) < 0)
		err_clear(&err);
}

void packuments_touch(struct cache *c, const char *url, bool full)
{
	struct arena a = ARENA_INIT;
	const char *roots[2];
	size_t n = cache_roots(c, roots);
	char hex[DIGEST_HEX_MAX];

	digest_hex(DIGEST_SHA256, url, strlen(url), hex);
	for (size_t i = 0; i < n; i++)
		utimensat(AT_FDCWD, cache_path(&a, roots[i], kind_of(full), hex), NULL, AT_SYMLINK_NOFOLLOW);
	arena_release(&a);
}
