/* SPDX-License-Identifier: MIT */
#include "tests/unit/cache_tarballs.h"
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/checksum.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/vec.h"
#include "cache/extract.h"
#include "cache/store.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct unpacked {
	const char *dir;
	struct extract_result result;
	struct err err;
	int ret;
};

static struct unpacked unpack_bytes(struct str bytes, bool keep_gitignore)
{
	static unsigned count;
	struct unpacked u = {.dir = arena_printf(test_arena(), "%s/x%u/in", test_dir(), count++)};
	struct extract_options opts = {.what = "x", .max_unpacked = 1 << 20, .umask = 022, .keep_gitignore = keep_gitignore};

	CHECK(fs_mkdirs(u.dir, &u.err) == 0);
	opts.dirfd = open(u.dir, O_RDONLY | O_DIRECTORY);
	u.ret = extract_tarball(test_arena(), bytes, &opts, &u.result, &u.err);
	close(opts.dirfd);
	return u;
}

static struct unpacked unpack_parts(const struct tar_part *parts, size_t n, bool keep_gitignore)
{
	struct buf tar = BUF_INIT(1 << 20);
	struct unpacked u;

	tar_put(&tar, parts, n);
	tar_finish(&tar);
	u = unpack_bytes(buf_str(&tar), keep_gitignore);
	buf_release(&tar);
	return u;
}

#define UNPACK(...)                                                                                                    \
	unpack_parts((const struct tar_part[]){__VA_ARGS__}, ARRAY_LEN(((const struct tar_part[]){__VA_ARGS__})), false)

/* All paths below dir, directories with a slash, in order; with their contents when they are files. */
static void add_tree(struct buf *out, const char *dir, const char *prefix)
{
	struct err err = ERR_INIT;
	struct vec names;

	vec_init(&names, test_arena());
	CHECK(fs_list(test_arena(), dir, &names, &err) == 0);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = VEC_AT(&names, const char, i), *path = path_join(test_arena(), dir, name);
		struct str text;

		if (fs_lstat(path).kind == FS_DIR) {
			buf_printf(out, "%s%s/ ", prefix, name);
			add_tree(out, path, arena_printf(test_arena(), "%s%s/", prefix, name));
		} else {
			CHECK(fs_lstat(path).kind == FS_FILE && fs_read(test_arena(), path, 100, &text, &err) == 0);
			buf_printf(out, "%s%s=%.*s ", prefix, name, STR_ARGS(text));
		}
	}
}

/* The tree around the package is looked at too: what escapes is seen. */
static const char *tree(const struct unpacked *u)
{
	struct buf out = BUF_INIT(10000);
	const char *text;

	CHECK(u->ret == 0);
	add_tree(&out, path_dir(test_arena(), u->dir), "");
	text = buf_dup(test_arena(), &out);
	buf_release(&out);
	return text;
}

TEST(extract_strips_one_component_whatever_it_is)
{
	struct unpacked u = UNPACK({.name = "package/a", .data = "1"}, {.name = "other/lib/b", .data = "2"}, {.name = "./package/c", .data = "3"},
				   {.name = "package//d//e", .data = "4"}, {.name = "package/./f", .data = "5"}, {.name = "loose", .data = "6"});

	CHECK_STR(tree(&u), "in/ in/a=1 in/d/ in/d/e=4 in/f=5 in/lib/ in/lib/b=2 in/package/ in/package/c=3 ");
	CHECK_INT(u.result.passed_over, 1);
	CHECK_INT(u.result.n_files, 5);
}

TEST(extract_never_leaves_the_package)
{
	struct unpacked u = UNPACK({.name = "package/../../up", .data = "1"}, {.name = "../../up", .data = "2"}, {.name = "package/a/../../../up", .data = "3"},
				   {.name = "/tmp/up", .data = "4"}, {.name = "package//up", .data = "5"}, {.name = "package/..", .data = "6"},
				   {.name = "package/..\\up", .data = "7"}, {.name = "package/c:../up", .data = "8"}, {.name = "package/..", .type = '5', .mode = 0777},
				   {.name = "package/c:/d:/odd", .data = "9"});

	CHECK_STR(tree(&u), "in/ in/odd=9 in/tmp/ in/tmp/up=4 in/up=5 ");
}

TEST(extract_drops_links_and_devices)
{
	struct unpacked u = UNPACK({.name = "package/l", .type = '2', .link = "/etc"}, {.name = "package/l/x", .data = "1"},
				   {.name = "package/h", .type = '1', .link = "package/l/x"}, {.name = "package/c", .type = '3'}, {.name = "package/p", .type = '6'},
				   {.name = "package", .type = '2', .link = "/tmp"});

	CHECK_STR(tree(&u), "in/ in/l/ in/l/x=1 ");
}

TEST(extract_settles_clashes_as_npm_does)
{
	struct unpacked u = UNPACK({.name = "package/a", .data = "first", .mode = 0755}, {.name = "package/a", .data = "2"}, {.name = "package/f", .data = "f"},
				   {.name = "package/f/x", .data = "x"}, {.name = "package/g", .data = "g"}, {.name = "package/g", .type = '5'}, {.name = "package/g/x", .data = "x"},
				   {.name = "package/d/x", .data = "x"}, {.name = "package/d", .data = "d"}, {.name = "package/e", .type = '5'}, {.name = "package/e", .data = "e"},
				   {.name = "package/A", .data = "big"});

	CHECK_STR(tree(&u), "in/ in/A=big in/a=2 in/d/ in/d/x=x in/e=e in/f=f in/g/ in/g/x=x ");
	CHECK_INT(fs_lstat(path_join(test_arena(), u.dir, "a")).mode, 0755);
	CHECK_INT(u.result.n_files, 6);
}

TEST(extract_gives_npms_modes)
{
	struct unpacked u = UNPACK({.name = "package/none", .mode = 01000}, {.name = "package/suid", .mode = 06777}, {.name = "package/run", .mode = 0500},
				   {.name = "package/open", .mode = 0666}, {.name = "package/dir", .type = '5', .mode = 01000},
				   {.name = "package/package.json", .data = "{\"bin\":{\"x\":\"./tool.js\",\"y\":\"../../up\",\"z\":5}}"}, {.name = "package/tool.js"});
	static const struct {
		const char *name;
		uint32_t mode;
	} want[] = {{"none", 0644}, {"suid", 0755}, {"run", 0744}, {"open", 0644}, {"dir", 0755}, {"tool.js", 0755}};

	CHECK(u.ret == 0);
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		CHECK_INT(fs_lstat(path_join(test_arena(), u.dir, want[i].name)).mode, want[i].mode);
	for (uint32_t i = 0; i < u.result.n_entries; i++)
		CHECK_INT(fs_lstat(path_join(test_arena(), u.dir, u.result.entries[i].path)).mode, u.result.entries[i].mode);
	CHECK(str_starts(u.result.package_json, "{\"bin\""));
}

TEST(extract_renames_gitignore)
{
	static const struct tar_part parts[] = {{.name = "package/.gitignore", .data = "1"}, {.name = "package/a/.npmignore", .data = "2"}, {.name = "package/a/.gitignore", .data = "3"},
						{.name = "package/b/.gitignore", .data = "4"}, {.name = "package/b/.npmignore", .data = "5"}};
	struct unpacked u = unpack_parts(parts, ARRAY_LEN(parts), false);

	CHECK_STR(tree(&u), "in/ in/.npmignore=1 in/a/ in/a/.npmignore=2 in/b/ in/b/.npmignore=5 ");
	u = unpack_parts(parts, ARRAY_LEN(parts), true);
	CHECK_STR(tree(&u), "in/ in/.gitignore=1 in/a/ in/a/.gitignore=3 in/a/.npmignore=2 in/b/ in/b/.gitignore=4 in/b/.npmignore=5 ");
}

TEST(extract_refuses_what_is_no_archive)
{
	static const char *const bad[] = {"", "<html>portal</html>", "\x1f\x8b\x08"};
	struct buf tar = BUF_INIT(4 << 20);
	struct unpacked u;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_INT(unpack_bytes(str_from(bad[i]), false).ret, -1);
	tar_put(&tar, (const struct tar_part[]){{.name = "package/a", .data = "some text"}}, 1);
	CHECK_INT(unpack_bytes((struct str){tar.ptr, 512 + 4}, false).ret, -1);
	/* without the blocks that end it, it will do */
	CHECK_INT(unpack_bytes(buf_str(&tar), false).ret, 0);
	buf_clear(&tar);
	buf_repeat(&tar, 'x', 2 << 20);
	buf_addc(&tar, '\0');
	u = UNPACK({.name = "package/big", .data = tar.ptr});
	CHECK(u.ret == -1 && u.err.code != ERR_OK);
	buf_release(&tar);
}

TEST(extract_takes_large_tarballs_piece_by_piece)
{
	struct buf tar = BUF_INIT(2 << 20), gz = BUF_INIT(2 << 20), text = BUF_INIT(1 << 20);
	struct str got = STR_NULL;
	struct unpacked u;

	for (uint32_t i = 0; text.len < 700000; i++)
		buf_printf(&text, "%u ", i);
	tar_put(&tar, (const struct tar_part[]){{.name = "package/a", .data = text.ptr}, {.name = "package/package.json", .data = "{}"}}, 2);
	tar_finish(&tar);
	tar_gzip(&gz, buf_str(&tar));
	u = unpack_bytes(buf_str(&gz), false);
	CHECK_INT(u.ret, 0);
	CHECK(u.result.n_files == 2 && str_is(u.result.package_json, "{}"));
	CHECK(u.result.entries[0].size == text.len && u.result.entries[0].checksum == checksum64(text.ptr, text.len, 0));
	CHECK(fs_read(test_arena(), path_join(test_arena(), u.dir, "a"), 1 << 20, &got, &u.err) == 0 && str_eq(got, buf_str(&text)));
	/* Cut short, in the contents and in what says that they are whole; and with another sum. */
	CHECK_INT(unpack_bytes((struct str){gz.ptr, 300000}, false).ret, -1);
	CHECK_INT(unpack_bytes((struct str){gz.ptr, gz.len - 1}, false).ret, -1);
	gz.ptr[gz.len - 8] ^= 1;
	u = unpack_bytes(buf_str(&gz), false);
	CHECK(u.ret == -1 && u.err.code == ERR_ETARABORT);
	buf_release(&text);
	buf_release(&gz);
	buf_release(&tar);
}

TEST(extract_takes_names_in_any_alphabet)
{
	struct unpacked u = UNPACK({.name = "package/\xe6\x97\xa5.js", .data = "1"}, {.name = "package/\xff\xfe.js", .data = "2"});

	CHECK_STR(tree(&u), "in/ in/\xe6\x97\xa5.js=1 in/\xff\xfe.js=2 ");
}
