/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "resolver/manifest.h"
#include "resolver/pkgext.h"
#include "tests/unit/test.h"

static struct json *json(const char *text)
{
	struct err err = ERR_INIT;
	struct json *v = json_parse(test_arena(), str_from(text), "test", &err);

	CHECK(v != NULL);
	return v;
}

static struct extended apply(const char *rules, const char *pkg, struct err *err)
{
	struct extended out = {0};
	struct pkgext *x = pkgext_make(test_arena(), json(rules), err);

	if (x && pkgext_apply(test_arena(), x, manifest_from_json(test_arena(), json(pkg)), &out, err) < 0)
		out.manifest = NULL;
	return out;
}

TEST(pkgext_adds_what_is_missing_and_says_so)
{
	struct err err = ERR_INIT;
	struct extended x = apply("{\"a@^1\":{\"dependencies\":{\"q\":\"2\"},\"peerDependencies\":{\"p\":\"3\"},"
				  "\"peerDependenciesMeta\":{\"p\":{\"optional\":true}}}}",
				  "{\"name\":\"a\",\"version\":\"1.2.0\",\"peerDependencies\":{\"p\":\"1\"}}", &err);

	CHECK(x.manifest != NULL);
	CHECK_STR(dep_list_find(&x.manifest->dependencies, "q")->spec, "2");
	CHECK_STR(dep_list_find(&x.manifest->peer_dependencies, "p")->spec, "3");
	CHECK(dep_list_find(&x.manifest->peer_dependencies, "p")->optional);
	CHECK_STR(json_find_text(x.applied, "selector"), "a@^1");
	CHECK_STR(json_text(json_at(json_find(x.applied, "dependencies"), 0)), "q");
}

TEST(pkgext_leaves_other_versions_alone)
{
	struct err err = ERR_INIT;
	struct extended x = apply("{\"a@^1\":{\"dependencies\":{\"q\":\"2\"}}}", "{\"name\":\"a\",\"version\":\"2.0.0\"}", &err);

	CHECK(x.manifest && !x.applied && !x.manifest->dependencies.count);
}

TEST(pkgext_refuses_what_npm_refuses)
{
	static const char *const bad[][3] = {
		{"{\"a@\":{}}", "{}", "EEXTENSIONSELECTOR"},
		{"{\"a@latest\":{}}", "{}", "EEXTENSIONSELECTOR"},
		{"{\"a\":{\"devDependencies\":{}}}", "{}", "EEXTENSIONFIELD"},
		{"{\"a\":{\"dependencies\":[]}}", "{}", "EEXTENSIONVALUE"},
		{"{\"a\":{\"dependencies\":{\"b\":null}}}", "{}", "EEXTENSIONDELETE"},
		{"{\"a\":{\"dependencies\":{\"b\":\"1\"}}}", "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":{\"b\":\"2\"}}",
		 "EEXTENSIONDUPDEP"},
		{"{\"a\":{},\"a@1\":{}}", "{\"name\":\"a\",\"version\":\"1.0.0\"}", "EEXTENSIONCONFLICT"},
		{"{\"a\":{\"peerDependenciesMeta\":{\"p\":{}}}}", "{\"name\":\"a\",\"version\":\"1.0.0\"}", "EEXTENSIONORPHANMETA"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = ERR_INIT;

		apply(bad[i][0], bad[i][1], &err);
		CHECK_STR(err_name(&err), bad[i][2]);
	}
}

TEST(pkgext_canonical_sorts_by_code_unit)
{
	struct buf out = BUF_INIT(1000);

	pkgext_canonical(test_arena(), &out, json("{\"b\":{\"z\":\"1\",\"Y\":[true,{\"d\":1,\"c\":null}]},\"a\":{}}"));
	CHECK_STR(buf_text(&out), "{\"a\":{},\"b\":{\"Y\":[true,{\"c\":null,\"d\":1}],\"z\":\"1\"}}");
	buf_release(&out);
}
