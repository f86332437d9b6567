/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/grants.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"
#include "runtime/confine.h"

static const struct json *parse(const char *text)
{
	struct err err = ERR_INIT;
	const struct json *v = json_parse(test_arena(), str_from(text), "test", &err);

	CHECK(v != NULL);
	return v;
}

static const struct confine_grants *granted(const char *pkg, size_t warned)
{
	struct tree *t = tree_make(test_arena());
	struct vec warnings;
	struct grants *g;
	struct node *n;

	vec_init(&warnings, test_arena());
	g = grants_make(test_arena(), parse(pkg), "/p", &warnings);
	CHECK_INT(warnings.count, warned);
	t->root = node_make(t, &(struct node_options){
		.path = "/p", .manifest = manifest_from_json(test_arena(), (struct json *)parse("{\"dependencies\":{\"a\":\"1\"}}"))});
	n = node_make(t, &(struct node_options){
		.path = "/p/node_modules/a",
		.root = t->root,
		.manifest = manifest_from_json(test_arena(), (struct json *)parse("{\"name\":\"a\",\"version\":\"1.0.0\"}")),
		.resolved = "https://registry.example.test/a/-/a-1.0.0.tgz",
	});
	return grants_of(test_arena(), g, n, "/home/u");
}

TEST(grants_add_up_and_the_last_limit_counts)
{
	const struct confine_grants *g = granted(
		"{\"lode\":{\"scripts\":{\"*\":{\"time\":5,\"memory\":\"1.5GB\",\"env\":[\"X_TOKEN\"]},"
		"\"a@1.0.0\":{\"net\":true,\"write\":[\"~/.cache/a\",\"gen\",\"/opt/a\",7],\"time\":60,\"processes\":9},"
		"\"a@2.0.0\":{\"read\":[\"/secret\"]},\"b\":{\"cpu\":1}}}}", 1);

	CHECK(g->net && g->writes.count == 3 && !g->reads.count);
	CHECK_STR(g->writes.items[0], "/home/u/.cache/a");
	CHECK_STR(g->writes.items[1], "/p/gen");
	CHECK_STR(g->writes.items[2], "/opt/a");
	CHECK_STR(g->env.items[0], "X_TOKEN");
	CHECK(g->limits.time_ms == 60000 && g->limits.memory == (uint64_t)3 << 29 && g->limits.processes == 9 && !g->limits.cpu_ms);
}

TEST(grants_that_make_no_sense_grant_nothing)
{
	const struct confine_grants *g = granted(
		"{\"lode\":{\"scripts\":{\"a@^1\":{\"net\":true},\"a\":true,\"*\":{\"net\":\"yes\",\"time\":-1,\"memory\":\"2 potatoes\",\"wriet\":[]}}}}",
		6);

	CHECK(!g->net && !g->limits.time_ms && !g->limits.memory);
	CHECK(!granted("{\"lode\":[]}", 1)->net);
	CHECK(!granted("{\"lode\":{\"scripts\":[\"a\"]}}", 1)->net);
}

static enum grant_sense judge(unsigned list, const char *text)
{
	struct grant_judged got = grants_judge(test_arena(), list, text, "/home/u/p", "/home/u");

	CHECK((got.sense == GRANT_FINE) == !got.why);
	return got.sense;
}

TEST(grants_are_judged_by_what_they_open)
{
	static const struct {
		unsigned list;
		const char *text;
		enum grant_sense sense;
	} cases[] = {
		{GRANT_WRITE, "/", GRANT_ABSURD}, {GRANT_READ, "/", GRANT_ABSURD}, {GRANT_FILE, "//", GRANT_ABSURD},
		{GRANT_WRITE, "~", GRANT_ABSURD}, {GRANT_READ, "~/", GRANT_ABSURD}, {GRANT_WRITE, "/home", GRANT_ABSURD},
		{GRANT_WRITE, "~/x/..", GRANT_ABSURD}, {GRANT_WRITE, ".", GRANT_ABSURD}, {GRANT_WRITE, "..", GRANT_ABSURD},
		{GRANT_READ, ".", GRANT_FINE}, {GRANT_WRITE, "node_modules", GRANT_ABSURD}, {GRANT_WRITE, "./node_modules/", GRANT_ABSURD},
		{GRANT_WRITE, "node_modules/.prisma", GRANT_FINE}, {GRANT_READ, "node_modules", GRANT_FINE}, {GRANT_WRITE, ".git", GRANT_ABSURD},
		{GRANT_FILE, ".git/config", GRANT_RISKY}, {GRANT_WRITE, ".git/hooks", GRANT_RISKY}, {GRANT_READ, ".git/config", GRANT_FINE},
		{GRANT_WRITE, "gen", GRANT_FINE}, {GRANT_WRITE, "~/.cache/x", GRANT_FINE}, {GRANT_WRITE, "/opt/x", GRANT_FINE},
		{GRANT_ENV, "/", GRANT_FINE}, {GRANT_WRITE, "", GRANT_FINE},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_INT(judge(cases[i].list, cases[i].text), cases[i].sense);
}
