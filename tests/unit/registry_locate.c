/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "registry/fault.h"
#include "registry/freshness.h"
#include "registry/registry.h"
#include "resolver/packument.h"

#include <string.h>

static struct registry_options options = {
	.registry = "http://localhost:4873/mirror/",
	.public_host = "registry.example.test",
};

static const char *tarball(const char *setting, const char *url)
{
	options.replace_registry_host = setting;
	return registry_tarball_url(test_arena(), &options, url);
}

TEST(locate_a_packument)
{
	CHECK_STR(registry_packument_url(test_arena(), &options, "a"), "http://localhost:4873/mirror/a");
	CHECK_STR(registry_packument_url(test_arena(), &options, "@s/a"), "http://localhost:4873/mirror/@s%2fa");
}

TEST(locate_a_tarball_on_the_configured_registry)
{
	CHECK_STR(tarball(NULL, "https://registry.example.test/a/-/a-1.0.0.tgz"),
		"http://localhost:4873/mirror/a/-/a-1.0.0.tgz");
	CHECK_STR(tarball("npmjs", "https://registry.example.test/mirror/a/-/a-1.0.0.tgz"),
		"http://localhost:4873/mirror/a/-/a-1.0.0.tgz");
	CHECK_STR(tarball(NULL, "https://other.example.test/a.tgz"), "https://other.example.test/a.tgz");
	CHECK_STR(tarball("never", "https://registry.example.test/a.tgz"), "https://registry.example.test/a.tgz");
	CHECK_STR(tarball("always", "https://other.example.test/a.tgz"), "http://localhost:4873/mirror/a.tgz");
}

TEST(locate_a_tarball_by_host_or_prefix)
{
	CHECK_STR(tarball("old.example.test", "https://old.example.test:8443/a.tgz"), "http://localhost:4873/mirror/a.tgz");
	CHECK_STR(tarball("https://old.example.test/npm", "https://old.example.test/npm/a.tgz"),
		"http://localhost:4873/mirror/a.tgz");
	CHECK_STR(tarball("https://old.example.test/npm", "https://old.example.test/npmx/a.tgz"),
		"https://old.example.test/npmx/a.tgz");
}

static struct net_header headers[4];

static struct net_response answer(int status, const char *name, const char *value, struct buf *body)
{
	headers[0] = (struct net_header){name, value};
	return (struct net_response){.status = status, .url = "http://u:p@localhost/@s%2fa", .reason = "",
		.headers = headers, .n_headers = name ? 1 : 0, .body = body};
}

TEST(fault_speaks_npms_words)
{
	struct buf body = BUF_INIT(100);
	struct net_response r = answer(404, NULL, NULL, &body);
	struct err err = ERR_INIT;

	buf_adds(&body, "{\"error\":\"not here\"}");
	CHECK_INT(fault_of_status(&err, &r, NULL, "@s/a@^1.0.0"), -1);
	CHECK_STR(err_name(&err), "E404");
	CHECK_STR(err.text, "404 Not Found - GET http://u:***@localhost/@s%2fa - not here");
	CHECK(strstr(err.notes, "'@s/a@^1.0.0' could not be found or you do not have permission to access it.\n") != NULL);
	buf_release(&body);
}

TEST(fault_hides_tokens_in_urls)
{
	static const char *const all[][2] = {
		{"https://h/-/user/token/abc-def", "https://h/-/user/token/***"},
		{"https://u:p@h/npm/-/user/token/a%2fb/c?x=1", "https://u:***@h/npm/-/user/token/***?x=1"},
		{"https://h/-/npm/v1/tokens/token/npm_0123456789abcdefghijKLMNOPQRSTUV", "https://h/-/npm/v1/tokens/token/***"},
		{"https://h/npm_lazy", "https://h/npm_lazy"},
		{"/-/user/token/", "/-/user/token/***"},
	};
	struct buf body = BUF_INIT(100);
	struct net_response r = answer(404, NULL, NULL, &body);
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		CHECK_STR(fault_clean_url(test_arena(), all[i][0]), all[i][1]);
	r.url = "https://h/npm/-/user/token/live";
	buf_adds(&body, "{\"error\":\"no npm_0123456789abcdefghijKLMNOPQRSTUV here\"}");
	fault_of_status(&err, &r, "DELETE", NULL);
	CHECK_STR(err.text, "404 Not Found - DELETE https://h/npm/-/user/token/*** - no *** here");
	CHECK(!strstr(err.notes, "live"));
	buf_release(&body);
}

TEST(fault_knows_challenges)
{
	struct buf body = BUF_INIT(100);
	struct net_response r = answer(401, "www-authenticate", "Basic, Bearer realm=x", &body);
	struct err err = ERR_INIT, otp = ERR_INIT, odd = ERR_INIT;

	fault_of_status(&err, &r, NULL, NULL);
	CHECK_STR(err_name(&err), "E401");
	CHECK_STR(err.text, "Unable to authenticate, your authentication token seems to be invalid.");
	CHECK(strstr(err.notes, "  lode login\n") != NULL);
	r = answer(401, "www-authenticate", "OTP", &body);
	fault_of_status(&otp, &r, "PUT", NULL);
	CHECK_STR(err_name(&otp), "EOTP");
	r = answer(477, NULL, NULL, &body);
	fault_of_status(&odd, &r, NULL, NULL);
	CHECK_STR(err_name(&odd), "E477");
}

TEST(freshness_reads_cache_control)
{
	struct packument_meta meta = {0};
	struct net_response r = answer(200, "cache-control", "public, max-age=300", NULL);

	CHECK(freshness_of(test_arena(), &r, &meta));
	CHECK_INT(meta.max_age, 300);
	CHECK(!meta.no_cache);
	headers[1] = (struct net_header){"age", "100"};
	headers[2] = (struct net_header){"etag", "W/\"x\""};
	r.n_headers = 3;
	CHECK(freshness_of(test_arena(), &r, &meta));
	CHECK_INT(meta.max_age, 200);
	CHECK_STR(meta.etag, "W/\"x\"");
	r = answer(200, "cache-control", "No-Cache", NULL);
	CHECK(freshness_of(test_arena(), &r, &meta));
	CHECK(meta.no_cache);
	CHECK_INT(meta.max_age, -1);
	r = answer(200, "cache-control", "no-store, max-age=5", NULL);
	CHECK(!freshness_of(test_arena(), &r, &meta));
}
