/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/yaml.h"
#include "tests/unit/test.h"

#include <string.h>

static const char *as_json(const char *text)
{
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT(1 << 20);
	const struct json *v = yaml_parse(test_arena(), str_from(text), "a.yaml", &err);
	if (!v)
		test_fail(__FILE__, __LINE__, "%s", err.text);
	json_format(&out, v, NULL);
	const char *copy = buf_dup(test_arena(), &out);
	buf_release(&out);
	return copy;
}

static const char *refused(const char *text)
{
	struct err err = ERR_INIT;
	CHECK(!yaml_parse(test_arena(), str_from(text), "a.yaml", &err));
	CHECK_STR(err_name(&err), "EYAMLPARSE");
	return arena_strdup(test_arena(), err.text);
}

TEST(yaml_values)
{
	CHECK_STR(as_json(""), "[]");
	CHECK_STR(as_json("a: 1.0\nb: 'x y'\nc: {d: [e, \"f\\tg\"]}\n"),
		"[{\"a\":\"1.0\",\"b\":\"x y\",\"c\":{\"d\":[\"e\",\"f\\tg\"]}}]");
	CHECK_STR(as_json("a:\nb: ~\nc: null\nd: 'null'\ne: ''\n"), "[{\"a\":null,\"b\":null,\"c\":null,\"d\":\"null\",\"e\":\"\"}]");
	CHECK_STR(as_json("? a long key\n: - 1\n  - 2\n"), "[{\"a long key\":[\"1\",\"2\"]}]");
}

TEST(yaml_documents)
{
	CHECK_STR(as_json("---\na: 1\n---\n- b\n...\n---\nc\n"), "[{\"a\":\"1\"},[\"b\"],\"c\"]");
}

TEST(yaml_says_where_it_is_wrong)
{
	CHECK(strstr(refused("a: 1\nb: [1\nc: 2\n"), "in 'a.yaml'"));
	CHECK(strstr(refused("a: 1\nb: [1\nc: 2\n"), "line 3"));
	CHECK(strstr(refused("a:\n<<<<<<< HEAD\n  b: 1\n"), "line 3"));
	CHECK(strstr(refused("a: \xff\n"), "'a.yaml'"));
}

TEST(yaml_refuses_bombs)
{
	char deep[400];
	CHECK_STR(refused("a: &x [1]\nb: *x\n"), "Invalid YAML in 'a.yaml': an alias is not allowed here at line 2 column 4");
	memset(deep, '[', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = '\0';
	CHECK(strstr(refused(deep), "nested too deep"));
	CHECK(strstr(refused("? [a]\n: b\n"), "a key must be a text"));
	CHECK(strstr(refused("\"a\\0b\": c\n"), "a text holds a NUL"));
}
