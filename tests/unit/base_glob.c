/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/glob.h"
#include "base/vec.h"
#include "tests/unit/test.h"

#include <string.h>

TEST(glob_matches_parts)
{
	CHECK(glob_match("packages/*", "packages/a", 0));
	CHECK(glob_match("packages/*", "packages/a/", 0));
	CHECK(!glob_match("packages/*", "packages/a/b", 0));
	CHECK(!glob_match("packages/*", "packages", 0));
	CHECK(!glob_match("packages/*", "packages/.a", 0));
	CHECK(glob_match("packages/.*", "packages/.a", 0));
	CHECK(glob_match("packages/*", "packages/.a", GLOB_DOT));
	CHECK(glob_match("a?c", "abc", 0));
	CHECK(glob_match("a?c", "a\xC3\xA9" "c", 0));
	CHECK(!glob_match("*", "", 0));
	CHECK(glob_match("README*", "readme.md", GLOB_NOCASE));
}

TEST(glob_matches_across_parts)
{
	CHECK(glob_match("**", "a/b/c", 0));
	CHECK(glob_match("a/**/c", "a/c", 0));
	CHECK(glob_match("a/**/c", "a/b/b/c", 0));
	CHECK(!glob_match("a/**/c", "a/.b/c", 0));
	CHECK(!glob_match("a/**", "a", 0));
	CHECK(glob_match("**/node_modules/**", "node_modules/a", 0));
	CHECK(glob_match("**/node_modules/**", "packages/a/node_modules/@s/b", 0));
	CHECK(!glob_match("**/node_modules/**", "packages/a", 0));
}

TEST(glob_sees_the_beginning_of_a_path_when_asked)
{
	CHECK(!glob_match("packages/*/", "packages/a", 0));
	CHECK(glob_match("packages/*/", "packages/a", GLOB_PARTIAL));
	CHECK(glob_match("packages/**/x", "packages/a", GLOB_PARTIAL));
	CHECK(!glob_match("packages/x", "packages/y", GLOB_PARTIAL));
}

TEST(glob_matches_classes_and_choices)
{
	CHECK(glob_match("[a-c]x", "bx", 0));
	CHECK(!glob_match("[!a-c]x", "bx", 0));
	CHECK(glob_match("[[:digit:]]", "7", 0));
	CHECK(glob_match("[", "[", 0));
	CHECK(glob_match("{a,b}/c", "b/c", 0));
	CHECK(glob_match("v{1..3}", "v2", 0));
	CHECK(!glob_match("v{1..3}", "v4", 0));
	CHECK(glob_match("{a}", "{a}", 0));
	CHECK(glob_match("+(ab|c)", "abcab", 0));
	CHECK(!glob_match("+(ab|c)", "", 0));
	CHECK(glob_match("@(a|b).js", "b.js", 0));
	CHECK(glob_match("!(a|b)", "c", 0));
	CHECK(!glob_match("!(a|b)", "b", 0));
	CHECK(glob_match("!(*.map)", "a.js", 0));
	CHECK(!glob_match("!(*.map)", "a.map", 0));
	CHECK(glob_match("a\\*", "a*", 0));
	CHECK(!glob_match("a\\*", "ab", 0));
}

TEST(glob_gives_up_on_hostile_patterns)
{
	char path[256];
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	CHECK(!glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", path, 0));
	CHECK(!glob_match("+(a|a|aa|+(a)|+(aa))b", path, 0));
}

TEST(glob_expands_braces_in_order)
{
	struct vec v;
	vec_init(&v, test_arena());
	glob_expand(test_arena(), "a{b,c{d,e}}{1..2}", &v);
	CHECK_INT(v.count, 6);
	CHECK_STR(v.items[0], "ab1");
	CHECK_STR(v.items[3], "acd2");
	CHECK_STR(v.items[5], "ace2");
}
