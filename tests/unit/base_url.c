/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/url.h"
#include "tests/unit/test.h"

static const char *href(const char *text, const char *base)
{
	struct url b, u;
	if (base && !url_parse(test_arena(), str_from(base), NULL, &b))
		return "bad base";
	return url_parse(test_arena(), str_from(text), base ? &b : NULL, &u) ? url_href(test_arena(), &u) : NULL;
}

TEST(url_normal_forms)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"HTTPS://Example.TEST:443/a/../b?x#y", "https://example.test/b?x#y"},
		{"http://example.test:8080", "http://example.test:8080/"},
		{"  http:\\\\example.test\\a b\t", "http://example.test/a%20b"},
		{"https://u:p%40@example.test/", "https://u:p%40@example.test/"},
		{"https://u@v@example.test", "https://u%40v@example.test/"},
		{"http://0x7f.1/", "http://127.0.0.1/"},
		{"http://256.0.0.1/", NULL},
		{"http://[0:0:0:1::0]:80/", "http://[0:0:0:1::]/"},
		{"http://[1::2::3]/", NULL},
		{"http://[::ffff:1.2.3.4]/", "http://[::ffff:102:304]/"},
		{"git+ssh://git@example.test:22/a/b.git#v1", "git+ssh://git@example.test:22/a/b.git#v1"},
		{"git+ssh://git@example.test:user/x", NULL},
		{"github:user/repo#x y", "github:user/repo#x%20y"},
		{"file:../x", "file:///x"},
		{"file:///C|/a/../..", "file:///C:/"},
		{"http:///example.test", "http://example.test/"},
		{"https://", NULL},
		{"http://a:99999/", NULL},
		{"/relative", NULL},
		{"http://\xc3\xa9.test/", "http://xn--9ca.test/"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(href(cases[i].in, NULL), cases[i].out);
}

TEST(url_relative_to_a_base)
{
	const char *base = "https://u:p@example.test:81/a/b?q#f";
	CHECK_STR(href("c", base), "https://u:p@example.test:81/a/c");
	CHECK_STR(href("../../c?d", base), "https://u:p@example.test:81/c?d");
	CHECK_STR(href("/c", base), "https://u:p@example.test:81/c");
	CHECK_STR(href("//other.test/x", base), "https://other.test/x");
	CHECK_STR(href("?r", base), "https://u:p@example.test:81/a/b?r");
	CHECK_STR(href("#g", base), "https://u:p@example.test:81/a/b?q#g");
	CHECK_STR(href("", base), "https://u:p@example.test:81/a/b?q");
	CHECK_STR(href("http:x", base), "http://x/");
	CHECK_STR(href("file:foo", "file:///where/"), "file:///where/foo");
}

TEST(url_origin_and_port)
{
	struct url u;
	CHECK(url_parse(test_arena(), str_from("https://example.test:8443/x"), NULL, &u));
	CHECK_STR(url_origin(test_arena(), &u), "https://example.test:8443");
	CHECK_INT(url_port(&u), 8443);
	CHECK(url_parse(test_arena(), str_from("http://example.test"), NULL, &u));
	CHECK_INT(url_port(&u), 80);
	CHECK(url_parse(test_arena(), str_from("git+ssh://example.test"), NULL, &u));
	CHECK_STR(url_origin(test_arena(), &u), "null");
}

TEST(url_components_round)
{
	CHECK_STR(url_encode_component(test_arena(), "a/b c\xc3\xa9~'"), "a%2Fb%20c%C3%A9~'");
	CHECK_STR(url_decode_component(test_arena(), "a%2Fb%20c%C3%A9"), "a/b c\xc3\xa9");
	CHECK_STR(url_decode_component(test_arena(), "%"), NULL);
	CHECK_STR(url_decode_component(test_arena(), "%C3"), NULL);
	CHECK_STR(url_decode_component(test_arena(), "%C0%80"), NULL);
	CHECK_STR(url_decode_component(test_arena(), "%ED%A0%80"), NULL);
	CHECK_STR(url_decode_component(test_arena(), "%00"), NULL);
}
