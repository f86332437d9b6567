/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/str.h"
#include "registry/auth.h"

#define REGISTRY "https://registry.example.test/here/"

static struct map settings;

static void set(const char *key, const char *value)
{
	map_put(&settings, key, (void *)(uintptr_t)value);
}

static struct auth find(const char *url, const char *scope)
{
	struct auth_query q = {.settings = &settings, .registry = REGISTRY, .scope = scope};
	struct err err = ERR_INIT;
	struct auth auth;

	CHECK_INT(auth_find(test_arena(), url, &q, &auth, &err), 0);
	return auth;
}

TEST(auth_longest_key_wins)
{
	struct auth auth;

	map_init(&settings, test_arena());
	set("//registry.example.test/:_authToken", "host");
	set("//registry.example.test/here/:_authToken", "path");
	auth = find(REGISTRY "a/-/a-1.0.0.tgz", NULL);
	CHECK_STR(auth.token, "path");
	CHECK_STR(auth.reg_key, "//registry.example.test/here/");
	CHECK_STR(auth_header(test_arena(), &auth), "Bearer path");
	CHECK_STR(find("https://registry.example.test/elsewhere", NULL).token, "host");
}

TEST(auth_never_leaves_its_host)
{
	struct auth auth;

	map_init(&settings, test_arena());
	set("//registry.example.test/here/:_authToken", "secret");
	auth = find("https://other.example.test/here/a.tgz", NULL);
	CHECK_STR(auth_header(test_arena(), &auth), NULL);
	auth = find("https://registry.example.test:8443/here/a.tgz", NULL);
	CHECK_STR(auth_header(test_arena(), &auth), NULL);
	auth = find("https://registry.example.test.evil.test/here/", NULL);
	CHECK_STR(auth_header(test_arena(), &auth), NULL);
}

TEST(auth_of_the_registry_covers_its_host)
{
	map_init(&settings, test_arena());
	set("//registry.example.test/here/:_authToken", "mine");
	CHECK_STR(find("https://registry.example.test/tarballs/a.tgz", NULL).token, "mine");
}

TEST(auth_basic_comes_from_name_and_password)
{
	struct auth auth;

	map_init(&settings, test_arena());
	set("//registry.example.test/:username", "user");
	set("//registry.example.test/:_password", "cGFzcw==");
	auth = find(REGISTRY, NULL);
	CHECK_STR(auth.basic, "dXNlcjpwYXNz");
	CHECK(auth.is_basic);
	set("//registry.example.test/:_auth", "Zm9vOmJhcg==");
	CHECK_STR(find(REGISTRY, NULL).basic, "Zm9vOmJhcg==");
	set("//registry.example.test/:_authToken", "t");
	CHECK_STR(find(REGISTRY, NULL).basic, NULL);
}

TEST(auth_remembers_a_scopes_own_registry)
{
	struct auth auth;

	map_init(&settings, test_arena());
	set("@s:registry", "https://scope.example.test/");
	set("//scope.example.test/:_authToken", "t");
	auth = find("https://tarballs.example.test/a.tgz", "@s");
	CHECK_STR(auth.token, NULL);
	CHECK_STR(auth.scope_auth_key, "//scope.example.test/");
	CHECK_STR(find("https://scope.example.test/x", "@s").token, "t");
}

TEST(auth_reads_client_certificates)
{
	const char *dir = test_dir(), *cert = arena_printf(test_arena(), "%s/c", dir);
	const char *key = arena_printf(test_arena(), "%s/k", dir);
	struct err err = ERR_INIT;

	CHECK_INT(fs_write(cert, STR("CERT"), 0644, &err), 0);
	map_init(&settings, test_arena());
	set("//registry.example.test/here/:certfile", cert);
	set("//registry.example.test/here/:keyfile", key);
	CHECK_STR(find(REGISTRY, NULL).cert, NULL);
	CHECK_INT(fs_write(key, STR("KEY"), 0600, &err), 0);
	CHECK_STR(find(REGISTRY, NULL).cert, "CERT");
	CHECK_STR(find(REGISTRY, NULL).key, "KEY");
	CHECK_STR(find("https://other.example.test/", NULL).key, NULL);
}

TEST(auth_nerf_dart_drops_the_last_segment)
{
	CHECK_STR(auth_nerf_dart(test_arena(), "https://registry.example.test/a/b"), "//registry.example.test/a/");
	CHECK_STR(auth_nerf_dart(test_arena(), "http://registry.example.test:80"), "//registry.example.test/");
	CHECK_STR(auth_nerf_dart(test_arena(), "http://u:p@localhost:81/x/?y#z"), "//localhost:81/x/");
	CHECK_STR(auth_nerf_dart(test_arena(), "nothing"), NULL);
}

TEST(auth_registry_is_the_scopes)
{
	struct auth_query q = {.settings = &settings, .registry = REGISTRY};

	map_init(&settings, test_arena());
	set("@s:registry", "https://scope.example.test//");
	CHECK_STR(auth_registry_for(test_arena(), &q, "@s/a"), "https://scope.example.test");
	CHECK_STR(auth_registry_for(test_arena(), &q, "@t/a"), "https://registry.example.test/here");
	CHECK_STR(auth_registry_for(test_arena(), &q, "a"), "https://registry.example.test/here");
	set("@corp:registry", "https://corp.example.test/");
	q.fallback = "@corp";
	CHECK_STR(auth_registry_for(test_arena(), &q, "a"), "https://corp.example.test");
	CHECK_STR(auth_registry_for(test_arena(), &q, "@t/a"), "https://corp.example.test");
	CHECK_STR(auth_registry_for(test_arena(), &q, "@s/a"), "https://scope.example.test");
	q.fallback = "@none";
	CHECK_STR(auth_registry_for(test_arena(), &q, "a"), "https://registry.example.test/here");
}
