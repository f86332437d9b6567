/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/err.h"
#include "resolver/ssri.h"

#define SHA512_OF_HI "sha512-FQoU7VvqbMcxz4bEFWasQnqNtI7xuf1iZmSzv7uZBx+kySLzPd44cZuMg1Tit6udd+Dmf8EoQ5IKcS5z1Vjhlw=="

static struct ssri *parse(const char *text, unsigned flags)
{
	return ssri_parse(test_arena(), str_from(text), flags);
}

static const char *normal(const char *text, const char *sep, unsigned flags)
{
	return ssri_format(test_arena(), parse(text, flags), sep, flags);
}

TEST(ssri_groups_hashes_and_drops_what_it_cannot_read)
{
	CHECK_STR(normal("sha1-abc= \t sha512-x?opt sha1-def garbage unknown-x sha256-", NULL, 0),
		"sha1-abc= sha1-def sha512-x?opt");
	CHECK(ssri_is_empty(parse("nothing here", 0)));
	CHECK(ssri_is_empty(parse("", 0)));
}

TEST(ssri_strictly_keeps_only_the_standard)
{
	CHECK_STR(normal("sha1-abc= " SHA512_OF_HI, NULL, SSRI_STRICT), SHA512_OF_HI);
	CHECK(ssri_is_empty(parse("sha512-tooshort", SSRI_STRICT)));
	CHECK_STR(normal("sha512-a sha512-b", " | ", 0), "sha512-a | sha512-b");
}

TEST(ssri_the_strongest_algorithm_both_have_decides)
{
	CHECK_STR(ssri_pick_algorithm(parse("sha1-a sha512-b sha256-c", 0), NULL), "sha512");
	CHECK_STR(ssri_pick_algorithm(parse("sha1-a sha512-b", 0), parse("sha1-a", 0)), "sha1");
	static const char one[] = "sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";

	CHECK(ssri_match_text(one, one));
	CHECK(!ssri_match_text("nothing", "nothing"));
	CHECK(!ssri_match_text("", ""));
	CHECK(!ssri_match_text(one, "sha512-b"));
	CHECK(ssri_match_text("sha1-a sha512-b", "sha1-x sha512-b"));
	CHECK(!ssri_match_text("sha1-a sha512-b", "sha1-a sha512-x"));
	CHECK(ssri_match_text("sha1-a sha512-b", "sha1-a"));
	CHECK(ssri_match_text("sha1-a sha1-b", "sha1-b"));
	CHECK(!ssri_match_text("sha1-a", "sha512-a"));
	CHECK(!ssri_match_text("", "sha512-a"));
}

TEST(ssri_merge_adds_but_never_changes)
{
	struct ssri *s = parse("sha1-a", 0);

	CHECK(ssri_merge(test_arena(), s, parse("sha512-b sha1-a", 0)));
	CHECK_STR(ssri_format(test_arena(), s, NULL, 0), "sha1-a sha512-b");
	CHECK(!ssri_merge(test_arena(), s, parse("sha512-c", 0)));
	CHECK_STR(ssri_format(test_arena(), s, NULL, 0), "sha1-a sha512-b");
}

TEST(ssri_to_and_from_hex)
{
	struct ssri *s = ssri_from_hex(test_arena(), "sha1", "deadbeef", "a?b");

	CHECK_STR(ssri_format(test_arena(), s, NULL, 0), "sha1-3q2+7w==?a?b");
	CHECK_STR(ssri_hex(test_arena(), s), "deadbeef");
	CHECK(ssri_is_empty(ssri_from_hex(test_arena(), "sha1", "no hex", NULL)));
}

TEST(ssri_checks_data)
{
	struct err err = ERR_INIT;
	struct ssri *s = ssri_from_data(test_arena(), STR("hi"), NULL, NULL, &err);

	CHECK_STR(ssri_format(test_arena(), s, NULL, 0), SHA512_OF_HI);
	CHECK_STR(ssri_check_data(test_arena(), s, STR("hi"))->algorithm, "sha512");
	CHECK(!ssri_check_data(test_arena(), s, STR("ho")));
	CHECK(!ssri_check_data(test_arena(), parse("", 0), STR("hi")));
}
