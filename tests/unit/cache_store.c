/* SPDX-License-Identifier: MIT */
#include "tests/unit/cache_tarballs.h"
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "cache/cache.h"
#include "cache/entries.h"
#include "cache/paths.h"
#include "cache/store.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct tar_part parts[] = {
	{.name = "package/package.json", .data = "{\"name\":\"x\",\"version\":\"1.0.0\",\"bin\":\"./bin/x.js\",\"scripts\":{\"inst\\u0061ll\":\"i\"},"
						 "\"license\" : {\"type\":\"MIT\"}, \"workspaces\":[\"a/*\"]}"},
	{.name = "package/bin/x.js", .data = "#!/usr/bin/env node\n"},
	{.name = "package/lib/a.js", .data = "module.exports = 1\n"},
	{.name = "package/empty/", .type = '5'},
};

static struct str make_tarball(void)
{
	struct buf out = BUF_INIT(1 << 20);
	struct str s;

	tar_put(&out, parts, ARRAY_LEN(parts));
	tar_finish(&out);
	s = (struct str){str_dup(test_arena(), buf_str(&out)), out.len};
	buf_release(&out);
	return s;
}

static struct cache *fresh_cache(const char *name)
{
	struct cache_options opts = {.dir = path_join(test_arena(), test_dir(), name)};
	struct err err = ERR_INIT;
	struct cache *c = cache_open(test_arena(), &opts, &err);

	CHECK(c != NULL);
	return c;
}

static struct store_package *fill(struct cache *c, const char *integrity, const char *shasum)
{
	struct store_source src = {.tarball = make_tarball(), .integrity = integrity, .shasum = shasum, .what = "x@1.0.0"};
	struct store_package *p;
	struct err err = ERR_INIT;

	if (store_fill(test_arena(), c, &src, &p, &err) < 0)
		test_fail(__FILE__, __LINE__, "%s", err.text);
	return p;
}

static const char *sha512(void)
{
	struct str t = make_tarball();

	return digest_sri(test_arena(), DIGEST_SHA512, t.ptr, t.len);
}

static const char *text_of(const char *dir, const char *name)
{
	struct err err = ERR_INIT;
	struct str text;

	return fs_read_if(test_arena(), path_join(test_arena(), dir, name), 1 << 20, &text, &err) == 0 ? text.ptr : NULL;
}

TEST(store_tells_what_lockfiles_record)
{
	struct cache *c = fresh_cache("recorded");
	const char *recorded = "{\"license\":{\"type\":\"MIT\"},\"workspaces\":[\"a/*\"]}";

	CHECK_STR(fill(c, NULL, NULL)->recorded, recorded);
	CHECK_STR(store_find(test_arena(), c, sha512())->recorded, recorded);
	cache_close(c);
}

TEST(store_fills_and_links)
{
	struct cache *c = fresh_cache("fill");
	struct store_package *p = fill(c, sha512(), NULL), *again;
	const char *dest = path_join(test_arena(), test_dir(), "fill/linked");
	struct err err = ERR_INIT;
	struct fs_stat st;

	CHECK_STR(p->integrity, sha512());
	CHECK_STR(p->name, "x");
	CHECK_INT(p->n_files, 3);
	CHECK(p->has_install_script && p->has_package_json && !p->has_bundled && !p->has_binding_gyp);
	CHECK_INT(store_link(c, p, dest, STORE_LINK, &err), STORE_OK);
	CHECK_STR(text_of(dest, "lib/a.js"), "module.exports = 1\n");
	st = fs_lstat(path_join(test_arena(), dest, "bin/x.js"));
	CHECK(st.nlink == 2 && (st.mode & 0111) == 0111);
	CHECK(fs_lstat(path_join(test_arena(), dest, "empty")).kind == FS_DIR);
	again = store_find(test_arena(), c, sha512());
	CHECK(again && again->n_entries == p->n_entries && store_has(c, sha512()));
	CHECK(!store_find(test_arena(), c, "sha512-AAAA"));
	cache_close(c);
}

TEST(store_copies_for_scripts)
{
	struct cache *c = fresh_cache("copy");
	const char *dest = path_join(test_arena(), test_dir(), "copy/linked");
	struct err err = ERR_INIT;

	CHECK_INT(store_link(c, fill(c, NULL, NULL), dest, STORE_COPY, &err), STORE_OK);
	CHECK_INT(fs_lstat(path_join(test_arena(), dest, "lib/a.js")).nlink, 1);
	CHECK_STR(text_of(dest, "lib/a.js"), "module.exports = 1\n");
	CHECK((fs_lstat(path_join(test_arena(), dest, "bin/x.js")).mode & 0111) == 0111);
	cache_close(c);
}

TEST(store_refuses_what_does_not_match)
{
	struct cache *c = fresh_cache("refuse");
	struct store_source src = {.tarball = make_tarball(), .integrity = "sha512-" "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", .what = "x@1.0.0"};
	struct store_package *p;
	struct err err = ERR_INIT;

	CHECK_INT(store_fill(test_arena(), c, &src, &p, &err), -1);
	CHECK_INT(err.code, ERR_EINTEGRITY);
	err_clear(&err);
	src.integrity = "";
	src.shasum = "0000000000000000000000000000000000000000";
	CHECK_INT(store_fill(test_arena(), c, &src, &p, &err), -1);
	CHECK_INT(err.code, ERR_EINTEGRITY);
	CHECK(!store_has(c, sha512()));
	cache_close(c);
}

TEST(store_knows_a_tarball_by_its_sha1_too)
{
	struct cache *c = fresh_cache("alias");
	struct str t = make_tarball();
	const char *sha1 = digest_sri(test_arena(), DIGEST_SHA1, t.ptr, t.len);
	char hex[DIGEST_HEX_MAX];

	CHECK(!store_find(test_arena(), c, sha1));
	digest_hex(DIGEST_SHA1, t.ptr, t.len, hex);
	fill(c, NULL, hex);
	CHECK(store_find(test_arena(), c, sha1) != NULL);
	cache_close(c);
}

static void spoil(const char *path)
{
	struct err err = ERR_INIT;
	struct str text;
	char *copy;
	int fd;

	CHECK(fs_read(test_arena(), path, 1 << 20, &text, &err) == 0);
	copy = arena_strndup(test_arena(), text.ptr, text.len);
	copy[text.len / 2] ^= 0x40;
	/* in place, as someone who writes through a link would */
	fd = open(path, O_WRONLY);
	CHECK(fd >= 0 && write(fd, copy, text.len) == (ssize_t)text.len);
	close(fd);
}

TEST(store_never_links_what_was_changed)
{
	struct cache *c = fresh_cache("changed");
	struct store_package *p = fill(c, sha512(), NULL);
	const char *dest = path_join(test_arena(), test_dir(), "changed/linked");
	struct err err = ERR_INIT;

	CHECK(p->is_new);
	p = store_find(test_arena(), c, sha512());
	CHECK(!p->is_new);
	usleep(20000);
	spoil(path_join(test_arena(), p->dir, "lib/a.js"));
	CHECK_INT(store_link(c, p, dest, STORE_LINK, &err), STORE_GONE);
	CHECK(!fs_exists(dest) && !store_find(test_arena(), c, sha512()));
	/* the tarball gives it back */
	CHECK_INT(store_get(test_arena(), c, sha512(), &p, &err), 0);
	CHECK(p != NULL);
	CHECK_INT(store_link(c, p, dest, STORE_LINK, &err), STORE_OK);
	CHECK_STR(text_of(dest, "lib/a.js"), "module.exports = 1\n");
	cache_close(c);
}

TEST(store_notices_that_what_it_just_made_is_gone)
{
	struct cache *c = fresh_cache("cleaned");
	struct store_package *p = fill(c, sha512(), NULL);
	const char *dest = path_join(test_arena(), test_dir(), "cleaned/linked");
	struct err err = ERR_INIT;

	CHECK(unlink(path_join(test_arena(), p->dir, "lib/a.js")) == 0);
	CHECK_INT(store_link(c, p, dest, STORE_LINK, &err), STORE_GONE);
	CHECK(!fs_exists(dest));
	cache_close(c);
}

TEST(store_takes_a_touched_file_after_a_look)
{
	struct cache *c = fresh_cache("touched");
	struct store_package *p;
	const char *dest = path_join(test_arena(), test_dir(), "touched/linked");
	struct err err = ERR_INIT;

	fill(c, sha512(), NULL);
	p = store_find(test_arena(), c, sha512());
	usleep(20000);
	CHECK(utimensat(AT_FDCWD, path_join(test_arena(), p->dir, "lib/a.js"), NULL, 0) == 0);
	CHECK_INT(store_link(c, p, dest, STORE_LINK, &err), STORE_OK);
	CHECK(fs_lstat(path_join(test_arena(), dest, "lib/a.js")).mtime_ns <= p->sealed_ns);
	cache_close(c);
}

TEST(store_drops_a_damaged_tarball_and_index)
{
	struct cache *c = fresh_cache("damaged");
	struct store_package *p = fill(c, sha512(), NULL);
	struct str t = make_tarball(), got;
	struct err err = ERR_INIT;
	char hex[DIGEST_HEX_MAX];

	digest_hex(DIGEST_SHA512, t.ptr, t.len, hex);
	CHECK(store_tarball(test_arena(), c, sha512(), &got, &err) == 0 && str_eq(got, t));
	spoil(arena_printf(test_arena(), "%s/v1/tarballs/%.2s/%s", cache_dir(c), hex, hex + 2));
	CHECK(store_tarball(test_arena(), c, sha512(), &got, &err) == 0 && !got.ptr);
	CHECK(store_find(test_arena(), c, sha512()) != NULL);
	spoil(path_join(test_arena(), p->dir, "../index"));
	CHECK(!store_find(test_arena(), c, sha512()));
	CHECK(store_get(test_arena(), c, sha512(), &p, &err) == 0 && !p);
	cache_close(c);
}

TEST(store_reads_npms_cache)
{
	struct cache *c = fresh_cache("npm");
	struct str t = make_tarball();
	struct err err = ERR_INIT;
	struct store_package *p;
	char hex[DIGEST_HEX_MAX];
	const char *path;

	digest_hex(DIGEST_SHA512, t.ptr, t.len, hex);
	path = arena_printf(test_arena(), "%s/npm/_cacache/content-v2/sha512/%.2s/%.2s/%s", test_dir(), hex, hex + 2, hex + 4);
	CHECK(fs_mkdirs(path_dir(test_arena(), path), &err) == 0 && fs_write(path, t, 0644, &err) == 0);
	CHECK(store_has(c, sha512()));
	CHECK(store_get(test_arena(), c, sha512(), &p, &err) == 0 && p);
	spoil(path);
	CHECK(store_find(test_arena(), c, sha512()) != NULL);
	cache_close(c);
	c = fresh_cache("npm2");
	CHECK(store_get(test_arena(), c, sha512(), &p, &err) == 0 && !p);
	cache_close(c);
}

TEST(store_works_without_a_place)
{
	struct cache_options opts = {.dir = "/proc/nope/cache"};
	struct err err = ERR_INIT;
	struct cache *c = cache_open(test_arena(), &opts, &err);
	const char *dest = path_join(test_arena(), test_dir(), "noplace");
	struct store_package *p = fill(c, sha512(), NULL);

	CHECK(cache_problem(c) != NULL);
	CHECK_INT(store_link(c, p, dest, STORE_LINK, &err), STORE_OK);
	cache_close(c);
	CHECK(!fs_exists(p->dir));
}

TEST(store_own_file_cuts_the_link)
{
	struct cache *c = fresh_cache("own");
	struct store_package *p = fill(c, sha512(), NULL);
	const char *dest = path_join(test_arena(), test_dir(), "own/linked"), *file = path_join(test_arena(), dest, "lib/a.js");
	struct err err = ERR_INIT;

	CHECK_INT(store_link(c, p, dest, STORE_LINK, &err), STORE_OK);
	CHECK_INT(store_own_file(file, 0755, &err), 0);
	CHECK(fs_lstat(file).nlink == 1 && fs_lstat(file).mode == 0755);
	CHECK_INT(fs_lstat(path_join(test_arena(), p->dir, "lib/a.js")).mode & 0111, 0);
	CHECK_INT(store_own_file(file, 0644, &err), 0);
	CHECK_INT(fs_lstat(file).mode, 0644);
	cache_close(c);
}

TEST(entries_are_found_by_their_key)
{
	struct cache *c = fresh_cache("entries");

	CHECK_STR(entries_find(test_arena(), c, "http://localhost/x.tgz"), NULL);
	entries_put(c, "http://localhost/x.tgz", "sha512-x");
	CHECK_STR(entries_find(test_arena(), c, "http://localhost/x.tgz"), "sha512-x");
	CHECK_STR(entries_find(test_arena(), c, "http://localhost/y.tgz"), NULL);
	cache_close(c);
}

/* Two workers find out at once that the place is full: what both were at goes into the private folder. */
TEST(store_goes_on_elsewhere_for_every_thread_that_finds_no_room)
{
	struct cache *c = fresh_cache("cache");
	struct err full = ERR_INIT, other = ERR_INIT, err = ERR_INIT;
	const char *root = cache_writable(c, &err);

	err_set(&full, ERR_ENOSPC, "no room");
	err_set(&other, ERR_EINTEGRITY, "not the place's fault");
	CHECK(!cache_give_up(c, &other));
	CHECK_STR(cache_writable(c, &err), root);
	CHECK(cache_give_up(c, &full));
	CHECK(cache_give_up(c, &full));
	CHECK(!cache_give_up(c, &other));
	CHECK(!streq(cache_writable(c, &err), root));
	cache_close(c);
}
