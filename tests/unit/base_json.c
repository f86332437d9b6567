/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "tests/unit/test.h"

#include <string.h>

static const char *formatted(const struct json *v, const char *indent)
{
	struct buf out = BUF_INIT(1 << 20);
	const char *kept;

	if (!v)
		return NULL;
	json_format(&out, v, indent);
	kept = buf_dup(test_arena(), &out);
	buf_release(&out);
	return kept;
}

/* By both parsers: they agree. */
static struct json *parse(const char *text)
{
	struct err err = ERR_INIT, other = ERR_INIT;
	struct json *v = json_parse(test_arena(), str_from(text), "test.json", &err);
	struct json *w = json_parse_fast(test_arena(), str_from(text), "test.json", &other);

	CHECK((v != NULL) == (err.code == ERR_OK));
	CHECK_INT(err.code, other.code);
	CHECK_STR(formatted(v, NULL), formatted(w, NULL));
	return v;
}

static const char *again(const char *text, const char *indent)
{
	return formatted(parse(text), indent);
}

TEST(json_numbers_have_digits)
{
	CHECK(!parse("{\"a\":-.5}"));
	CHECK(!parse("-"));
	CHECK(!parse("[.5]"));
	CHECK_STR(again("[-0.5,-1e3]", NULL), "[-0.5,-1000]");
}

TEST(json_objects_have_javascripts_order_of_keys)
{
	CHECK_STR(again("{\"b\":1,\"10\":2,\"a\":3,\"2\":4,\"b\":5,\"01\":6}", NULL),
		"{\"2\":4,\"10\":2,\"b\":5,\"a\":3,\"01\":6}");
}

TEST(json_is_written_as_stringify_writes_it)
{
	CHECK_STR(again("{ \"a\" : [ ] , \"b\":{}, \"c\":[1,{\"d\":null}] }", "  "),
		"{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": null\n    }\n  ]\n}");
	CHECK_STR(again("\"\\u0001\\n\\\"\\/\\u00e9\\ud83d\\ude00\"", NULL), "\"\\u0001\\n\\\"/é😀\"");
}

TEST(json_strings_are_escaped_wherever_it_is_needed)
{
	CHECK_STR(again("\"\"", NULL), "\"\"");
	CHECK_STR(again("{\"\":\"\"}", "\t"), "{\n\t\"\": \"\"\n}");
	CHECK_STR(again("\"\\\"\"", NULL), "\"\\\"\"");
	CHECK_STR(again("\"sixteen letters \\b\\f\\r\\t\\u001f and the end\\\\\"", NULL),
		"\"sixteen letters \\b\\f\\r\\t\\u001f and the end\\\\\"");
	CHECK_STR(again("\"1234567\\n\"", NULL), "\"1234567\\n\"");
	CHECK_STR(again("\"12345678\\n\"", NULL), "\"12345678\\n\"");
	CHECK_STR(again("\"\x7f\u00e9\"", NULL), "\"\x7f\u00e9\"");
	CHECK_STR(again("{\"a \\\"key\\\"\":[[],{}]}", " "), "{\n \"a \\\"key\\\"\": [\n  [],\n  {}\n ]\n}");
}

TEST(json_text_that_is_too_long_fails)
{
	struct json *v = parse("{\"key\":[\"a text\",\"b\\n\"]}");
	struct buf out;

	for (size_t max = 0; max <= 24; max++) {
		buf_init(&out, max);
		json_format(&out, v, NULL);
		CHECK_INT(out.failed, max < 24);
		buf_release(&out);
	}
}

TEST(json_marks_say_where_members_begin)
{
	struct json *v = parse("{\"a\":1,\"b\":{\"x\":{},\"y\":[2]},\"c\":{}}");
	struct buf out = BUF_INIT(1 << 10);
	size_t at[3];

	json_format_marked(&out, v, "  ", &(struct json_marks){json_find(v, "b"), at});
	CHECK_STR(arena_strndup(test_arena(), out.ptr + at[0], at[1] - at[0]), "\"x\": {},\n    ");
	CHECK_STR(arena_strndup(test_arena(), out.ptr + at[1], at[2] - at[1]), "\"y\": [\n      2\n    ]");
	buf_release(&out);
}

TEST(json_numbers_are_written_as_javascript_writes_them)
{
	CHECK_STR(again("[1.0,0.1,1e21,123456789012345680000,1e-7,0.000001,-5,1.5e300,0]", NULL),
		"[1,0.1,1e+21,123456789012345680000,1e-7,0.000001,-5,1.5e+300,0]");
}

TEST(json_refuses_what_is_not_json)
{
	static const char *const bad[] = {"", "{", "[1,]", "{\"a\":1,}", "01", "1.", "+1", "'a'", "{a:1}", "[1] x", "\"\t\"",
		"\"\\x\"", "nul", "[1\f]", "1e", "-"};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (parse(bad[i]))
			test_fail(__FILE__, __LINE__, "accepted «%s»", bad[i]);
}

TEST(json_errors_say_where)
{
	struct err err = ERR_INIT;

	CHECK(!json_parse(test_arena(), STR("{\n  \"a\": ?\n}"), "package.json", &err));
	CHECK_STR(err_name(&err), "EJSONPARSE");
	CHECK(strstr(err.text, "'package.json'") && strstr(err.text, "line 2 column 8"));
}

TEST(json_deep_nesting_is_refused_without_a_crash)
{
	char *deep = arena_alloc(test_arena(), 200001);

	memset(deep, '[', 200000);
	CHECK(!parse(deep));
}

TEST(json_big_objects_find_and_change_members)
{
	struct arena *a = test_arena();
	struct json *o = json_object(a);

	for (int i = 0; i < 1000; i++)
		json_put_text(a, o, arena_printf(a, "k%d", i), "v");
	json_put_text(a, o, "k500", "changed");
	CHECK_STR(json_find_text(o, "k500"), "changed");
	CHECK(json_remove(o, "k0"));
	CHECK_STR(json_find_text(o, "k999"), "v");
	CHECK(!json_find(o, "k0"));
	CHECK_INT(json_count(o), 999);
	CHECK(json_equal(o, json_copy(a, o)));
}

TEST(json_refuses_escapes_that_are_none)
{
	struct err err = ERR_INIT;

	CHECK(!json_parse(test_arena(), STR("\"\\u12g4\""), "it", &err));
	CHECK(!json_parse(test_arena(), STR("\"\\u12"), "it", &err));
	CHECK(!json_parse(test_arena(), STR("\"\\\""), "it", &err));
	CHECK(!json_parse(test_arena(), STR("\"12345678\\"), "it", &err));
	CHECK(!json_parse(test_arena(), STR("\"1234567\x1f\""), "it", &err));
	CHECK_STR(json_text(json_parse(test_arena(), STR("\"1\\\"2\\\\\""), "it", &err)), "1\"2\\");
	CHECK_STR(json_text(json_parse(test_arena(), STR("\"\\u0041\""), "it", &err)), "A");
}
