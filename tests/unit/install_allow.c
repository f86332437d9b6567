/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/allow.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <string.h>

static struct json *parse(const char *text)
{
	struct err err = ERR_INIT;
	struct json *v = json_parse(test_arena(), str_from(text), "test", &err);

	if (!v)
		test_fail(__FILE__, __LINE__, "%s", err.text);
	return v;
}

static struct manifest *manifest(const char *text)
{
	return manifest_from_json(test_arena(), parse(text));
}

/* A root that wants `name` by `spec`, and what is installed there. */
static struct node *installed(const char *name, const char *spec, const char *resolved)
{
	struct arena *a = test_arena();
	struct tree *t = tree_make(a);
	const char *root = arena_printf(a, "{\"name\":\"root\",\"dependencies\":{\"%s\":\"%s\"}}", name, spec);

	t->root = node_make(t, &(struct node_options){.path = "/p", .manifest = manifest(root)});
	/* What it says of itself is a lie: nothing may be decided by it. */
	return node_make(t, &(struct node_options){
		.path = arena_printf(a, "/p/node_modules/%s", name),
		.manifest = manifest("{\"name\":\"trusted\",\"version\":\"9.9.9\",\"scripts\":{\"install\":\"x\"}}"),
		.root = t->root,
		.resolved = resolved,
	});
}

static enum allow_verdict decide(const char *policy, struct node *node)
{
	struct vec warnings;

	vec_init(&warnings, test_arena());
	return allow_decide(allow_from_json(test_arena(), parse(policy), "/p", &warnings), node);
}

TEST(allow_matches_what_was_resolved_not_what_a_package_says)
{
	struct node *n = installed("a", "^1.0.0", "https://registry.example.test/a/-/a-1.2.3.tgz");

	CHECK_INT(decide("{\"a\":true}", n), ALLOW_YES);
	CHECK_INT(decide("{\"a@1.2.3\":true}", n), ALLOW_YES);
	CHECK_INT(decide("{\"a@1.0.0 || 1.2.3\":true}", n), ALLOW_YES);
	CHECK_INT(decide("{\"a@1.0.0\":true}", n), ALLOW_UNREVIEWED);
	CHECK_INT(decide("{\"trusted\":true,\"trusted@9.9.9\":true}", n), ALLOW_UNREVIEWED);
	CHECK_INT(decide("{\"a\":true,\"a@1.2.3\":false}", n), ALLOW_NO);
	CHECK_INT(decide("{\"a\":1}", n), ALLOW_UNREVIEWED);
	CHECK_INT(decide("{}", n), ALLOW_UNREVIEWED);
}

TEST(allow_without_a_url_knows_the_name_only)
{
	struct node *n = installed("a", "^1.0.0", NULL);

	CHECK_INT(decide("{\"a\":true}", n), ALLOW_YES);
	CHECK_INT(decide("{\"a@9.9.9\":true}", n), ALLOW_UNREVIEWED);
	CHECK_INT(decide("{\"a@1.2.3\":false}", n), ALLOW_NO);
	n = installed("alias", "npm:real@1.0.0", NULL);
	CHECK_INT(decide("{\"alias\":true}", n), ALLOW_UNREVIEWED);
	CHECK_INT(decide("{\"real\":true}", n), ALLOW_YES);
}

TEST(allow_of_other_sources)
{
	struct node *tarball = installed("t", "https://example.test/t.tgz", "https://example.test/t.tgz");
	struct node *git = installed("g", "github:o/r", "git+ssh://git@github.com/o/r.git#0123456789012345678901234567890123456789");

	CHECK_INT(decide("{\"t\":true}", tarball), ALLOW_UNREVIEWED);
	CHECK_INT(decide("{\"https://example.test/t.tgz\":true}", tarball), ALLOW_YES);
	CHECK_INT(decide("{\"g\":true}", git), ALLOW_UNREVIEWED);
	CHECK_INT(decide("{\"github:o/r\":true}", git), ALLOW_YES);
	CHECK_INT(decide("{\"github:o/r#0123456\":true}", git), ALLOW_YES);
	CHECK_INT(decide("{\"github:o/r#1123456\":true}", git), ALLOW_UNREVIEWED);
	CHECK_INT(decide("{\"github:o/other\":true}", git), ALLOW_UNREVIEWED);
}

TEST(allow_identity_of_urls)
{
	static const struct {
		const char *url, *name, *version;
	} cases[] = {
		{"https://registry.example.test/@s/a/-/a-1.0.0.tgz", "@s/a", "1.0.0"},
		{"https://registry.example.test/@s%2fa/-/a-1.0.0.tgz", "@s/a", "1.0.0"},
		{"https://registry.example.test/deep/down/a/-/a-1.0.0-rc.1.tgz", "a", "1.0.0-rc.1"},
		{"https://registry.example.test/a/-/b-1.0.0.tgz", "edge", NULL},
		{"https://registry.example.test/-/a-1.0.0.tgz", "edge", NULL},
		{"https://registry.example.test/x/-/../../a/-/a-1.0.0.tgz", "edge", NULL},
		{"https://registry.example.test/a/-/a-1.0.0.tgz?x", "edge", NULL},
		{"https://registry.example.test/a/-/a-one.tgz", "edge", NULL},
		{"https://registry.example.test/a/-/a.tgz", "edge", NULL},
		{"file:../a-1.0.0.tgz", "edge", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct allow_identity id = allow_identify(test_arena(), installed("edge", "1", cases[i].url));

		CHECK_STR(id.name, cases[i].name);
		CHECK_STR(id.version, cases[i].version);
	}
}

TEST(allow_tells_what_it_passes_over)
{
	struct vec warnings;

	vec_init(&warnings, test_arena());
	CHECK(!allow_from_json(test_arena(), parse("{\"a@^1.0.0\":true,\"b@latest\":true}"), "/p", &warnings));
	CHECK_INT(warnings.count, 2);
	CHECK(strstr(warnings.items[0], "semver ranges"));
	CHECK(strstr(warnings.items[1], "dist-tag"));
}

TEST(allow_collects_what_is_undecided)
{
	struct node *n = installed("a", "1", "https://registry.example.test/a/-/a-1.2.3.tgz");
	struct err err = ERR_INIT;
	struct vec out;

	vec_init(&out, test_arena());
	allow_collect(test_arena(), NULL, n, &out);
	CHECK_INT(out.count, 1);
	CHECK_STR(VEC_AT(&out, struct allow_pending, 0)->name, "a");
	CHECK_STR(VEC_AT(&out, struct allow_pending, 0)->version, "1.2.3");
	CHECK_STR(allow_scripts_text(test_arena(), VEC_AT(&out, struct allow_pending, 0)->scripts), "install: x");
	CHECK_INT(allow_strict_error(&out, "Do something.", &err), -1);
	CHECK_INT(err.code, ERR_ESTRICTALLOWSCRIPTS);
	CHECK(strstr(err.text, "  trusted@9.9.9 (install: x)\nDo something."));
}
