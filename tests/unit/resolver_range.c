/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "resolver/range.h"

static struct range *range(const char *text, unsigned flags)
{
	return range_parse(test_arena(), str_from(text), flags);
}

static const char *normal(const char *text, unsigned flags)
{
	struct range *r = range(text, flags);

	return r ? range_format(test_arena(), r) : NULL;
}

TEST(range_normalises_every_spelling)
{
	static const char *const cases[][2] = {
		{"1.0.0 - 2.0.0", ">=1.0.0 <=2.0.0"}, {"1 - 2", ">=1.0.0 <3.0.0-0"}, {"*", "*"}, {"", "*"},
		{">=0.0.0", "*"}, {"1", ">=1.0.0 <2.0.0-0"}, {"1.2.x", ">=1.2.0 <1.3.0-0"}, {"=1.2.3", "1.2.3"},
		{"^1.2.3", ">=1.2.3 <2.0.0-0"}, {"^0.2.3", ">=0.2.3 <0.3.0-0"}, {"^0.0.3", ">=0.0.3 <0.0.4-0"},
		{"^0.0", "<0.1.0-0"}, {"^0", "<1.0.0-0"}, {"^1.2.3-beta.2", ">=1.2.3-beta.2 <2.0.0-0"},
		{"~1.2.3", ">=1.2.3 <1.3.0-0"}, {"~>1.2", ">=1.2.0 <1.3.0-0"}, {"~ 1", ">=1.0.0 <2.0.0-0"},
		{">1", ">=2.0.0"}, {"<=1.2", "<1.3.0-0"}, {"> 1.2.3 < 2", ">1.2.3 <2.0.0-0"}, {"<*", "<0.0.0-0"},
		{"^1 || >=3 <4", ">=1.0.0 <2.0.0-0||>=3.0.0 <4.0.0-0"}, {"^1 || *", "*"}, {"1.2.3+build", "1.2.3"},
		{"\t1.2.3 \n 1.2.3", "1.2.3"}, {"<0.0.0-0 || 1.2.3", "1.2.3"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(normal(cases[i][0], 0), cases[i][1]);
}

/* A blank in front keeps a range from being taken for a plain one, and is not part of it. */
TEST(range_reads_plain_ones_as_all_others)
{
	static const char *const versions[] = {"1.2.3", "0.2.3", "0.0.3", "0.0.0", "0.1.0", "1.0.0", "10.20.30", "999999999.0.1",
		"1000000000.0.1", "01.2.3", "1.02.3", "1.2", "1.2.3.4", "1.2.3-4", "1.2.3+4", "1.2.", ".1.2", ""};
	static const char *const signs[] = {"", "^", "~", "^^", ">"};

	for (size_t i = 0; i < ARRAY_LEN(versions) * ARRAY_LEN(signs); i++) {
		const char *text = arena_printf(test_arena(), "%s%s", signs[i % ARRAY_LEN(signs)], versions[i / ARRAY_LEN(signs)]);
		struct range *r = range(text, 0), *other = range(arena_printf(test_arena(), " %s", text), 0);

		CHECK((r != NULL) == (other != NULL));
		if (!r || !other)
			continue;
		CHECK_STR(range_format(test_arena(), r), range_format(test_arena(), other));
		CHECK_STR(r->raw, other->raw);
		CHECK_INT(r->sets->count, other->sets->count);
		CHECK_INT(r->sets->has_prerelease, other->sets->has_prerelease);
		CHECK(str_eq(r->sets->source, other->sets->source));
	}
}

TEST(range_refuses_what_is_none)
{
	CHECK_STR(normal("latest", 0), NULL);
	CHECK_STR(normal(">01.2.3", 0), NULL);
	CHECK_STR(normal("1.2.3 foo", 0), NULL);
	CHECK_STR(normal("~1.2.3beta", 0), NULL);
	CHECK_STR(normal("1.x.2 ||", 0), NULL);
	CHECK_STR(normal(">=9007199254740992", 0), NULL);
}

TEST(range_loosely_passes_over_what_it_cannot_read)
{
	CHECK_STR(normal("1.2.3 foo", SEMVER_LOOSE), "1.2.3");
	CHECK_STR(normal("~1.2.3beta", SEMVER_LOOSE), ">=1.2.3-beta <1.3.0-0");
	CHECK_STR(normal(">01.02.03", SEMVER_LOOSE), ">1.2.3");
	CHECK_STR(normal("foo", SEMVER_LOOSE), NULL);
}

TEST(range_lets_in_only_prereleases_it_names)
{
	CHECK(semver_satisfies("1.2.3-beta", "^1.2.3-alpha", 0));
	CHECK(!semver_satisfies("1.2.4-beta", "^1.2.3-alpha", 0));
	CHECK(semver_satisfies("1.2.4-beta", "^1.2.3-alpha", SEMVER_PRERELEASE));
	CHECK(!semver_satisfies("2.0.0-beta", "*", 0));
	CHECK(semver_satisfies("2.0.0-beta", "*", SEMVER_PRERELEASE));
	CHECK(!semver_satisfies("2.0.0-beta", "^1.0.0", SEMVER_PRERELEASE));
	CHECK(!semver_satisfies("not a version", "*", 0));
}

TEST(range_picks_the_highest_and_the_lowest)
{
	static const char *const versions[] = {"1.2.4", "no version", "1.3.0", "1.2.3", "2.0.0", "1.4.0-rc"};
	struct range *r = range("^1.2.3", 0);

	CHECK_INT(range_max(r, versions, ARRAY_LEN(versions)), 2);
	CHECK_INT(range_min(r, versions, ARRAY_LEN(versions)), 3);
	CHECK_INT(range_max(range(">5", 0), versions, ARRAY_LEN(versions)), -1);
}

static const char *lowest(const char *text)
{
	struct semver v;

	return range_min_version(test_arena(), range(text, 0), &v) ? semver_format(test_arena(), &v) : NULL;
}

TEST(range_min_version_is_the_first_that_fits)
{
	CHECK_STR(lowest("*"), "0.0.0");
	CHECK_STR(lowest("^2 || 1.x"), "1.0.0");
	CHECK_STR(lowest(">1.2.3"), "1.2.4");
	CHECK_STR(lowest(">1.2.3-a"), "1.2.3-a.0");
	CHECK_STR(lowest(">4 <3"), NULL);
}

static bool outside(const char *version, const char *text, char side)
{
	struct semver v;

	CHECK(semver_parse(&v, str_from(version), 0));
	return range_outside(range(text, 0), &v, side);
}

TEST(range_outside_needs_all_of_the_range_on_one_side)
{
	CHECK(outside("1.3.0", "~1.2.2", '>'));
	CHECK(!outside("1.2.5", "~1.2.2", '>'));
	CHECK(!outside("1.3.0", "~1.2.2 || 2", '>'));
	CHECK(outside("1.2.1", "~1.2.2 || 2", '<'));
	CHECK(!outside("9.0.0", ">1", '>'));
}

TEST(range_intersects_when_one_version_fits_both)
{
	CHECK(range_intersects(range("^1.2.0", 0), range("~1.5", 0)));
	CHECK(!range_intersects(range("^1.2.0", 0), range("^2", 0)));
	CHECK(!range_intersects(range("<1.0.0", 0), range(">=1.0.0", 0)));
	CHECK(range_intersects(range("<=1.0.0", 0), range(">=1.0.0", 0)));
	CHECK(!range_intersects(range(">2 <1", 0), range("*", 0)));
}

TEST(range_subset_holds_for_every_version)
{
	CHECK(range_subset(range("^1.2.3", 0), range("1.x", 0)));
	CHECK(!range_subset(range("1.x", 0), range("^1.2.3", 0)));
	CHECK(range_subset(range("^2 || ^3 || ^4", 0), range(">1", 0)));
	CHECK(!range_subset(range(">=1.2.3-pre", 0), range(">=1.0.0", 0)));
	CHECK(range_subset(range(">2 <1", 0), range("3", 0)));
	CHECK(range_subset(range("*", 0), range("*", 0)));
	CHECK(!range_subset(range("*", SEMVER_PRERELEASE), range("<0.0.0-0", SEMVER_PRERELEASE)));
}

TEST(range_simplify_keeps_the_shorter_text)
{
	const char *versions[] = {"2.0.0", "1.0.2", "1.0.1", "1.0.0"};

	CHECK_STR(range_simplify(test_arena(), versions, 4, "1.0.0 || 1.0.1 || 1.0.2", 0), "<=1.0.2");
	CHECK_STR(range_simplify(test_arena(), versions, 4, "1.x", 0), "1.x");
}

TEST(range_subset_of_itself)
{
	struct range *nothing = range("<*", 0);

	CHECK(range_subset(nothing, nothing));
	CHECK(range_subset(range("<*", 0), range("<*", 0)));
}
