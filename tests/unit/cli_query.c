/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/query.h"
#include "test.h"

static struct err err;

static struct json *doc(const char *text)
{
	err = (struct err)ERR_INIT;
	return json_parse(test_arena(), str_from(text), "document", &err);
}

static const char *text(const struct json *v)
{
	struct buf b = BUF_INIT(1 << 16);
	if (!v)
		return err_name(&err);
	json_format(&b, v, NULL);
	const char *s = buf_dup(test_arena(), &b);
	buf_release(&b);
	return s;
}

static const char *got(const char *data, const char *path)
{
	struct json *out = json_object(test_arena()), *d = doc(data);
	return text(query_get(test_arena(), d, path, out, &err) ? NULL : out);
}

static const char *set(const char *data, const char *path, const char *value)
{
	struct json *d = doc(data), *v = doc(value);
	return text(query_set(test_arena(), d, path, v, &err));
}

TEST(query_gets_by_path)
{
	CHECK_STR(got("{\"a\":{\"b\":[1,{\"c\":2}]}}", "a.b[1].c"), "{\"a.b[1].c\":2}");
	CHECK_STR(got("{\"a\":{\"x.y\":1}}", "a[x.y]"), "{\"a[x.y]\":1}");
	CHECK_STR(got("{\"l\":[{\"n\":1},{},{\"n\":3}]}", "l.n"), "{\"l[0].n\":1,\"l[2].n\":3}");
	CHECK_STR(got("{\"a\":1}", "b.c"), "{}");
	CHECK_STR(got("{\"a\":[]}", "a[]"), "EINVALIDSYNTAX");
}

TEST(query_sets_and_makes_what_is_missing)
{
	CHECK_STR(set("{}", "a.b", "1"), "{\"a\":{\"b\":1}}");
	CHECK_STR(set("{}", "a[0].b", "1"), "{\"a\":[{\"b\":1}]}");
	CHECK_STR(set("{\"a\":[1]}", "a[]", "2"), "{\"a\":[1,2]}");
	CHECK_STR(set("{}", "a[2]", "1"), "{\"a\":[null,null,1]}");
	CHECK_STR(set("{}", "e[./x.y].z", "1"), "{\"e\":{\"./x.y\":{\"z\":1}}}");
}

TEST(query_refuses_to_destroy)
{
	CHECK_STR(set("{\"a\":\"text\"}", "a.b", "1"), "EOVERRIDEVALUE");
	CHECK_STR(set("{\"a\":[1]}", "a.b", "1"), "ENOADDPROP");
	CHECK_STR(set("{\"a\":{\"b\":1}}", "a[]", "1"), "ENOAPPEND");
	CHECK_STR(set("{}", "a.__proto__.b", "1"), "EFORBIDDENKEY");
	CHECK_STR(set("{}", "constructor", "1"), "EFORBIDDENKEY");
	struct json *d = doc("{\"a\":\"text\"}");
	CHECK_STR(text(query_force(test_arena(), d, "a.b", json_null(test_arena()), &err)), "{\"a\":{\"b\":null}}");
}

TEST(query_deletes)
{
	CHECK_STR(text(query_delete(test_arena(), doc("{\"a\":{\"b\":1,\"c\":2}}"), "a.b", &err)), "{\"a\":{\"c\":2}}");
	CHECK_STR(text(query_delete(test_arena(), doc("{\"a\":[1,2,3]}"), "a[1]", &err)), "{\"a\":[1,3]}");
}
