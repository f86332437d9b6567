/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "resolver/collate.h"
#include "resolver/name.h"

TEST(name_for_new_packages_is_strict)
{
	CHECK(name_validate(test_arena(), "some-package").valid_new);
	CHECK(name_validate(test_arena(), "@scope/some.package_1").valid_new);
	CHECK(!name_validate(test_arena(), "Capital").valid_new);
	CHECK(name_validate(test_arena(), "Capital").valid_old);
	CHECK_STR(name_validate(test_arena(), "Http").warnings[0], "Http is a core module name");
}

TEST(name_errors_are_npms_sentences)
{
	struct name_check c = name_validate(test_arena(), ".a b");

	CHECK_INT(c.n_errors, 3);
	CHECK_STR(c.errors[0], "name cannot start with a period");
	CHECK_STR(c.errors[1], "name cannot start with a period");
	CHECK_STR(c.errors[2], "name can only contain URL-friendly characters");
	CHECK_STR(name_validate(test_arena(), NULL).errors[0], "name cannot be null");
	CHECK(!name_is_valid("s/l/a/s/h"));
	CHECK(!name_is_valid("@scope/.."));
	CHECK(!name_is_valid("node_modules"));
	CHECK(!name_is_valid("a\xc2\xa0"));
	CHECK(!name_is_valid(NULL));
}

TEST(name_parts)
{
	CHECK(str_is(name_scope("@scope/name"), "@scope"));
	CHECK_INT(name_scope("name").len, 0);
	CHECK_STR(name_unscoped("@scope/name"), "name");
	CHECK_STR(name_unscoped("name"), "name");
}

static void check_ascending(const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			CHECK_INT(collate_compare(texts[i], texts[k]), (i > k) - (i < k));
}

TEST(collate_orders_ascii_as_npm_does)
{
	static const char *const texts[] = {"_z", ".d", "@s/x", "1", "10", "2", "a", "A", "a_b", "a-b", "a.b", "a/b", "ab",
					    "b", "B"};
	static const char *const paths[] = {"node_modules/@a/b", "node_modules/a", "node_modules/a-b",
					    "node_modules/a/node_modules/b", "node_modules/aa"};

	check_ascending(texts, ARRAY_LEN(texts));
	check_ascending(paths, ARRAY_LEN(paths));
}

TEST(collate_case_decides_only_at_the_end)
{
	static const char *const texts[] = {"ab", "aB", "Ab", "abc", "b"};

	check_ascending(texts, ARRAY_LEN(texts));
	CHECK_INT(collate_compare("a\x01" "b", "ab"), 0);
}

TEST(collate_letters_with_accents_stand_beside_their_base)
{
	static const char *const texts[] = {"e", "E", "\xc3\xa9", "\xc3\x89", "ea", ("\xc3\xa9" "a"), "f", "o", "\xc3\xb8",
					    "p", "z", "\xe2\x82\xac"};

	check_ascending(texts, ARRAY_LEN(texts));
}
