/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/path.h"
#include "registry/authorities.h"
#include "registry/net.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *put(const char *dir, const char *name, const char *text)
{
	const char *path = path_join(test_arena(), dir, name);
	struct err err = ERR_INIT;

	CHECK_INT(fs_write(path, str_from(text), 0644, &err), 0);
	return path;
}

static const char *folder(const char *name)
{
	const char *dir = path_join(test_arena(), test_dir(), name);
	struct err err = ERR_INIT;

	CHECK_INT(fs_mkdirs(dir, &err), 0);
	return dir;
}

/* Both as old as can be told apart. */
static void date(const char *path, time_t seconds)
{
	struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};

	CHECK_INT(utimensat(AT_FDCWD, path, times, 0), 0);
}

static struct authorities choose(const struct net_options *o, const char *bundle)
{
	struct authorities out;
	struct err err = ERR_INIT;

	CHECK_INT(authorities_choose(&out, test_arena(), o, bundle, &err), 0);
	return out;
}

TEST(authorities_are_looked_up_by_hashed_names)
{
	const char *dir = folder("hashed"), *bundle = put(dir, "all.crt", "one\ntwo\n");
	struct authorities w;

	put(dir, "5ed36f99.0", "one\n");
	put(dir, "5ed36f99.1", "two\n");
	date(bundle, 1000);
	date(dir, 1000);
	w = choose(&(struct net_options){0}, bundle);
	CHECK_STR(w.dir, dir);
	CHECK(!w.file && !w.pem.ptr && !w.alone);
	/* The system's own, said once more. */
	CHECK_STR(choose(&(struct net_options){.extra_ca_file = bundle}, bundle).dir, dir);
}

static void check_bundle_counts(const char *dir, const char *bundle)
{
	struct authorities w = choose(&(struct net_options){0}, bundle);

	CHECK_STR(w.file, bundle);
	CHECK(!w.dir);
	CHECK_INT(unlinkat(AT_FDCWD, bundle, 0), 0);
	put(dir, "all.crt", "one\ntwo\n");
	date(bundle, 1000);
	date(dir, 1000);
	CHECK_STR(choose(&(struct net_options){0}, bundle).dir, dir);
}

TEST(authorities_are_the_bundles_where_the_folder_is_not_the_same)
{
	const char *dir = folder("other"), *bundle = put(dir, "all.crt", "one\ntwo\nmine\n");
	const char *two = put(dir, "abcdef01.0", "two\n");

	put(dir, "5ed36f99.0", "one\n");
	/* It was replaced, by a name that makes the folder younger. */
	check_bundle_counts(dir, bundle);
	/* Somebody wrote into it. */
	date(bundle, 1001);
	check_bundle_counts(dir, bundle);
	/* A name leads nowhere. */
	CHECK_INT(unlinkat(AT_FDCWD, two, 0), 0);
	CHECK_INT(symlinkat("nowhere.pem", AT_FDCWD, two), 0);
	date(dir, 1000);
	CHECK_STR(choose(&(struct net_options){0}, bundle).file, bundle);
}

TEST(authorities_without_hashed_names_are_the_bundle)
{
	const char *dir = folder("plain"), *bundle = put(dir, "all.crt", "bundle\n");

	put(dir, "5ed36f9.0", "bundle\n");
	date(bundle, 1000);
	date(dir, 1000);
	CHECK_STR(choose(&(struct net_options){0}, bundle).file, bundle);
	CHECK(!choose(&(struct net_options){0}, NULL).file);
	CHECK(!choose(&(struct net_options){0}, NULL).alone);
}

TEST(authorities_on_top)
{
	const char *dir = folder("top"), *bundle = put(dir, "all.crt", "one\n");
	const char *extra = put(folder("else"), "extra.crt", "extra\n"), *own = put(folder("else"), "own.crt", "own\n");

	put(dir, "5ed36f99.0", "one\n");
	date(bundle, 1000);
	date(dir, 1000);
	CHECK_STR(choose(&(struct net_options){.extra_ca_file = extra}, bundle).pem.ptr, "one\n\nextra\n\n");
	CHECK_STR(choose(&(struct net_options){.extra_ca_file = extra, .ca_file = own}, bundle).pem.ptr, "own\n\nextra\n\n");
}

TEST(authorities_that_are_set_stand_alone)
{
	const char *dir = folder("alone"), *bundle = put(dir, "all.crt", "one\n");
	struct authorities w;

	put(dir, "5ed36f99.0", "one\n");
	w = choose(&(struct net_options){.ca_pem = "mine"}, bundle);
	CHECK_STR(w.pem.ptr, "mine");
	CHECK(!w.dir && !w.file && w.alone);
	w = choose(&(struct net_options){.ca_file = bundle}, bundle);
	CHECK_STR(w.file, bundle);
	CHECK(!w.dir && w.alone);
}
