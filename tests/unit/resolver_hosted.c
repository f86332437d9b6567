/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "resolver/hosted.h"
#include "tests/unit/test.h"

static const char *as(const char *text, enum hosted_form form, const struct hosted_options *opts)
{
	struct hosted *h = hosted_parse(test_arena(), text);
	return h ? hosted_format(test_arena(), h, form, opts) : NULL;
}

TEST(hosted_reads_every_spelling)
{
	static const char *const same[] = {
		"user/repo#v1", "github:user/repo#v1", "github:user/repo.git#v1", "git@github.com:user/repo.git#v1",
		"git+ssh://git@github.com/user/repo.git#v1", "git+ssh://git@github.com:user/repo.git#v1",
		"https://github.com/user/repo#v1", "https://www.github.com/user/repo.git#v1",
		"git://github.com/user/repo#v1", "https://github.com/user/repo/tree/v1",
	};
	for (size_t i = 0; i < ARRAY_LEN(same); i++)
		CHECK_STR(as(same[i], HOSTED_SSHURL, NULL), "git+ssh://git@github.com/user/repo.git#v1");
}

TEST(hosted_knows_what_is_none)
{
	static const char *const none[] = {"", "foo", "./user/repo", "/user/repo", "@s/name", "user/repo/deeper", "user /repo",
					   "https://example.test/user/repo", "https://github.com/user",
					   "https://github.com/user/repo/issues", "user/repo/", "github:user/repo#%zz"};
	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		CHECK(!hosted_parse(test_arena(), none[i]));
}

TEST(hosted_addresses)
{
	struct hosted_options bare = {.no_git_plus = true, .no_committish = true};
	CHECK_STR(as("user/repo#a/b", HOSTED_TARBALL, NULL), "https://codeload.github.com/user/repo/tar.gz/a%2Fb");
	CHECK_STR(as("user/repo", HOSTED_TARBALL, NULL), "https://codeload.github.com/user/repo/tar.gz/HEAD");
	CHECK_STR(as("user/repo#v1", HOSTED_TARBALL, &bare), "https://codeload.github.com/user/repo/tar.gz/v1");
	CHECK_STR(as("user/repo#v1", HOSTED_HTTPS, &bare), "https://github.com/user/repo.git");
	CHECK_STR(as("gitlab:g/sub/p#x", HOSTED_TARBALL, NULL),
		  "https://gitlab.com/api/v4/projects/g%2Fsub%2Fp/repository/archive.tar.gz?sha=x");
	CHECK_STR(as("gist:feedbeef", HOSTED_FILE, &(struct hosted_options){.path = "/a.js"}),
		  "https://gist.githubusercontent.com/null/feedbeef/raw/a.js");
	CHECK_STR(as("gist:feedbeef", HOSTED_BROWSE_BLOB, &(struct hosted_options){.path = "package.json"}),
		  "https://gist.github.com/feedbeef#file-package-json");
	CHECK_STR(as("bitbucket:u/r", HOSTED_GIT, NULL), NULL);
	CHECK_STR(as("https://u:p@github.com/user/repo", HOSTED_HTTPS, NULL), "git+https://u:p@github.com/user/repo.git");
	CHECK_STR(as("user/repo", HOSTED_BROWSE_TREE, &(struct hosted_options){.path = "lib", .fragment = "Some Heading!"}),
		  "https://github.com/user/repo/tree/HEAD/lib#some-heading");
}

TEST(hosted_keeps_its_representation)
{
	struct hosted *h = hosted_parse(test_arena(), "https://github.com/user/repo");
	CHECK_STR(h->representation, "https");
	CHECK_STR(hosted_text(test_arena(), h, NULL), "git+https://github.com/user/repo.git");
	h = hosted_parse(test_arena(), "http://github.com/user/repo");
	CHECK_STR(h->representation, "http");
	CHECK_STR(hosted_text(test_arena(), h, NULL), "git+ssh://git@github.com/user/repo.git");
}
