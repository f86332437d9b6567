/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "lockfile/lockfile.h"
#include "lockfile/resolved.h"
#include "resolver/manifest.h"
#include "tests/unit/test.h"

#include <string.h>

static struct lockfile *read_text(const char *text, struct err *err)
{
	return lockfile_parse(test_arena(), str_from(text), &(struct lockfile_options){.path = "/p"}, err);
}

static struct lockfile *read_ok(const char *text)
{
	struct err err = ERR_INIT;
	struct lockfile *lf = read_text(text, &err);
	if (!lf)
		test_fail(__FILE__, __LINE__, "%s", err.text);
	return lf;
}

static const char *refused(const char *text)
{
	struct err err = ERR_INIT;
	CHECK(!read_text(text, &err));
	return arena_strdup(test_arena(), err.text);
}

static const char *entry(const struct lockfile *lf, const char *location)
{
	struct buf b = BUF_INIT(1 << 20);
	const struct json *v = lockfile_entry(lf, location);
	if (!v)
		return NULL;
	json_format(&b, v, NULL);
	const char *out = buf_dup(test_arena(), &b);
	buf_release(&b);
	return out;
}

TEST(lockfile_versions)
{
	CHECK_INT(read_ok("{\"lockfileVersion\":2,\"packages\":{}}")->version, 2);
	CHECK_INT(read_ok("{\"lockfileVersion\":1,\"requires\":true}")->version, 3);
	CHECK_INT(read_ok("{\"lockfileVersion\":1,\"requires\":true}")->original_version, 1);
	CHECK(read_ok("{\"lockfileVersion\":1}")->ancient);
	CHECK_INT(read_ok("{\"lockfileVersion\":4}")->version, 4);
	CHECK(!read_ok("")->loaded);
	struct err err = ERR_INIT;
	CHECK(!read_text("{\"lockfileVersion\":5}", &err));
	CHECK_STR(err_name(&err), "ELOCKFILEVERSION");
}

TEST(lockfile_refuses_what_is_no_place)
{
	static const char *const bad[] = {
		"/etc", "node_modules/../../etc", "a/../b", "node_modules", "node_modules/", "node_modules/.bin",
		"node_modules/.store", "node_modules/.store/.x", "node_modules/.store/@s", "node_modules/.store/../a",
		"node_modules/@s", "node_modules/@s/.x", "./a", "a//b", "../../home", "node_modules/@/x",
	};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		const char *text = arena_printf(test_arena(), "{\"lockfileVersion\":3,\"packages\":{\"%s\":{}}}", bad[i]);
		const char *why = refused(text);
		if (!strstr(why, bad[i]))
			test_fail(__FILE__, __LINE__, "'%s': %s", bad[i], why);
	}
}

TEST(lockfile_takes_targets_of_links_outside)
{
	read_ok("{\"lockfileVersion\":3,\"packages\":{\"../lib\":{},\"../lib/node_modules/a\":{},"
		"\"node_modules/lib\":{\"resolved\":\"../lib\",\"link\":true}}}");
}

TEST(lockfile_takes_the_store_of_links)
{
	read_ok("{\"lockfileVersion\":3,\"packages\":{\"node_modules/.store/a@1.0.0-x\":{},"
		"\"node_modules/.store/@s/b@1.0.0-y\":{},\"node_modules/.store/@s/b@1.0.0-y/node_modules/@s/b\":{},"
		"\"node_modules/a\":{\"resolved\":\"node_modules/.store/a@1.0.0-x\",\"link\":true}}}");
}

TEST(lockfile_refuses_what_is_no_entry)
{
	CHECK(strstr(refused("{\"packages\":{\"a\":1}}"), "'a'"));
	CHECK(strstr(refused("{\"packages\":[]}"), "packages"));
	CHECK(strstr(refused("[]"), "not an object"));
	refused("{\"packages\":{\"node_modules/a\":{\"version\":\"1");
	refused("null");
}

TEST(lockfile_fields_are_of_their_types)
{
	CHECK(strstr(refused("{\"packages\":{\"node_modules/a\":{\"version\":5}}}"), "'version' of 'node_modules/a' is not a text"));
	CHECK(strstr(refused("{\"packages\":{\"node_modules/a\":{\"dependencies\":[1]}}}"), "'dependencies'"));
	CHECK(strstr(refused("{\"dependencies\":[1]}"), "'dependencies' is not an object"));
	CHECK(strstr(refused("{\"packages\":{\"node_modules/a\\u0000b\":{}}}"), "NUL"));
	read_ok("{\"packages\":{\"node_modules/a\":{\"version\":\"1.0.0\",\"resolved\":false,\"dependencies\":[],\"deprecated\":\"\\\\u0000\"}}}");
}

TEST(lockfile_that_was_one_is_known)
{
	CHECK(lockfile_is_broken(str_from("\xEF\xBB\xBF\n {\"a")));
	CHECK(!lockfile_is_broken(str_from("{\n<<<<<<< HEAD\n\"a\": 1\n=======\n\"a\"\n>>>>>>> other\n}")));
	CHECK(!lockfile_is_broken(str_from("")));
	CHECK(!lockfile_is_broken(str_from("{\n<<<<<<< HEAD\n\"a\":1,\n=======\n>>>>>>> x\n}")));
	CHECK(!lockfile_is_broken(str_from("this is none")));
}

TEST(lockfile_v1_becomes_entries)
{
	const struct lockfile *lf = read_ok(
		"{\"name\":\"p\",\"lockfileVersion\":1,\"requires\":true,\"dependencies\":{"
		"\"a\":{\"version\":\"1.0.0\",\"resolved\":\"https://registry.example.test/a/-/a-1.0.0.tgz\","
		"\"integrity\":\"sha512-x\",\"requires\":{\"b\":\"^1\",\"o\":\"1\"},"
		"\"dependencies\":{\"b\":{\"version\":\"1.1.0\",\"integrity\":\"sha512-y\",\"bundled\":true,\"dev\":true}}},"
		"\"o\":{\"version\":\"1.0.0\",\"integrity\":\"sha512-z\",\"optional\":true},"
		"\"al\":{\"version\":\"npm:real@2.0.0\",\"integrity\":\"sha512-a\"},"
		"\"dir\":{\"version\":\"file:lib\"},"
		"\"g\":{\"version\":\"git+ssh://git@example.test/g.git#abc\",\"from\":\"git+ssh://git@example.test/g.git\"}"
		"}}");
	CHECK_STR(entry(lf, "node_modules/a"),
		  "{\"integrity\":\"sha512-x\",\"resolved\":\"https://registry.example.test/a/-/a-1.0.0.tgz\","
		  "\"version\":\"1.0.0\",\"devDependencies\":{\"b\":\"^1\"},\"optionalDependencies\":{\"o\":\"1\"}}");
	CHECK_STR(entry(lf, "node_modules/a/node_modules/b"),
		  "{\"dev\":true,\"inBundle\":true,\"integrity\":\"sha512-y\",\"version\":\"1.1.0\"}");
	CHECK_STR(entry(lf, "node_modules/al"), "{\"integrity\":\"sha512-a\",\"name\":\"real\",\"version\":\"2.0.0\"}");
	CHECK_STR(entry(lf, "node_modules/dir"), "{\"resolved\":\"lib\",\"link\":true}");
	CHECK_STR(entry(lf, "lib"), "{}");
	CHECK_STR(entry(lf, "node_modules/g"), "{\"resolved\":\"git+ssh://git@example.test/g.git#abc\"}");
}

TEST(resolved_is_spelled_one_way)
{
	struct arena *a = test_arena();
	CHECK_STR(resolved_normal(a, "github:a/b#c", "/p", "/p", true), "git+ssh://git@github.com/a/b.git#c");
	CHECK_STR(resolved_normal(a, "git+https://github.com/a/b.git#c", "/p", "/p", true),
		  "git+https://github.com/a/b.git#c");
	CHECK_STR(resolved_normal(a, "file:../x", "/p", "/p", true), "file:../x");
	CHECK_STR(resolved_normal(a, "file:../x", "/p", "/p/q", false), "file:/x");
	CHECK_STR(resolved_normal(a, "https://registry.example.test/a/-/a-1.0.0.tgz", "/p", "/p", true),
		  "https://registry.example.test/a/-/a-1.0.0.tgz");
	CHECK(!resolved_normal(a, NULL, "/p", "/p", true));
}

TEST(resolved_tells_the_version)
{
	const char *name, *version;
	CHECK(resolved_version(test_arena(), "x", "https://h.test/r/@s/a/-/a-1.2.3-b.tgz", &name, &version));
	CHECK_STR(name, "@s/a");
	CHECK_STR(version, "1.2.3-b");
	CHECK(resolved_version(test_arena(), "a", "/some/where/a-1.2.3.tgz", &name, &version));
	CHECK_STR(name, "a");
	CHECK(!resolved_version(test_arena(), "b", "/some/where/a-1.2.3.tgz", &name, &version));
}
