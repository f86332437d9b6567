/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/vec.h"
#include "tests/unit/test.h"

#include <sys/stat.h>
#include <unistd.h>

static const char *in_dir(const char *name)
{
	return arena_printf(test_arena(), "%s/%s", test_dir(), name);
}

TEST(fs_write_replaces_the_file_whole)
{
	struct err err = ERR_INIT;
	struct str got;

	CHECK(fs_write(in_dir("f"), STR("one"), 0644, &err) == 0);
	CHECK(fs_write(in_dir("f"), STR("two!"), 0644, &err) == 0);
	CHECK(fs_read(test_arena(), in_dir("f"), 100, &got, &err) == 0);
	CHECK_STR(got.ptr, "two!");
	CHECK(fs_read(test_arena(), in_dir("f"), 3, &got, &err) < 0);
	CHECK_INT(err.code, ERR_ETOOBIG);
}

TEST(fs_read_if_takes_a_missing_file_as_nothing)
{
	struct err err = ERR_INIT;
	struct str got;

	CHECK(fs_read_if(test_arena(), in_dir("none"), 10, &got, &err) == 0);
	CHECK(!got.ptr);
	CHECK(fs_read(test_arena(), in_dir("none"), 10, &got, &err) < 0);
	CHECK_STR(err_name(&err), "ENOENT");
}

TEST(fs_remove_tree_does_not_follow_links)
{
	struct err err = ERR_INIT;

	CHECK(fs_mkdirs(in_dir("outside"), &err) == 0);
	CHECK(fs_write(in_dir("outside/kept"), STR(""), 0644, &err) == 0);
	CHECK(fs_mkdirs(in_dir("tree/a/b"), &err) == 0);
	CHECK(fs_symlink("../../outside", in_dir("tree/a/link"), &err) == 0);
	CHECK(fs_write(in_dir("tree/a/b/f"), STR("x"), 0400, &err) == 0);
	CHECK(chmod(in_dir("tree/a/b"), 0500) == 0);
	CHECK(fs_remove_tree(in_dir("tree"), &err) == 0);
	CHECK(!fs_exists(in_dir("tree")));
	CHECK(fs_exists(in_dir("outside/kept")));
	CHECK(fs_remove_tree(in_dir("tree"), &err) == 0);
}

TEST(fs_copy_tree_keeps_links_and_modes)
{
	struct err err = ERR_INIT;
	struct str got;

	CHECK(fs_mkdirs(in_dir("from/a/empty"), &err) == 0);
	CHECK(fs_write(in_dir("from/a/run"), STR("#!"), 0755, &err) == 0);
	CHECK(chmod(in_dir("from/a/run"), 0751) == 0);
	CHECK(fs_symlink("../nowhere", in_dir("from/a/link"), &err) == 0);
	CHECK(fs_copy_tree(in_dir("from"), in_dir("to"), &err) == 0);
	CHECK(fs_read(test_arena(), in_dir("to/a/run"), 10, &got, &err) == 0);
	CHECK_STR(got.ptr, "#!");
	CHECK_INT(fs_lstat(in_dir("to/a/run")).mode, 0751);
	CHECK_INT(fs_lstat(in_dir("to/a/empty")).kind, FS_DIR);
	CHECK_STR(fs_readlink(test_arena(), in_dir("to/a/link")), "../nowhere");
	CHECK(fs_lstat(in_dir("to/a/run")).mtime_ns == fs_lstat(in_dir("from/a/run")).mtime_ns);
	CHECK(fs_copy_tree(in_dir("none"), in_dir("to2"), &err) < 0);
	CHECK_STR(err_name(&err), "ENOENT");
}

TEST(fs_symlink_replaces_a_link)
{
	struct err err = ERR_INIT;

	CHECK(fs_symlink("one", in_dir("l"), &err) == 0);
	CHECK(fs_symlink("two", in_dir("l"), &err) == 0);
	CHECK_STR(fs_readlink(test_arena(), in_dir("l")), "two");
	CHECK(fs_mkdirs(in_dir("d"), &err) == 0);
	CHECK(fs_symlink("x", in_dir("d"), &err) < 0);
}

TEST(fs_list_is_sorted_and_missing_is_empty)
{
	struct err err = ERR_INIT;
	struct vec names;

	CHECK(fs_write(in_dir("b"), STR(""), 0644, &err) == 0);
	CHECK(fs_write(in_dir("a"), STR(""), 0644, &err) == 0);
	CHECK(fs_list(test_arena(), test_dir(), &names, &err) == 0);
	CHECK_INT(names.count, 2);
	CHECK_STR(names.items[0], "a");
	CHECK(fs_list(test_arena(), in_dir("none"), &names, &err) == 0);
	CHECK_INT(names.count, 0);
}

TEST(what_was_written_is_what_is_there)
{
	const char *path = in_dir("written");
	struct err err = ERR_INIT;
	struct fs_stat st;

	CHECK(fs_write_stat(path, str_from("abc"), 0666, &st, &err) == 0);
	CHECK_INT(st.kind, FS_FILE);
	CHECK_INT(st.size, 3);
	CHECK_INT(st.ino, fs_lstat(path).ino);
	CHECK_INT(st.ctime_ns, fs_lstat(path).ctime_ns);
}

TEST(files_changed_after_the_clock_of_files_moved_on_show_it)
{
	const char *path = in_dir("ticks");
	struct err err = ERR_INIT;
	struct fs_stat first;
	int64_t now;

	CHECK(fs_write_stat(path, str_from("a"), 0666, &first, &err) == 0);
	while ((now = clock_file_ns()) <= first.ctime_ns)
		clock_sleep_ms(1);
	CHECK(now < first.ctime_ns + (int64_t)1000000000);
	CHECK(fs_write(path, str_from("b"), 0666, &err) == 0);
	CHECK(fs_lstat(path).ctime_ns >= now);
}

TEST(fs_mkdirs_makes_what_is_missing_from_the_end_backwards)
{
	struct err err = ERR_INIT;

	CHECK(fs_mkdirs(in_dir("m/n/o"), &err) == 0 && fs_stat(in_dir("m/n/o")).kind == FS_DIR);
	CHECK(fs_mkdirs(in_dir("m/n/o"), &err) == 0);
	CHECK(fs_mkdirs(in_dir("m//p///q/"), &err) == 0 && fs_stat(in_dir("m/p/q")).kind == FS_DIR);
	CHECK(fs_write_new(in_dir("m/f"), STR("x"), 0644, &err) == 0);
	CHECK(fs_write_new(in_dir("m/f"), STR("y"), 0644, &err) < 0);
	CHECK_INT(fs_stat(in_dir("m/f")).size, 1);
	err_clear(&err);
	CHECK(fs_mkdirs(in_dir("m/f/g"), &err) < 0);
	err_clear(&err);
	CHECK(fs_symlink("nowhere", in_dir("m/l"), &err) == 0);
	CHECK(fs_mkdirs(in_dir("m/l"), &err) < 0);
}
