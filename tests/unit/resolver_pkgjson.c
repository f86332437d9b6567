/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "resolver/bins.h"
#include "resolver/manifest.h"
#include "resolver/pkgjson.h"
#include "resolver/platform.h"
#include "tests/unit/test.h"

static struct json *read_json(const char *text)
{
	struct err err = ERR_INIT;
	struct json *v = json_parse(test_arena(), str_from(text), "test", &err);
	CHECK(v);
	return v;
}

static const char *written(const struct json *v)
{
	struct buf out = BUF_INIT(65536);
	json_format(&out, v, NULL);
	const char *text = buf_dup(test_arena(), &out);
	buf_release(&out);
	return text;
}

static const char *normalized(const char *text, unsigned steps)
{
	struct err err = ERR_INIT;
	struct json *v = read_json(text);
	return pkgjson_normalize(test_arena(), v, steps, &err) < 0 ? arena_printf(test_arena(), "%s", err.text) : written(v);
}

TEST(bins_are_made_safe)
{
	struct json *p = read_json("{\"name\":\"@s/n\",\"bin\":{\"a/b\":\"../../x\",\"..\":\"y\",\"c\":5,\"d\":\"\\\\e:f\"}}");
	bins_normalize(test_arena(), p);
	CHECK_STR(written(json_find(p, "bin")), "{\"b\":\"x\",\"d\":\"e:f\"}");
	p = read_json("{\"name\":\"@s/n\",\"bin\":\"./x.js\"}");
	bins_normalize(test_arena(), p);
	CHECK_STR(written(json_find(p, "bin")), "{\"n\":\"x.js\"}");
	p = read_json("{\"bin\":\"./x.js\"}");
	bins_normalize(test_arena(), p);
	CHECK_STR(written(p), "{}");
}

TEST(pkgjson_normalize_for_an_install)
{
	CHECK_STR(normalized("{\"name\":\"n\",\"version\":\"1.0.0\",\"_x\":1,\"funding\":\"u\",\"bundledDependencies\":true,"
			     "\"dependencies\":{\"a\":\"1\",\"b\":\"1\"},\"optionalDependencies\":{\"b\":\"1\"},"
			     "\"scripts\":{\"x\":1,\"y\":\"z\"},\"overrides\":{}}", PKGJSON_NORMALIZE),
		  "{\"name\":\"n\",\"version\":\"1.0.0\",\"funding\":{\"url\":\"u\"},\"dependencies\":{\"a\":\"1\"},"
		  "\"optionalDependencies\":{\"b\":\"1\"},\"scripts\":{\"y\":\"z\"},\"_id\":\"n@1.0.0\","
		  "\"bundleDependencies\":[\"a\",\"b\"]}");
}

TEST(pkgjson_names_and_versions)
{
	CHECK_STR(normalized("{\"name\":\" n \",\"version\":\"=v1.0.0\"}", PKGJSON_NAME | PKGJSON_VERSION),
		  "{\"name\":\"n\",\"version\":\"1.0.0\"}");
	CHECK_STR(normalized("{\"name\":\"a b\"}", PKGJSON_NAME), "Invalid name: \"a b\"");
	CHECK_STR(normalized("{\"name\":[]}", PKGJSON_NAME), "name field must be a string.");
	CHECK_STR(normalized("{\"version\":\"x\"}", PKGJSON_VERSION), "Invalid version: \"x\"");
	CHECK_STR(normalized("{\"name\":\"Aa\"}", PKGJSON_NAME | PKGJSON_STRICT), "Invalid name: \"Aa\"");
}

TEST(pkgjson_people)
{
	struct arena *a = test_arena();
	CHECK_STR(written(pkgjson_person(a, json_string(a, "A B <a@b.test> (http://x)"))),
		  "{\"name\":\"A B\",\"email\":\"a@b.test\",\"url\":\"http://x\"}");
	CHECK_STR(written(pkgjson_person(a, read_json("{\"name\":\"A\",\"mail\":\"m\",\"web\":\"w\"}"))),
		  "{\"name\":\"A\",\"email\":\"m\",\"url\":\"w\"}");
	CHECK_STR(written(pkgjson_person(a, json_string(a, "()<>"))), "{}");
}

TEST(manifest_fields)
{
	struct manifest *m = manifest_from_json(test_arena(), read_json(
		"{\"name\":\"n\",\"version\":\"1.0.0\",\"dependencies\":{\"a\":\"^1\",\"odd\":5},\"peerDependencies\":{\"p\":\"1\","
		"\"q\":\"2\"},\"peerDependenciesMeta\":{\"q\":{\"optional\":true}},\"os\":\"linux\",\"cpu\":[\"!x64\"],"
		"\"scripts\":{\"postinstall\":\"x\"},\"deprecated\":\"old\",\"dist\":{\"tarball\":\"t\",\"integrity\":\"i\"},"
		"\"workspaces\":{\"packages\":[\"a/*\"]},\"bin\":\"b.js\"}"));
	CHECK_INT(m->dependencies.count, 1);
	CHECK_STR(dep_list_find(&m->dependencies, "a")->spec, "^1");
	CHECK(!m->peer_dependencies.items[0].optional && m->peer_dependencies.items[1].optional);
	CHECK_STR(m->os.list.items[0], "linux");
	CHECK(m->has_install_script);
	CHECK_STR(m->deprecated, "old");
	CHECK_STR(m->dist.integrity, "i");
	CHECK_STR(m->workspaces.items[0], "a/*");
	CHECK_STR(m->bin.items[0].name, "n");
	CHECK(!manifest_from_json(test_arena(), read_json("{\"gypfile\":true,\"scripts\":{\"build\":\"x\"}}"))->has_install_script);
	CHECK(!manifest_from_json(test_arena(), json_null(test_arena()))->name);
}

TEST(platform_lists)
{
	struct platform p = platform_make("linux", "x64", "glibc");
	struct manifest *m = manifest_from_json(test_arena(), read_json("{\"os\":[\"linux\"],\"cpu\":[\"!arm\"]}"));
	CHECK(platform_ok(m, &p));
	CHECK(!platform_ok(m, &(struct platform){"darwin", "x64", NULL}));
	CHECK(!platform_ok(m, &(struct platform){"linux", "arm", NULL}));
	m = manifest_from_json(test_arena(), read_json("{\"libc\":[\"musl\"],\"os\":\"any\"}"));
	CHECK(!platform_ok(m, &p));
	CHECK(!platform_ok(m, &(struct platform){"linux", "x64", NULL}));
	CHECK(platform_ok(m, &(struct platform){"linux", "x64", "musl"}));
}

TEST(platform_engines)
{
	const struct json *engines = read_json("{\"node\":\">=18\",\"npm\":\"^10\"}");
	CHECK(platform_engine_ok(engines, NULL, "20.0.0"));
	CHECK(!platform_engine_ok(engines, NULL, "16.0.0"));
	CHECK(!platform_engine_ok(engines, "9.0.0", "20.0.0"));
	CHECK(platform_engine_ok(engines, "10.1.0", "20.0.0-rc.1"));
	CHECK(platform_engine_ok(NULL, "9.0.0", "1.0.0"));
}
