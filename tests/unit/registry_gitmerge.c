/* SPDX-License-Identifier: MIT */
#include "registry/gitmerge.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/str.h"

#include "tests/unit/test.h"

#include <stdlib.h>

static const char *put(const char *folder, const char *name, const char *text)
{
	const char *dir = path_join(test_arena(), test_dir(), folder);
	struct err err = ERR_INIT;

	CHECK(fs_mkdirs(dir, &err) == 0);
	CHECK(fs_write(path_join(test_arena(), dir, name), str_from(text), 0644, &err) == 0);
	return dir;
}

static const char *merged(const char *name)
{
	struct err err = ERR_INIT;
	struct str text;

	CHECK(fs_read(test_arena(), path_join(test_arena(), path_join(test_arena(), test_dir(), "merged"), name), 1 << 20, &text, &err) == 0);
	return str_dup(test_arena(), text);
}

/* git's settings of whoever merges have no say in what a package's files are, nor in how a conflict looks. */
TEST(gitmerge_does_not_ask_for_settings)
{
	struct gitmerge m = {.dest = path_join(test_arena(), test_dir(), "merged")};
	const char *home = getenv("HOME");
	struct err err = ERR_INIT;
	bool conflicted = false;
	int bad;

	m.base = put("base", "a.txt", "one\r\ntwo\r\nthree\r\nfour\r\nfive\r\n");
	m.ours = put("ours", "a.txt", "title\r\none\r\ntwo\r\nthree\r\nfour\r\nfive\r\n");
	m.theirs = put("theirs", "a.txt", "one\r\ntwo\r\nthree\r\nfour\r\nmine\r\n");
	put("base", "b.txt", "one\n");
	put("ours", "b.txt", "two\n");
	put("theirs", "b.txt", "three\n");
	put("home", ".gitconfig", "[core]\n\tautocrlf = true\n\tattributesFile = ~/attributes\n[merge]\n\tconflictStyle = diff3\n");
	put("home", "attributes", "* text=auto ident\n*.txt merge=ours\n");
	m.work = path_join(test_arena(), test_dir(), "work");
	CHECK(fs_mkdirs(m.work, &err) == 0);
	setenv("HOME", path_join(test_arena(), test_dir(), "home"), 1);
	bad = gitmerge_folders(test_arena(), &m, &conflicted, &err);
	if (home)
		setenv("HOME", home, 1);
	CHECK_INT(bad, 0);
	CHECK(conflicted);
	CHECK_STR(merged("a.txt"), "title\r\none\r\ntwo\r\nthree\r\nfour\r\nmine\r\n");
	CHECK_STR(merged("b.txt"), "<<<<<<< HEAD\ntwo\n=======\nthree\n>>>>>>> theirs\n");
}
