/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jsonscan.h"

#include <string.h>

TEST(jscan_takes_what_json_parse_takes)
{
	static const char *const good[] = {"1", " \t\r\n null ", "\"\"", "[]", "{}", "[[],{}]", "-0", "-0.0e-1", "1E+5", "[1,2,3]",
		"{\"a\":{\"b\":[true,false,null]},\"c\":\"\\u0041\\n\\\\\"}", "\"a long text with a \\\" quote in it, far in\"", "\"\x7f\xc3\xa9\"",
		"{ \"a\" : 1 , \"a\" : 2 }"};
	static const char *const bad[] = {"", " ", "01", "1.", ".5", "+1", "-", "1e", "tru", "truee", "nul", "[", "]", "[1,]", "[,1]", "[1 2]",
		"{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{1:1}", "\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u123", "\"a\nb\"", "\"\x01\"",
		"[1}", "{\"a\":1]", "1 1", "[]]", "{}}", "'a'", "NaN", "[1]x", "\"a long text without an end and 1", "\xef\xbb\xbf{}"};

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!jscan_valid(str_from(good[i])))
			test_fail(__FILE__, __LINE__, "refused: %s", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (jscan_valid(str_from(bad[i])))
			test_fail(__FILE__, __LINE__, "taken: %s", bad[i]);
}

TEST(jscan_finds_the_end_of_text_at_every_offset)
{
	char text[40];

	for (size_t len = 0; len < 30; len++) {
		text[0] = '"';
		memset(text + 1, 'x', len);
		memcpy(text + 1 + len, "\"", 2);
		CHECK(jscan_valid(str_from(text)));
		CHECK(!jscan_valid((struct str){text, len + 1}));
		for (size_t i = 0; i < len; i++) {
			text[1 + i] = 0x1f;
			CHECK(!jscan_valid(str_from(text)));
			text[1 + i] = (char)0x9f;
			CHECK(jscan_valid(str_from(text)));
			text[1 + i] = '\\';
			CHECK(jscan_valid(str_from(text)) == false);
			text[1 + i] = 'x';
		}
	}
}

TEST(jscan_depth_has_a_limit)
{
	char text[2 * JSON_MAX_DEPTH + 3];
	struct jscan s;

	memset(text, '[', JSON_MAX_DEPTH);
	memset(text + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
	CHECK(jscan_valid((struct str){text, 2 * JSON_MAX_DEPTH}));
	memset(text, '[', JSON_MAX_DEPTH + 1);
	memset(text + JSON_MAX_DEPTH + 1, ']', JSON_MAX_DEPTH + 1);
	CHECK(!jscan_valid((struct str){text, 2 * JSON_MAX_DEPTH + 2}));
	jscan_init(&s, (struct str){text, 2 * JSON_MAX_DEPTH + 2}, NULL);
	while (jscan_enter(&s, '['))
		CHECK(jscan_item(&s));
	CHECK(s.failed_at != NULL);
}

TEST(jscan_walks_members)
{
	struct str text = STR("{\"name\":\"x\", \"skip\":{\"a\":[1,{}]}, \"n\\u0061me2\":\"t\\u00e9\\ud83d\\ude00\\ud800\", \"list\":[\"a\",2], \"yes\":true}");
	const char *name = NULL, *second = NULL, *item = NULL;
	bool yes = false;
	unsigned items = 0;
	struct jscan s;
	struct str key;

	jscan_init(&s, text, test_arena());
	CHECK(!jscan_enter(&s, '['));
	CHECK(jscan_enter(&s, '{'));
	while (jscan_member(&s, &key)) {
		if (str_is(key, "name")) {
			name = jscan_text(&s);
		} else if (str_is(key, "name2")) {
			second = jscan_text(&s);
		} else if (str_is(key, "list") && jscan_enter(&s, '[')) {
			while (jscan_item(&s)) {
				const char *t = jscan_text(&s);

				items++;
				item = t ? t : item;
			}
		} else if (str_is(key, "yes")) {
			yes = jscan_true(&s);
		} else {
			CHECK_INT(jscan_skip(&s).len, strlen("{\"a\":[1,{}]}"));
		}
	}
	CHECK(jscan_end(&s));
	CHECK_STR(name, "x");
	CHECK_STR(second, "t\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd");
	CHECK_INT(items, 2);
	CHECK_STR(item, "a");
	CHECK(yes);
}

TEST(jscan_failure_sticks_and_says_where)
{
	struct err err = ERR_INIT;
	struct jscan s;
	struct str key;
	unsigned n = 0;

	jscan_init(&s, STR("{\n\"a\": 1,\n\"b\": tru\n}"), NULL);
	CHECK(jscan_enter(&s, '{'));
	while (jscan_member(&s, &key)) {
		n++;
		jscan_skip(&s);
	}
	CHECK_INT(n, 2);
	CHECK(!jscan_end(&s));
	CHECK_INT(jscan_error(&s, "it", &err), -1);
	CHECK_STR(err.text, "it is not valid JSON: line 3, column 6");
	CHECK_INT(err.code, ERR_EJSONPARSE);
}

TEST(jscan_find_takes_the_last)
{
	CHECK(str_is(jscan_find(STR("{\"a\":1,\"b\":2,\"a\": [3] }"), "a"), "[3]"));
	CHECK(!jscan_find(STR("{\"a\":1"), "a").ptr);
	CHECK(!jscan_find(STR("[1]"), "a").ptr);
	CHECK_STR(jscan_string_of(test_arena(), STR("\"x\\ty\"")), "x\ty");
	CHECK_STR(jscan_string_of(test_arena(), STR("12")), NULL);
}

TEST(jscan_repeat_takes_only_the_same_bytes)
{
	struct str member = STR("\"a\":[1,{}]"), key;
	struct jscan s;

	jscan_init(&s, STR("{\"a\":[1,{}] , \"a\":[1,{}],\"ab\":[1,{}],\"a\":[1,{}]}"), NULL);
	CHECK(!jscan_repeat(&s, member));
	CHECK(jscan_enter(&s, '{'));
	CHECK(jscan_repeat(&s, member) && jscan_repeat(&s, member));
	CHECK(!jscan_repeat(&s, member));
	CHECK(jscan_member(&s, &key) && str_is(key, "ab"));
	jscan_skip(&s);
	CHECK(jscan_repeat(&s, member));
	CHECK(!jscan_repeat(&s, member));
	CHECK(!jscan_member(&s, &key) && jscan_end(&s));
	/* Without the comma, and with the text ending in the middle. */
	jscan_init(&s, STR("{\"a\":[1,{}]\"a\":[1,{}]}"), NULL);
	CHECK(jscan_enter(&s, '{') && jscan_repeat(&s, member) && !jscan_repeat(&s, member));
	CHECK(!jscan_member(&s, &key) && !jscan_end(&s));
	jscan_init(&s, STR("{\"a\":[1,{"), NULL);
	CHECK(jscan_enter(&s, '{') && !jscan_repeat(&s, member));
}
