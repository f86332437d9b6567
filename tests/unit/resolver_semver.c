/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "resolver/semver.h"

static const char *shown(const char *text, unsigned flags)
{
	struct semver v;

	return semver_parse(&v, str_from(text), flags) ? semver_format(test_arena(), &v) : NULL;
}

TEST(semver_reads_versions_strictly)
{
	struct semver v;

	CHECK(semver_parse(&v, str_from(" v1.22.333-beta.4+build.5 "), 0));
	CHECK_INT(v.major, 1);
	CHECK_INT(v.minor, 22);
	CHECK_INT(v.patch, 333);
	CHECK(str_is(v.pre, "beta.4"));
	CHECK(str_is(v.build, "build.5"));
	CHECK_STR(shown("1.2.3-0", 0), "1.2.3-0");
	CHECK_STR(shown("1.2", 0), NULL);
	CHECK_STR(shown("=1.2.3", 0), NULL);
	CHECK_STR(shown("01.2.3", 0), NULL);
	CHECK_STR(shown("1.2.3-01", 0), NULL);
	CHECK_STR(shown("1.2.3-", 0), NULL);
	CHECK_STR(shown("1.2.3+", 0), NULL);
	CHECK_STR(shown("1.2.3beta", 0), NULL);
	CHECK_STR(shown("", 0), NULL);
}

TEST(semver_reads_versions_loosely)
{
	CHECK_STR(shown("=v 01.02.03", SEMVER_LOOSE), "1.2.3");
	CHECK_STR(shown("1.2.3beta", SEMVER_LOOSE), "1.2.3-beta");
	CHECK_STR(shown("1.2.3-01", SEMVER_LOOSE), "1.2.3-1");
	CHECK_STR(shown("1.2.3-", SEMVER_LOOSE), "1.2.3--");
	CHECK_STR(shown("1.2.34.5", SEMVER_LOOSE), "1.2.3-4.5");
	CHECK_STR(shown("1.2.3.4", SEMVER_LOOSE), NULL);
}

TEST(semver_numbers_stop_at_what_javascript_can_count)
{
	char longest[300];

	CHECK_STR(shown("9007199254740991.0.0", 0), "9007199254740991.0.0");
	CHECK_STR(shown("9007199254740992.0.0", 0), NULL);
	for (size_t i = 0; i < sizeof(longest); i++)
		longest[i] = i < 6 ? "1.2.3-"[i] : 'a';
	CHECK(semver_valid((struct str){longest, 256}, 0));
	CHECK(!semver_valid((struct str){longest, 257}, 0));
}

TEST(semver_orders_by_number_then_prerelease)
{
	static const char *const ascending[] = {
		"0.9.9", "1.0.0-0", "1.0.0-1", "1.0.0-1.0", "1.0.0-9", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1",
		"1.0.0-alpha.beta", "1.0.0-beta", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0",
	};

	for (size_t i = 0; i < ARRAY_LEN(ascending); i++)
		for (size_t k = 0; k < ARRAY_LEN(ascending); k++)
			CHECK_INT(semver_compare_text(ascending[i], ascending[k], 0), (i > k) - (i < k));
}

TEST(semver_build_counts_only_where_it_is_asked_for)
{
	struct semver a, b;

	CHECK(semver_parse(&a, str_from("1.0.0+2"), 0));
	CHECK(semver_parse(&b, str_from("1.0.0+10"), 0));
	CHECK_INT(semver_compare(&a, &b), 0);
	CHECK_INT(semver_compare_build(&a, &b), -1);
}

TEST(semver_clean_drops_what_people_put_in_front)
{
	struct semver v;

	CHECK(semver_clean(&v, str_from("  =v1.2.3   "), 0));
	CHECK_STR(semver_format(test_arena(), &v), "1.2.3");
	CHECK(!semver_clean(&v, str_from(">1.2.3"), 0));
}

static const char *next(const char *version, const char *release, const char *identifier, enum semver_base base)
{
	struct semver_bump bump = {release, identifier, base, 0};
	struct semver v;

	CHECK(semver_parse(&v, str_from(version), 0));
	return semver_inc(test_arena(), &v, &bump);
}

TEST(semver_inc_leaves_a_prerelease_for_its_release)
{
	CHECK_STR(next("1.2.3", "major", NULL, SEMVER_BASE_0), "2.0.0");
	CHECK_STR(next("1.2.3", "minor", NULL, SEMVER_BASE_0), "1.3.0");
	CHECK_STR(next("1.2.3", "patch", NULL, SEMVER_BASE_0), "1.2.4");
	CHECK_STR(next("1.2.3-0", "patch", NULL, SEMVER_BASE_0), "1.2.3");
	CHECK_STR(next("2.0.0-0", "major", NULL, SEMVER_BASE_0), "2.0.0");
	CHECK_STR(next("1.2.3-a", "release", NULL, SEMVER_BASE_0), "1.2.3");
	CHECK_STR(next("1.2.3", "release", NULL, SEMVER_BASE_0), NULL);
	CHECK_STR(next("1.2.3", "fake", NULL, SEMVER_BASE_0), NULL);
}

TEST(semver_inc_counts_prereleases)
{
	CHECK_STR(next("1.2.3", "prerelease", NULL, SEMVER_BASE_0), "1.2.4-0");
	CHECK_STR(next("1.2.3-alpha.9.beta", "prerelease", NULL, SEMVER_BASE_0), "1.2.3-alpha.10.beta");
	CHECK_STR(next("1.2.3", "preminor", "beta", SEMVER_BASE_0), "1.3.0-beta.0");
	CHECK_STR(next("1.2.3", "premajor", "beta", SEMVER_BASE_1), "2.0.0-beta.1");
	CHECK_STR(next("1.2.3", "prepatch", "beta", SEMVER_BASE_NONE), "1.2.4-beta");
	CHECK_STR(next("1.2.4-beta.0", "prerelease", "beta", SEMVER_BASE_0), "1.2.4-beta.1");
	CHECK_STR(next("1.2.4-beta.0", "prerelease", "rc", SEMVER_BASE_0), "1.2.4-rc.0");
	CHECK_STR(next("1.2.4-beta", "prerelease", "beta", SEMVER_BASE_NONE), NULL);
	CHECK_STR(next("1.2.3", "prerelease", "not valid", SEMVER_BASE_0), NULL);
	CHECK_STR(next("1.2.3", "prerelease", NULL, SEMVER_BASE_NONE), NULL);
}

static const char *cut(const char *version, const char *release)
{
	struct semver v;

	CHECK(semver_parse(&v, str_from(version), 0));
	return semver_truncate(test_arena(), &v, release);
}

TEST(semver_truncate_cuts_down_to_a_release_type)
{
	CHECK_STR(cut("1.2.3-a+b", "major"), "1.0.0");
	CHECK_STR(cut("1.2.3-a+b", "minor"), "1.2.0");
	CHECK_STR(cut("1.2.3-a+b", "patch"), "1.2.3");
	CHECK_STR(cut("1.2.3-a+b", "prerelease"), "1.2.3-a");
	CHECK_STR(cut("1.2.3", "release"), NULL);
}

static const char *difference(const char *a, const char *b)
{
	struct semver x, y;

	CHECK(semver_parse(&x, str_from(a), 0));
	CHECK(semver_parse(&y, str_from(b), 0));
	return semver_diff(&x, &y);
}

TEST(semver_diff_names_the_step)
{
	CHECK_STR(difference("1.2.3", "1.2.3"), NULL);
	CHECK_STR(difference("1.2.3", "2.0.0"), "major");
	CHECK_STR(difference("2.0.0-1", "1.2.3"), "premajor");
	CHECK_STR(difference("1.2.3-1", "1.2.3-2"), "prerelease");
	CHECK_STR(difference("1.0.0-1", "1.0.0"), "major");
	CHECK_STR(difference("1.1.0-1", "1.1.0"), "minor");
	CHECK_STR(difference("1.1.1-1", "1.1.1"), "patch");
}

static const char *coerced(const char *text, unsigned flags)
{
	struct semver v;

	return semver_coerce(test_arena(), &v, str_from(text), flags) ? semver_format(test_arena(), &v) : NULL;
}

TEST(semver_coerce_finds_a_version_in_a_text)
{
	CHECK_STR(coerced("v3.4 replaces v3.3.1", 0), "3.4.0");
	CHECK_STR(coerced("version one", 0), NULL);
	CHECK_STR(coerced("12345678901234567 then 2", 0), "2.0.0");
	CHECK_STR(coerced("1.2.3.4", 0), "1.2.3");
	CHECK_STR(coerced("1.2.3.4", SEMVER_RTL), "2.3.4");
	CHECK_STR(coerced("v3.4 replaces v3.3.1", SEMVER_RTL), "3.3.1");
	CHECK_STR(coerced("1.2.3-rc.5+rev.6/a", 0), "1.2.3");
	CHECK_STR(coerced("1.2.3-rc.5+rev.6/a", SEMVER_PRERELEASE), "1.2.3-rc.5");
}
