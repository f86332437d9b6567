/* SPDX-License-Identifier: MIT */
#include "cli/bytes.h"
#include "tests/unit/test.h"

TEST(bytes_round_as_javascript_does)
{
	CHECK_STR(bytes_text(test_arena(), 999, ""), "999B");
	CHECK_STR(bytes_text(test_arena(), 1000, " "), "1.0 kB");
	CHECK_STR(bytes_text(test_arena(), 1250, ""), "1.3kB");
	CHECK_STR(bytes_text(test_arena(), 1150, ""), "1.1kB");
	CHECK_STR(bytes_text(test_arena(), 1750, ""), "1.8kB");
	CHECK_STR(bytes_text(test_arena(), 999950, " "), "1.0 MB");
	CHECK_STR(bytes_text(test_arena(), 2000000000, " "), "2.0 GB");
}
