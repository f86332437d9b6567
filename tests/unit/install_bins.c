/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "install/bins.h"
#include "resolver/manifest.h"

#include <sys/stat.h>
#include <unistd.h>

static struct bins bins;

static const char *at(const char *rest)
{
	return path_join(test_arena(), test_dir(), rest);
}

static void put(const char *file, const char *text)
{
	struct err err = ERR_INIT;

	CHECK_INT(fs_mkdirs(path_dir(test_arena(), at(file)), &err), 0);
	CHECK_INT(fs_write(at(file), str_from(text), 0644, &err), 0);
}

static void link_bin(const char *package, const char *name, const char *target)
{
	struct bin_entry entry = {name, target};
	struct bin_list list = {&entry, 1};
	struct bins_package p = {.path = at(package), .bin = &list};
	struct err err = ERR_INIT;

	if (bins_link(&bins, &p, &err))
		test_fail(__FILE__, __LINE__, "%s", err.text);
}

static void start(void)
{
	umask(022);
	bins_init(&bins, test_arena(), false);
}

TEST(bins_link_is_relative_and_target_runs)
{
	start();
	put("node_modules/a/bin/x.js", "#!/usr/bin/env node\r\nrun()\r\n");
	link_bin("node_modules/a", "x", "bin/x.js");
	CHECK_STR(fs_readlink(test_arena(), at("node_modules/.bin/x")), "../a/bin/x.js");
	CHECK_INT(fs_stat(at("node_modules/a/bin/x.js")).mode & 0777, 0755);
	struct err err = ERR_INIT;
	struct str text;
	CHECK_INT(fs_read(test_arena(), at("node_modules/a/bin/x.js"), 1000, &text, &err), 0);
	CHECK_STR(text.ptr, "#!/usr/bin/env node\nrun()\r\n");
}

TEST(bins_scoped_and_nested_packages)
{
	start();
	put("node_modules/@s/p/node_modules/@t/q/x", "");
	link_bin("node_modules/@s/p/node_modules/@t/q", "x", "x");
	CHECK_STR(fs_readlink(test_arena(), at("node_modules/@s/p/node_modules/.bin/x")), "../@t/q/x");
}

TEST(bins_first_claim_wins_and_others_are_replaced)
{
	start();
	put("node_modules/a/x", "");
	put("node_modules/b/x", "");
	put("node_modules/.bin/x", "a file in the way");
	link_bin("node_modules/a", "x", "x");
	link_bin("node_modules/b", "x", "x");
	CHECK_STR(fs_readlink(test_arena(), at("node_modules/.bin/x")), "../a/x");
}

TEST(bins_missing_target_is_skipped)
{
	start();
	put("node_modules/a/y", "");
	link_bin("node_modules/a", "x", "gone");
	CHECK(!fs_exists(at("node_modules/.bin")));
}

TEST(bins_never_leave_their_places)
{
	start();
	put("node_modules/a/x", "");
	put("outside", "");
	link_bin("node_modules/a", "../up", "x");
	link_bin("node_modules/a", "..", "x");
	link_bin("node_modules/a", "out", "../../outside");
	CHECK(!fs_exists(at("node_modules/up")));
	CHECK(!fs_exists(at("node_modules/.bin/out")));
	CHECK_INT(fs_stat(at("outside")).mode & 0777, 0644);
	/* Through a link in the package: the link is made, what is outside stays as it is. */
	CHECK_INT(symlink("../../outside", at("node_modules/a/l")), 0);
	link_bin("node_modules/a", "l", "l");
	CHECK_INT(fs_stat(at("outside")).mode & 0777, 0644);
}

TEST(bins_do_not_touch_the_other_names_of_a_file)
{
	start();
	put("store/x", "#!/bin/sh\n");
	put("node_modules/a/y", "");
	CHECK_INT(link(at("store/x"), at("node_modules/a/x")), 0);
	link_bin("node_modules/a", "x", "x");
	CHECK_INT(fs_stat(at("store/x")).mode & 0777, 0644);
	CHECK_INT(fs_stat(at("node_modules/a/x")).mode & 0777, 0755);
}

TEST(bins_global_protects_what_is_not_its_own)
{
	struct bin_entry entry = {"x", "x"};
	struct bin_list list = {&entry, 1};
	struct bins_package p = {.path = at("lib/node_modules/a"), .bin = &list, .top = true, .global = true};
	struct err err = ERR_INIT;

	start();
	put("lib/node_modules/a/x", "");
	CHECK_INT(bins_check(&bins, &p, &err), 0);
	CHECK_INT(bins_link(&bins, &p, &err), 0);
	CHECK_STR(fs_readlink(test_arena(), at("bin/x")), "../lib/node_modules/a/x");
	CHECK_INT(bins_check(&bins, &p, &err), 0);
	CHECK_INT(bins_unlink(test_arena(), &p, &err), 0);
	CHECK_INT(fs_lstat(at("bin/x")).kind, FS_NONE);
	put("bin/x", "mine");
	CHECK_INT(bins_check(&bins, &p, &err), -1);
	CHECK_INT(err.code, ERR_EEXIST);
	start();
	err_clear(&err);
	CHECK_INT(bins_link(&bins, &p, &err), -1);
	CHECK_INT(fs_lstat(at("bin/x")).kind, FS_FILE);
}
