/* SPDX-License-Identifier: MIT */
#include "tests/unit/cache_tarballs.h"
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/vec.h"
#include "cache/cache.h"
#include "cache/care.h"
#include "cache/entries.h"
#include "cache/packuments.h"
#include "cache/store.h"
#include "resolver/packument.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct tar_part parts[] = {
	{.name = "package/package.json", .data = "{\"name\":\"x\",\"version\":\"1.0.0\"}"},
	{.name = "package/index.js", .data = "module.exports = 'a text of some length'\n"},
};

static struct store_package *fill(struct cache *c)
{
	struct buf tar = BUF_INIT(1 << 20);
	struct store_source src = {.shasum = NULL, .what = "x@1.0.0"};
	struct store_package *p;
	struct err err = ERR_INIT;
	int ret;

	tar_put(&tar, parts, ARRAY_LEN(parts));
	tar_finish(&tar);
	src.tarball = buf_str(&tar);
	ret = store_fill(test_arena(), c, &src, &p, &err);
	buf_release(&tar);
	CHECK(ret == 0);
	return p;
}

static void save_packument(struct cache *c, bool full)
{
	struct packument_meta meta = {.url = "http://localhost/x", .full = full, .max_age = -1};
	struct buf block = BUF_INIT(1 << 20);
	struct err err = ERR_INIT;

	CHECK(packument_index(&block, STR("{\"name\":\"x\",\"versions\":{\"1.0.0\":{\"name\":\"x\"}}}"), &meta, "x", &err) == 0);
	packuments_save(c, block.ptr, block.len);
	buf_release(&block);
}

static struct cache *full_cache(const char *name)
{
	struct cache_options opts = {.dir = path_join(test_arena(), test_dir(), name)};
	struct err err = ERR_INIT;
	struct cache *c = cache_open(test_arena(), &opts, &err);
	struct store_package *p = fill(c);

	save_packument(c, false);
	entries_put(c, "http://localhost/x.tgz", p->integrity);
	return c;
}

static struct care_report verify(struct cache *c)
{
	struct care_report r;
	struct err err = ERR_INIT;
	struct vec lines;

	vec_init(&lines, test_arena());
	CHECK(care_verify(test_arena(), c, &r, &lines, &err) == 0);
	CHECK_INT(lines.count, r.bad_tarballs + r.bad_packages + r.bad_packuments + r.bad_entries);
	return r;
}

/* Every regular file below dir, one byte of it changed. */
static unsigned spoil_all(const char *dir)
{
	struct err err = ERR_INIT;
	struct vec names;
	unsigned n = 0;

	vec_init(&names, test_arena());
	CHECK(fs_list(test_arena(), dir, &names, &err) == 0);
	for (size_t i = 0; i < names.count; i++) {
		const char *path = path_join(test_arena(), dir, VEC_AT(&names, const char, i));
		struct fs_stat st = fs_lstat(path);
		struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {st.mtime_ns / 1000000000, st.mtime_ns % 1000000000}};
		int fd = st.kind == FS_FILE ? open(path, O_RDWR) : -1;
		char byte;

		if (st.kind == FS_DIR)
			n += spoil_all(path);
		if (fd < 0)
			continue;
		CHECK(pread(fd, &byte, 1, (off_t)st.size / 2) == 1);
		byte ^= 1;
		CHECK(pwrite(fd, &byte, 1, (off_t)st.size / 2) == 1 && futimens(fd, times) == 0);
		close(fd);
		n++;
	}
	return n;
}

TEST(care_verify_finds_nothing_in_a_good_cache)
{
	struct cache *c = full_cache("good");
	struct care_report r = verify(c);

	CHECK(r.tarballs == 1 && r.packages == 1 && r.files == 2 && r.packuments == 1 && r.entries == 1);
	CHECK_INT(r.bad_tarballs + r.bad_packages + r.bad_packuments + r.bad_entries, 0);
	cache_close(c);
}

TEST(care_verify_drops_flipped_bits)
{
	struct cache *c = full_cache("flipped");
	struct care_report r;

	CHECK_INT(spoil_all(cache_dir(c)), 6);
	r = verify(c);
	CHECK(r.bad_tarballs == 1 && r.bad_packages == 1 && r.bad_packuments == 1 && r.bad_entries == 1);
	r = verify(c);
	CHECK_INT(r.tarballs + r.packages + r.packuments + r.entries + r.bad_tarballs + r.bad_packages, 0);
	cache_close(c);
}

TEST(care_verify_finds_one_flipped_bit_in_an_unpacked_file)
{
	struct cache *c = full_cache("one");
	struct store_package *p = fill(c);
	struct care_report r;

	CHECK(p && spoil_all(p->dir) == 2);
	r = verify(c);
	CHECK(r.bad_packages == 1 && r.bad_tarballs == 0 && r.tarballs == 1);
	cache_close(c);
}

TEST(care_prune_goes_by_use)
{
	struct cache *c = full_cache("prune");
	struct timespec long_ago[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
	struct care_report r;
	struct err err = ERR_INIT;

	CHECK(care_prune(test_arena(), c, 30, &r, &err) == 0 && r.dropped == 0);
	CHECK(utimensat(AT_FDCWD, path_join(test_arena(), fill(c)->dir, "../index"), long_ago, 0) == 0);
	CHECK(care_prune(test_arena(), c, 30, &r, &err) == 0 && r.dropped == 1 && r.freed > 0);
	CHECK(verify(c).packages == 0);
	cache_close(c);
}

TEST(care_list_and_clean)
{
	struct cache *c = full_cache("list");
	struct err err = ERR_INIT;
	struct vec items;

	vec_init(&items, test_arena());
	CHECK(care_list(test_arena(), c, &items, &err) == 0);
	CHECK_INT(items.count, 4);
	CHECK_STR(VEC_AT(&items, struct care_item, 0)->name, "x@1.0.0");
	CHECK_STR(VEC_AT(&items, struct care_item, 2)->name, "http://localhost/x");
	CHECK(care_clean(test_arena(), c, &err) == 0 && !fs_exists(cache_dir(c)));
	CHECK(care_clean(test_arena(), c, &err) == 0);
	CHECK(fill(c) != NULL);
	cache_close(c);
}

TEST(packuments_are_kept_by_url_and_kind)
{
	struct cache *c = full_cache("packuments");
	struct packument p;
	struct err err = ERR_INIT;

	CHECK(packuments_load(c, "http://localhost/x", false, &p) && !p.meta.full && p.n_versions == 1);
	CHECK(p.meta.fetched_at > 0);
	packuments_touch(c, p.meta.url, p.meta.full);
	packuments_close(&p);
	CHECK(!packuments_load(c, "http://localhost/x", true, &p));
	CHECK(!packuments_load(c, "http://localhost/y", false, &p));
	save_packument(c, true);
	CHECK(packuments_load(c, "http://localhost/x", true, &p) && p.meta.full);
	packuments_close(&p);
	CHECK(care_clean(test_arena(), c, &err) == 0);
	CHECK(!packuments_load(c, "http://localhost/x", false, &p));
	cache_close(c);
}
