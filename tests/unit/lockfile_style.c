/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "lockfile/conflict.h"
#include "lockfile/style.h"
#include "tests/unit/test.h"

#include <string.h>

static struct json *parse(const char *text)
{
	struct err err = ERR_INIT;
	struct json *v = conflict_parse(test_arena(), str_from(text), "test.json", &err);
	if (!v)
		test_fail(__FILE__, __LINE__, "%s", err.text);
	return v;
}

static const char *sorted(const char *text, struct style style)
{
	struct buf b = BUF_INIT(1 << 20);
	style_format_lock(test_arena(), &b, parse(text), style);
	const char *out = buf_dup(test_arena(), &b);
	buf_release(&b);
	return out;
}

static const char *compact(const struct json *v)
{
	struct buf b = BUF_INIT(1 << 20);
	json_format(&b, v, NULL);
	const char *out = buf_dup(test_arena(), &b);
	buf_release(&b);
	return out;
}

static void check_style(const char *text, const char *indent, const char *newline)
{
	struct style s = style_detect(test_arena(), str_from(text));
	CHECK_STR(s.indent, indent);
	CHECK_STR(s.newline, newline);
}

TEST(style_is_found_in_the_text)
{
	check_style("{\n  \"a\": 1\n}\n", "  ", "\n");
	check_style("{\r\n\t\"a\": 1\r\n}\r\n", "\t", "\r\n");
	check_style("{\"a\": 1}", "", "");
	check_style("{}", "  ", "\n");
	check_style("{}\r\n", "  ", "\r\n");
	check_style("\xEF\xBB\xBF{\n    \"a\": 1\n}", "    ", "\n");
	check_style("{\n\"a\": 1\n}", "", "\n");
	check_style("", "", "");
}

TEST(lock_keys_come_in_npm_order)
{
	const char *text = "{\"packages\":{\"\":{\"zeta\":{},\"alpha\":[1],\"version\":\"1\",\"name\":\"n\","
			   "\"dependencies\":{\"b\":\"1\",\"B\":\"1\",\"a\":\"1\",\"version\":\"2\",\"10\":\"x\",\"9\":\"y\"}}},"
			   "\"requires\":true,\"lockfileVersion\":3,\"name\":\"n\"}";
	CHECK_STR(sorted(text, (struct style){"", ""}),
		  "{\n"
		  "  \"name\": \"n\",\n"
		  "  \"lockfileVersion\": 3,\n"
		  "  \"requires\": true,\n"
		  "  \"packages\": {\n"
		  "    \"\": {\n"
		  "      \"name\": \"n\",\n"
		  "      \"version\": \"1\",\n"
		  "      \"alpha\": [\n"
		  "        1\n"
		  "      ],\n"
		  "      \"dependencies\": {\n"
		  "        \"9\": \"y\",\n"
		  "        \"10\": \"x\",\n"
		  "        \"version\": \"2\",\n"
		  "        \"a\": \"1\",\n"
		  "        \"b\": \"1\",\n"
		  "        \"B\": \"1\"\n"
		  "      },\n"
		  "      \"zeta\": {}\n"
		  "    }\n"
		  "  }\n"
		  "}\n");
}

/* What is put in order a few at a time, and many: one order. */
TEST(lock_keys_have_one_order_however_many)
{
	static const char want[] = "{\"2\":1,\"10\":1,\"name\":1,\"version\":1,\"resolved\":1,\"-x\":1,\"01\":1,\"a\":1,\"A\":1,"
				   "\"a-b\":1,\"a/b\":1,\"ab\":1,\"b\":1,\"\u00e9\":1,\"f\":1,\"packages\":{},\"dependencies\":{},\"10x\":{},\"a\u00e9\":{},\"z\":{}";
	struct arena *a = test_arena();
	const struct json *in_order = parse(arena_printf(a, "%s}", want));
	struct json *few = json_object(a), *many = json_object(a);
	for (uint32_t i = in_order->count; i-- > 0;) {
		const struct json_member *m = &in_order->members[(i * 7) % in_order->count];
		json_put(a, many, m->key, m->value);
		if (m->key[0] < '1' || m->key[0] > '9' || m->key[1] == '0')
			json_put(a, few, m->key, m->value);
	}
	json_remove(few, "10");
	CHECK_STR(compact(style_sorted(a, many)), arena_printf(a, "%s}", want));
	for (int i = 0; i < 40; i++)
		json_put(a, many, arena_printf(a, "zz%02d", 39 - i), json_object(a));
	CHECK(strncmp(compact(style_sorted(a, many)), want, strlen(want)) == 0);
	CHECK_STR(compact(style_sorted(a, few)), arena_printf(a, "{%s}", strstr(want, "\"name\"")));
}

TEST(lock_keeps_line_ends_and_tabs)
{
	CHECK_STR(sorted("{\"a\":{\"b\":1}}", (struct style){"\t", "\r\n"}),
		  "{\r\n\t\"a\": {\r\n\t\t\"b\": 1\r\n\t}\r\n}\r\n");
}

TEST(conflict_takes_both_sides)
{
	const char *text = "{\n"
			   "  \"a\": {\n"
			   "<<<<<<< ours\n"
			   "    \"b\": \"ours\",\n"
			   "    \"mine\": 1,\n"
			   "||||||| parent\n"
			   "    \"b\": \"old\",\n"
			   "=======\n"
			   "    \"b\": \"theirs\",\n"
			   "    \"yours\": 2,\n"
			   ">>>>>>> theirs\n"
			   "    \"c\": [\"x\"]\n"
			   "  }\n"
			   "}\n";
	CHECK(conflict_has_markers(str_from(text)));
	CHECK_STR(compact(parse(text)), "{\"a\":{\"b\":\"ours\",\"yours\":2,\"c\":[\"x\"],\"mine\":1}}");
}

TEST(conflict_applies_our_removals_and_shape)
{
	const char *text = "{\n"
			   "<<<<<<< ours\n"
			   "  \"gone\": {\"x\": 1, \"new\": true},\n"
			   "  \"list\": [1, 3],\n"
			   "||||||| parent\n"
			   "  \"gone\": {\"x\": 1, \"y\": 2},\n"
			   "  \"list\": [1, 2, 3],\n"
			   "=======\n"
			   "  \"gone\": \"flat\",\n"
			   "  \"list\": [1, 2, 3],\n"
			   ">>>>>>> theirs\n"
			   "  \"end\": 0\n"
			   "}\n";
	CHECK_STR(compact(parse(text)), "{\"gone\":{\"x\":1,\"new\":true},\"list\":[1,3],\"end\":0}");
}

TEST(conflict_leaves_prototypes_alone)
{
	const char *text = "{\n<<<<<<< a\n\"constructor\": {\"evil\": 1},\n=======\n\"x\": 1,\n>>>>>>> b\n\"y\": 2\n}\n";
	CHECK_STR(compact(parse(text)), "{\"x\":1,\"y\":2}");
}

TEST(conflict_that_is_no_json_is_an_error)
{
	struct err err = ERR_INIT;
	const char *text = "{\n\"a\": 1,\n<<<<<<< a\n\"b\": 1\n=======\n\"b\": 2\n>>>>>>> b\n}\n";
	CHECK(!conflict_parse(test_arena(), str_from(text), "test.json", &err));
	CHECK_STR(err_name(&err), "EJSONPARSE");
}
