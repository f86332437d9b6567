/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "resolver/spec.h"
#include "tests/unit/test.h"

static struct err last;

static struct spec *parse(const char *text)
{
	err_clear(&last);
	return spec_parse(test_arena(), text, "/where", &last);
}

TEST(spec_types)
{
	static const struct {
		const char *text;
		enum spec_type type;
		const char *name, *fetch, *save;
	} cases[] = {
		{"foo", SPEC_RANGE, "foo", "*", NULL},
		{"foo@", SPEC_RANGE, "foo", "*", NULL},
		{"foo@1.2.3", SPEC_VERSION, "foo", "1.2.3", NULL},
		{"foo@=v1.2.3", SPEC_VERSION, "foo", "=v1.2.3", NULL},
		{"@s/foo@ ^1 ", SPEC_RANGE, "@s/foo", "^1", NULL},
		{"foo@latest", SPEC_TAG, "foo", "latest", NULL},
		{"foo@npm:bar@^1", SPEC_ALIAS, "foo", NULL, NULL},
		{"user/repo#v1", SPEC_GIT, NULL, NULL, "github:user/repo#v1"},
		{"foo@user/repo", SPEC_GIT, "foo", NULL, "github:user/repo"},
		{"git+ssh://git@example.test/u/r.git#x", SPEC_GIT, NULL, "ssh://git@example.test/u/r.git",
		 "git+ssh://git@example.test/u/r.git#x"},
		{"git@example.test:u/r.git", SPEC_GIT, NULL, "git@example.test:u/r.git", "git+ssh://git@example.test:u/r.git"},
		{"https://example.test/x.tgz", SPEC_REMOTE, NULL, "https://example.test/x.tgz", "https://example.test/x.tgz"},
		{"foo@file:../a b", SPEC_DIRECTORY, "foo", "/a b", "file:../a b"},
		{"./x.tgz", SPEC_FILE, NULL, "/where/x.tgz", "file:x.tgz"},
		{"/abs/dir", SPEC_DIRECTORY, NULL, "/abs/dir", "file:/abs/dir"},
		{"file:///abs", SPEC_DIRECTORY, NULL, "/abs", "file:/abs"},
		{"file:/../x", SPEC_DIRECTORY, NULL, "/x", "file:../x"},
		{"foo@x.tar.gz", SPEC_FILE, "foo", "/where/x.tar.gz", "file:x.tar.gz"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct spec *s = parse(cases[i].text);
		CHECK(s);
		CHECK_STR(spec_type_name(s->type), spec_type_name(cases[i].type));
		CHECK_STR(s->name, cases[i].name);
		CHECK_STR(s->fetch_spec, cases[i].fetch);
		CHECK_STR(s->save_spec, cases[i].save);
	}
}

TEST(spec_names)
{
	struct spec *s = parse("@s/foo@1");
	CHECK_STR(s->scope, "@s");
	CHECK_STR(s->escaped_name, "@s%2ffoo");
	CHECK_STR(spec_format(test_arena(), s), "@s/foo@1");
	s = spec_resolve(test_arena(), "foo", "^2", "/where", &last);
	CHECK_STR(s->raw, "foo@^2");
}

TEST(spec_alias)
{
	struct spec *s = parse("a@npm:@s/b@^1");
	CHECK(s->registry && s->sub);
	CHECK_STR(s->sub->name, "@s/b");
	CHECK_STR(s->sub->fetch_spec, "^1");
	CHECK(!parse("a@npm:b@npm:c"));
	CHECK_STR(last.text, "nested aliases not supported");
	CHECK(!parse("a@npm:./x"));
	CHECK_STR(last.text, "aliases only work for registry deps");
}

TEST(spec_git_attributes)
{
	struct spec *s = parse("git+https://example.test/r.git#semver:^1%20||2::path:a/b");
	CHECK_STR(s->git_range, "^1 ||2");
	CHECK_STR(s->git_subdir, "/a/b");
	CHECK_STR(s->git_committish, NULL);
	CHECK(!parse("u/r#a::b"));
	CHECK_STR(last.text, "cannot override existing committish with a second committish");
	CHECK(!parse("u/r#semver:1::x"));
}

TEST(spec_refuses)
{
	CHECK(!parse("foo@workspace:*"));
	CHECK_STR(err_name(&last), "EUNSUPPORTEDPROTOCOL");
	CHECK_STR(last.text, "Unsupported URL Type \"workspace:\": workspace:*");
	CHECK(!parse("foo@>=^4"));
	CHECK_STR(err_name(&last), "EINVALIDTAGNAME");
	CHECK(!parse(".foo@1.2"));
	CHECK_STR(err_name(&last), "EINVALIDPACKAGENAME");
	CHECK(!parse("https://"));
	CHECK_STR(err_name(&last), "ERR_INVALID_URL");
}
