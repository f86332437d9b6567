/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "registry/proxy.h"
#include "registry/retry.h"

static const struct retry_policy npm = {.retries = 2, .factor = 10, .min_ms = 10000, .max_ms = 60000};

TEST(retry_follows_npms_schedule)
{
	int made[RETRY_CAUSES] = {0};

	CHECK_INT(retry_delay(&npm, made, RETRY_LATER, -1, 0.5), 10000);
	made[RETRY_LATER] = 1;
	CHECK_INT(retry_delay(&npm, made, RETRY_LATER, -1, 0.5), 60000);
	made[RETRY_LATER] = 2;
	CHECK_INT(retry_delay(&npm, made, RETRY_LATER, -1, 0.5), -1);
	CHECK_INT(retry_delay(&npm, made, RETRY_NEVER, -1, 0.5), -1);
}

TEST(retry_spreads_delays)
{
	int made[RETRY_CAUSES] = {0};

	CHECK_INT(retry_delay(&npm, made, RETRY_LATER, -1, 0), 9000);
	CHECK(retry_delay(&npm, made, RETRY_LATER, -1, 0.999) < 11000);
}

TEST(retry_is_more_patient_with_broken_connections)
{
	int made[RETRY_CAUSES] = {0};

	for (made[RETRY_BROKEN] = 0; made[RETRY_BROKEN] < 5; made[RETRY_BROKEN]++)
		CHECK(retry_delay(&npm, made, RETRY_BROKEN, -1, 0.9) < 3000);
	CHECK_INT(retry_delay(&npm, made, RETRY_BROKEN, -1, 0.5), 10000);
	made[RETRY_BROKEN]++;
	CHECK_INT(retry_delay(&npm, made, RETRY_BROKEN, -1, 0.5), 60000);
	made[RETRY_BROKEN]++;
	CHECK_INT(retry_delay(&npm, made, RETRY_BROKEN, -1, 0.5), -1);
}

TEST(retry_none_means_none)
{
	struct retry_policy none = npm;
	int made[RETRY_CAUSES] = {0};

	none.retries = 0;
	CHECK_INT(retry_delay(&none, made, RETRY_BROKEN, -1, 0.5), -1);
	CHECK_INT(retry_delay(&none, made, RETRY_LATER, -1, 0.5), -1);
}

TEST(retry_honours_retry_after)
{
	int made[RETRY_CAUSES] = {0};

	CHECK_INT(retry_delay(&npm, made, RETRY_LATER, 30000, 0.5), 30000);
	CHECK_INT(retry_delay(&npm, made, RETRY_LATER, 1000, 0.5), 10000);
	CHECK_INT(retry_delay(&npm, made, RETRY_LATER, 3600000, 0.5), -1);
}

TEST(retry_after_reads_seconds_and_dates)
{
	CHECK_INT(retry_after_ms("120", 0), 120000);
	CHECK_INT(retry_after_ms("Fri, 31 Dec 1999 23:59:59 GMT", 946684789), 10000);
	CHECK_INT(retry_after_ms("Fri, 31 Dec 1999 23:59:59 GMT", 946684899), 0);
	CHECK_INT(retry_after_ms("soon", 0), -1);
	CHECK_INT(retry_after_ms("-1", 0), -1);
	CHECK_INT(retry_after_ms(NULL, 0), -1);
}

TEST(retry_status_is_npms_list)
{
	CHECK(retry_status(408) && retry_status(420) && retry_status(429) && retry_status(500) && retry_status(599));
	CHECK(!retry_status(200) && !retry_status(404) && !retry_status(401) && !retry_status(304));
}

TEST(proxy_settings_beat_the_environment)
{
	struct proxy_settings p = {.proxy = "http://p", .env_https_proxy = "http://env"};

	CHECK_STR(proxy_choose(&p, true, "example.test"), "http://p");
	p.https_proxy = "http://s";
	CHECK_STR(proxy_choose(&p, false, "example.test"), "http://s");
	p.proxy = p.https_proxy = NULL;
	CHECK_STR(proxy_choose(&p, true, "example.test"), "http://env");
	CHECK_STR(proxy_choose(&p, false, "example.test"), "http://env");
	p.env_https_proxy = NULL;
	p.env_http_proxy = "http://plain";
	CHECK_STR(proxy_choose(&p, true, "example.test"), NULL);
	CHECK_STR(proxy_choose(&p, false, "example.test"), "http://plain");
}

TEST(proxy_exclusions_are_domains)
{
	CHECK(proxy_is_excluded("example.test", "example.test"));
	CHECK(proxy_is_excluded(".example.test", "a.b.example.test"));
	CHECK(proxy_is_excluded("x, Example.test ,y", "registry.example.test"));
	CHECK(!proxy_is_excluded("example.test", "notexample.test"));
	CHECK(!proxy_is_excluded("a.example.test", "example.test"));
	CHECK(!proxy_is_excluded("", "example.test"));
	CHECK(!proxy_is_excluded(",", "example.test"));
	CHECK(proxy_is_excluded("*", "example.test"));
}
