/* SPDX-License-Identifier: MIT */
#include "base/fiber.h"
#include "tests/unit/test.h"

struct count {
	struct fiber *fiber;
	int at;
};

static void count_to_three(void *ctx)
{
	struct count *c = ctx;

	for (int i = 1; i <= 3; i++) {
		c->at = i;
		fiber_yield(c->fiber);
	}
}

TEST(fiber_stops_and_goes_on)
{
	struct count c = {0};

	c.fiber = fiber_make(count_to_three, &c);
	CHECK_INT(c.at, 0);
	for (int i = 1; i <= 3; i++) {
		fiber_resume(c.fiber);
		CHECK_INT(c.at, i);
		CHECK(!fiber_done(c.fiber));
	}
	fiber_resume(c.fiber);
	CHECK(fiber_done(c.fiber));
	fiber_free(c.fiber);
}

TEST(fiber_can_be_dropped_in_the_middle)
{
	struct count c = {0};

	c.fiber = fiber_make(count_to_three, &c);
	fiber_resume(c.fiber);
	fiber_free(c.fiber);
}
