/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include "base/str.h"
#include "test.h"

static const char *cleaned(const char *bytes)
{
	return str_dup(test_arena(), utf8_clean(test_arena(), str_from(bytes)));
}

TEST(utf8_mistakes_are_replaced_as_node_does)
{
	CHECK_STR(cleaned("plain \xc3\xa4 \xf0\x9f\x98\x80"), "plain \xc3\xa4 \xf0\x9f\x98\x80");
	CHECK_STR(cleaned("a\xff" "b"), "a\xef\xbf\xbd" "b");
	CHECK_STR(cleaned("\xc0\x80"), "\xef\xbf\xbd\xef\xbf\xbd");
	CHECK_STR(cleaned("\xe2\x82"), "\xef\xbf\xbd");
	CHECK_STR(cleaned("\xf0\x9f\x98x"), "\xef\xbf\xbdx");
	CHECK_STR(cleaned("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}
