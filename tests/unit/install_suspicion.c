/* SPDX-License-Identifier: MIT */
#include "base/str.h"
#include "install/pack.h"
#include "tests/unit/test.h"

TEST(suspicion_of_names)
{
	CHECK(pack_suspicion("config/.env", STR("")));
	CHECK(pack_suspicion(".env.production", STR("")));
	CHECK(pack_suspicion("id_ed25519", STR("")));
	CHECK(!pack_suspicion(".env.example", STR("A=1")));
	CHECK(!pack_suspicion("environment.js", STR("")));
}

TEST(suspicion_of_contents)
{
	CHECK(pack_suspicion("key.pem", STR("-----BEGIN EC PRIVATE KEY-----\nMHc\n")));
	CHECK(!pack_suspicion("cert.pem", STR("-----BEGIN CERTIFICATE-----\nMHc\n")));
	CHECK(!pack_suspicion("docs.md", STR("a file that begins with -----BEGIN RSA PRIVATE KEY-----")));
	CHECK(pack_suspicion("a.js", STR("const t = 'npm_0123456789abcdefghijABCDEFGHIJ012345';")));
	CHECK(!pack_suspicion("a.js", STR("npm_config_registry, xnpm_0123456789abcdefghijABCDEFGHIJ012345")));
}

TEST(suspicion_of_npmrc)
{
	CHECK(pack_suspicion("test/.npmrc", STR("//example.test/:_authToken=abc\n")));
	CHECK(!pack_suspicion("test/.npmrc", STR("//example.test/:_authToken=${TOKEN}\nregistry=x\n")));
}
