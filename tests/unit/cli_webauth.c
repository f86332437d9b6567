/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "cli/webauth.h"

TEST(webauth_waits_as_long_as_it_is_told_and_not_for_ever)
{
	CHECK_INT(webauth_pause(5000, 0), 5000);
	CHECK_INT(webauth_pause(-1, 0), 100);
	CHECK_INT(webauth_pause(0, 1000), 100);
	CHECK_INT(webauth_pause(INT64_MAX, 1000), WEBAUTH_LIMIT_MS - 1000);
	CHECK_INT(webauth_pause(5000, WEBAUTH_LIMIT_MS - 10), 10);
	CHECK_INT(webauth_pause(5000, WEBAUTH_LIMIT_MS), -1);
	CHECK_INT(webauth_pause(5000, INT64_MAX), -1);
}
