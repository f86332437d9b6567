/* SPDX-License-Identifier: MIT */
#include "tests/unit/server.h"
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"
#include "registry/gitrefs.h"
#include "registry/gitsrc.h"
#include "registry/giturl.h"
#include "registry/knownhosts.h"

#include <git2.h>
#include <string.h>
#include <unistd.h>

/* libgit2 looks for submodules with regular expressions, which leak in Debian's build of it. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2";
}

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SHA_C "cccccccccccccccccccccccccccccccccccccccc"
#define SHA_D "dddddddddddddddddddddddddddddddddddddddd"

static struct gitrefs refs;

static void list(void)
{
	gitrefs_init(&refs, test_arena());
	gitrefs_add(&refs, "HEAD", SHA_A);
	gitrefs_add(&refs, "refs/heads/main", SHA_A);
	gitrefs_add(&refs, "refs/heads/both", SHA_B);
	gitrefs_add(&refs, "refs/pull/7/head", SHA_C);
	gitrefs_add(&refs, "refs/tags/both", SHA_C);
	gitrefs_add(&refs, "refs/tags/release-1.1.0", SHA_B);
	gitrefs_add(&refs, "refs/tags/v1.0.0", SHA_D);
	gitrefs_add(&refs, "refs/tags/v1.0.0^{}", SHA_A);
	gitrefs_add(&refs, "refs/tags/v2.0.0-rc.1", SHA_C);
	gitrefs_add(&refs, "refs/tags/nightly", SHA_C);
}

static const char *sha_of(const char *committish)
{
	const struct gitref *ref = gitrefs_find(&refs, committish);

	return ref ? ref->sha : NULL;
}

TEST(gitrefs_know_names_and_commits)
{
	list();
	CHECK_STR(sha_of(NULL), SHA_A);
	CHECK_STR(sha_of(""), SHA_A);
	CHECK_STR(sha_of("main"), SHA_A);
	CHECK_STR(sha_of("refs/heads/both"), SHA_B);
	CHECK_STR(sha_of("both"), SHA_C);
	CHECK_STR(sha_of("pull/7"), SHA_C);
	CHECK_STR(sha_of("v1.0.0"), SHA_A);
	CHECK_STR(gitrefs_find(&refs, SHA_B)->name, "refs/heads/both");
	CHECK_STR(sha_of("HEAD~3"), NULL);
	CHECK_STR(sha_of("aaaaaaa"), NULL);
}

static const char *pick(const char *range)
{
	const char *version = NULL;

	return gitrefs_pick(&refs, range, &version) ? version : NULL;
}

TEST(gitrefs_pick_versions)
{
	list();
	CHECK_STR(pick("^1.0.0"), "1.0.0");	/* tagged at HEAD, though 1.1.0 is higher */
	CHECK_STR(pick("^1.0.1"), "1.1.0");
	CHECK_STR(pick("^2.0.0-0"), "2.0.0-rc.1");
	CHECK_STR(pick("^3.0.0"), NULL);
	CHECK_STR(pick("latest"), "1.0.0");
	CHECK_STR(pick("nonsense"), NULL);
}

TEST(giturl_reads_npms_spellings)
{
	CHECK_STR(giturl_plain(test_arena(), "git+https://h.test/a.git#v1"), "https://h.test/a.git");
	CHECK_STR(giturl_plain(test_arena(), "git+ssh://git@h.test:user/a.git"), "git@h.test:user/a.git");
	CHECK_STR(giturl_plain(test_arena(), "ssh://git@h.test:2222/a.git"), "ssh://git@h.test:2222/a.git");
	CHECK_STR(giturl_plain(test_arena(), "git@h.test:a.git"), "git@h.test:a.git");
	CHECK(giturl_is_local("/x/y") && giturl_is_local("file:///x") && giturl_is_local("../x"));
	CHECK(!giturl_is_local("https://h.test/x") && !giturl_is_local("git@h.test:x"));
	CHECK_STR(giturl_submodule(test_arena(), "https://h.test/a/b.git", "../c.git"), "https://h.test/a/c.git");
	CHECK_STR(giturl_submodule(test_arena(), "https://h.test/a/b.git", "https://x.test/y"), "https://x.test/y");
	CHECK_STR(git_resolved(test_arena(), "https://h.test/a.git#v1", SHA_A, NULL), "git+https://h.test/a.git#" SHA_A);
	CHECK_STR(git_resolved(test_arena(), "git+ssh://git@h.test/a.git", SHA_A, "p/q"),
		"git+ssh://git@h.test/a.git#" SHA_A "::path:p/q");
}

TEST(knownhosts_are_plain_listed_or_hashed)
{
	struct str text = STR("# a comment\n"
			      "plain.test,10.0.0.1 ssh-ed25519 AAAA\n"
			      "*.wild.test ssh-rsa AAAA\n"
			      "[port.test]:2222 ssh-rsa AAAA\n"
			      "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-rsa AAAA\n");

	CHECK(knownhosts_has(text, "plain.test", 0) && knownhosts_has(text, "10.0.0.1", 22));
	CHECK(knownhosts_has(text, "a.wild.test", 0));
	CHECK(knownhosts_has(text, "port.test", 2222) && !knownhosts_has(text, "port.test", 0));
	CHECK(knownhosts_has(text, "192.168.1.61", 0));
	CHECK(!knownhosts_has(text, "other.test", 0) && !knownhosts_has(text, "192.168.1.62", 0));
}

/* ---- repositories made here ---- */

static git_oid commit_of(git_repository *repo, const char *const (*files)[2], const git_oid *parent, const char *branch)
{
	git_index *index;
	git_signature *who;
	git_commit *parents[1] = {NULL};
	git_tree *tree;
	git_oid oid, id;

	CHECK_INT(git_index_new(&index), 0);
	for (; (*files)[0]; files++) {
		git_index_entry e = {.mode = cstr_ends((*files)[0], ".sh") ? 0100755 : 0100644, .path = (*files)[0]};

		CHECK_INT(git_blob_create_from_buffer(&e.id, repo, (*files)[1], strlen((*files)[1])), 0);
		CHECK_INT(git_index_add(index, &e), 0);
	}
	CHECK_INT(git_index_write_tree_to(&oid, index, repo), 0);
	CHECK_INT(git_tree_lookup(&tree, repo, &oid), 0);
	CHECK_INT(git_signature_new(&who, "Tester", "tester@example.test", 1700000000, 0), 0);
	if (parent)
		CHECK_INT(git_commit_lookup(&parents[0], repo, parent), 0);
	CHECK_INT(git_commit_create(&id, repo, branch, who, who, NULL, "change", tree, parent ? 1 : 0,
			  (const git_commit **)(void *)parents), 0);
	git_commit_free(parents[0]);
	git_signature_free(who);
	git_tree_free(tree);
	git_index_free(index);
	return id;
}

static void tag(git_repository *repo, const char *name, const git_oid *at, bool annotated)
{
	git_object *object;
	git_signature *who;
	git_oid id;

	CHECK_INT(git_object_lookup(&object, repo, at, GIT_OBJECT_COMMIT), 0);
	CHECK_INT(git_signature_new(&who, "Tester", "tester@example.test", 1700000000, 0), 0);
	if (annotated)
		CHECK_INT(git_tag_create(&id, repo, name, object, who, "a tag", 1), 0);
	else
		CHECK_INT(git_tag_create_lightweight(&id, repo, name, object, 1), 0);
	git_signature_free(who);
	git_object_free(object);
}

static char first_sha[41], second_sha[41], third_sha[41];

/* Three commits: v1.0.0 (annotated), v1.1.0, and main ahead of both, whose sub/ holds a package. */
static const char *make_repo(void)
{
	static const char *const one[][2] = {{"package.json", "{\"version\":\"1.0.0\"}"}, {NULL, NULL}};
	static const char *const two[][2] = {{"package.json", "{\"version\":\"1.1.0\"}"}, {"run.sh", "#!/bin/sh\n"},
		{NULL, NULL}};
	static const char *const three[][2] = {{"package.json", "{\"version\":\"2.0.0-dev\"}"},
		{"sub/pkg/package.json", "{\"name\":\"inner\"}"}, {NULL, NULL}};
	const char *dir = arena_printf(test_arena(), "%s/repo.git", test_dir());
	git_repository *repo;
	git_oid a, b, c;

	git_libgit2_init();
	CHECK_INT(git_repository_init(&repo, dir, true), 0);
	CHECK_INT(git_repository_set_head(repo, "refs/heads/main"), 0);
	a = commit_of(repo, one, NULL, "refs/heads/main");
	b = commit_of(repo, two, &a, "refs/heads/main");
	c = commit_of(repo, three, &b, "refs/heads/main");
	tag(repo, "v1.0.0", &a, true);
	tag(repo, "v1.1.0", &b, false);
	git_oid_tostr(first_sha, sizeof(first_sha), &a);
	git_oid_tostr(second_sha, sizeof(second_sha), &b);
	git_oid_tostr(third_sha, sizeof(third_sha), &c);
	git_repository_free(repo);
	git_libgit2_shutdown();
	return dir;
}

static const char *out_dir(void)
{
	struct err err = ERR_INIT;
	const char *dir = arena_printf(test_arena(), "%s/out", test_dir());

	CHECK_INT(fs_remove_tree(dir, &err), 0);
	CHECK_INT(fs_mkdirs(dir, &err), 0);
	return dir;
}

static const char *content(const char *dir, const char *name)
{
	struct err err = ERR_INIT;
	struct str text;

	CHECK_INT(fs_read_if(test_arena(), arena_printf(test_arena(), "%s/%s", dir, name), 1000, &text, &err), 0);
	return text.ptr ? str_dup(test_arena(), text) : NULL;
}

TEST(git_resolves_refs_and_ranges)
{
	struct git_wish w = {.url = make_repo()};
	struct git_found found;
	struct err err = ERR_INIT;

	CHECK_INT(git_resolve(test_arena(), &w, &found, &err), 0);
	CHECK_STR(found.sha, third_sha);
	w.committish = "v1.0.0";
	CHECK_INT(git_resolve(test_arena(), &w, &found, &err), 0);
	CHECK_STR(found.sha, first_sha);
	w.range = "^1.0.0";
	CHECK_INT(git_resolve(test_arena(), &w, &found, &err), 0);
	CHECK_STR(found.sha, second_sha);
	CHECK_STR(found.version, "1.1.0");
	w.range = "^9.0.0";
	CHECK_INT(git_resolve(test_arena(), &w, &found, &err), -1);
	CHECK_STR(err_name(&err), "ETARGET");
}

TEST(git_checks_out_a_tag)
{
	struct git_wish w = {.url = make_repo(), .committish = "v1.1.0"};
	struct git_found found = {0};
	struct err err = ERR_INIT;
	const char *dir = out_dir();

	CHECK_STR(git_checkout(test_arena(), &w, &found, dir, &err), dir);
	CHECK_STR(found.sha, second_sha);
	CHECK_STR(content(dir, "package.json"), "{\"version\":\"1.1.0\"}");
	CHECK_INT(fs_stat(arena_printf(test_arena(), "%s/run.sh", dir)).mode & 0111, 0111);
	CHECK(!fs_exists(arena_printf(test_arena(), "%s/.git", dir)));
}

TEST(git_checks_out_a_commit_no_ref_names)
{
	struct git_wish w = {.url = arena_printf(test_arena(), "git+file://%s", make_repo()), .committish = "main~2"};
	struct git_found found = {0};
	struct err err = ERR_INIT;
	const char *dir = out_dir();

	CHECK_STR(git_checkout(test_arena(), &w, &found, dir, &err), dir);
	CHECK_STR(found.sha, first_sha);
	w.committish = arena_strndup(test_arena(), second_sha, 7);
	found = (struct git_found){0};
	dir = out_dir();
	CHECK_STR(git_checkout(test_arena(), &w, &found, dir, &err), dir);
	CHECK_STR(found.sha, second_sha);
	CHECK_STR(content(dir, "package.json"), "{\"version\":\"1.1.0\"}");
}

TEST(git_checks_out_a_known_commit_and_a_subdirectory)
{
	struct git_wish w = {.url = make_repo(), .committish = third_sha, .subdir = "sub/pkg"};
	struct git_found found = {.sha = third_sha};
	struct err err = ERR_INIT;
	const char *dir = out_dir(), *package;

	package = git_checkout(test_arena(), &w, &found, dir, &err);
	CHECK_STR(package, arena_printf(test_arena(), "%s/sub/pkg", dir));
	CHECK_STR(content(package, "package.json"), "{\"name\":\"inner\"}");
	w.subdir = "../..";
	dir = out_dir();
	CHECK(!git_checkout(test_arena(), &w, &found, dir, &err));
	CHECK_STR(err_name(&err), "ENOENT");
}

TEST(git_says_what_is_missing)
{
	const char *repo = make_repo();
	struct git_wish w = {.url = repo, .committish = "nowhere"};
	struct git_found found = {0};
	struct err err = ERR_INIT, none = ERR_INIT;

	CHECK(!git_checkout(test_arena(), &w, &found, out_dir(), &err));
	CHECK_STR(err_name(&err), "EGIT");
	w.url = "/nonexistent/repo.git";
	CHECK_INT(git_resolve(test_arena(), &w, &found, &none), -1);
	CHECK_STR(err_name(&none), "EGIT");
	err_clear(&none);
	w.alternate = repo;
	w.committish = NULL;
	CHECK_INT(git_resolve(test_arena(), &w, &found, &none), 0);
	CHECK_STR(found.sha, third_sha);
}

TEST(git_writes_submodules)
{
	const char *inner = make_repo(), *outer = arena_printf(test_arena(), "%s/outer.git", test_dir());
	static const char *const files[][2] = {{".gitmodules", "[submodule \"m\"]\n\tpath = deps/m\n\turl = ../repo.git\n"},
		{NULL, NULL}};
	git_index_entry module = {.mode = 0160000, .path = "deps/m"};
	struct git_wish w = {.url = outer};
	struct git_found found = {0};
	struct err err = ERR_INIT;
	git_repository *repo;
	git_index *index;
	git_oid first, oid;
	git_tree *tree;
	git_signature *who;
	const char *dir = out_dir();

	CHECK(inner != NULL);
	git_libgit2_init();
	CHECK_INT(git_repository_init(&repo, outer, true), 0);
	git_repository_set_head(repo, "refs/heads/main");
	first = commit_of(repo, files, NULL, NULL);
	CHECK(!git_oid_is_zero(&first));
	git_index_new(&index);
	git_oid_fromstr(&module.id, first_sha);
	git_index_add(index, &module);
	module = (git_index_entry){.mode = 0100644, .path = ".gitmodules"};
	git_blob_create_from_buffer(&module.id, repo, files[0][1], strlen(files[0][1]));
	git_index_add(index, &module);
	git_index_write_tree_to(&oid, index, repo);
	git_tree_lookup(&tree, repo, &oid);
	git_signature_new(&who, "Tester", "tester@example.test", 1700000000, 0);
	CHECK_INT(git_commit_create(&oid, repo, "refs/heads/main", who, who, NULL, "x", tree, 0, NULL), 0);
	git_signature_free(who);
	git_tree_free(tree);
	git_index_free(index);
	git_repository_free(repo);
	git_libgit2_shutdown();
	CHECK_STR(git_checkout(test_arena(), &w, &found, dir, &err), dir);
	CHECK_STR(content(dir, "deps/m/package.json"), "{\"version\":\"1.0.0\"}");
}

static bool silent(const struct server_request *r)
{
	char byte;

	return read(r->fd, &byte, 1) == 1;
}

TEST(git_does_not_hang_with_a_silent_server)
{
	struct server *s = server_start(silent, NULL);
	struct git_wish w = {.url = arena_printf(test_arena(), "http://127.0.0.1:%d/a.git", server_port(s)), .timeout_ms = 300};
	struct git_found found;
	struct err err = ERR_INIT;
	int64_t start = clock_now_ms();

	CHECK_INT(git_resolve(test_arena(), &w, &found, &err), -1);
	CHECK_STR(err_name(&err), "ETIMEDOUT");
	CHECK(clock_now_ms() - start < 5000);
	server_stop(s);
}
