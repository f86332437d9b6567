/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "cli/ini.h"
#include "test.h"

static const char *parsed(const char *text)
{
	struct buf b = BUF_INIT(1 << 16);
	json_format(&b, ini_parse(test_arena(), str_from(text)), NULL);
	const char *out = buf_dup(test_arena(), &b);
	buf_release(&b);
	return out;
}

static const char *written(const char *text)
{
	struct buf b = BUF_INIT(1 << 16);
	ini_format(&b, test_arena(), ini_parse(test_arena(), str_from(text)));
	const char *out = buf_dup(test_arena(), &b);
	buf_release(&b);
	return out;
}

TEST(ini_reads_values_as_words)
{
	CHECK_STR(parsed("a=b\nc = true\nd=false\ne=null\nf\ng="),
		  "{\"a\":\"b\",\"c\":true,\"d\":false,\"e\":null,\"f\":true,\"g\":\"\"}");
	CHECK_STR(parsed("a=1\r\n\r\n  b = two words  \n=nothing\n"), "{\"a\":\"1\",\"b\":\"two words\"}");
}

TEST(ini_comments_end_values_unless_escaped)
{
	CHECK_STR(parsed("; one\n# two\n  ; three\na=b ; c\nd=e \\; f \\# g\nh=c:\\dir\\\\x"),
		  "{\"a\":\"b\",\"d\":\"e ; f # g\",\"h\":\"c:\\\\dir\\\\x\"}");
}

TEST(ini_quotes_are_json)
{
	CHECK_STR(parsed("a=\"x;y\"\nb='x # y'\nc=\"\\n\"\nd=\"broken\nk\"ey\"=1"),
		  "{\"a\":\"x;y\",\"b\":\"x # y\",\"c\":\"\\n\",\"d\":\"\\\"broken\",\"k\\\"ey\\\"\":\"1\"}");
}

TEST(ini_lists)
{
	CHECK_STR(parsed("a[]=1\na[]=2\na=3\nb=1\nb[]=2"), "{\"a\":[\"1\",\"2\",\"3\"],\"b\":[\"1\",\"2\"]}");
}

TEST(ini_sections_nest_at_dots)
{
	CHECK_STR(parsed("x=1\n[a]\ny=2\n[a.b]\nz=3\n[c\\.d]\nw=4"),
		  "{\"x\":\"1\",\"a\":{\"y\":\"2\",\"b\":{\"z\":\"3\"}},\"c.d\":{\"w\":\"4\"}}");
	CHECK_STR(parsed("[__proto__]\na=1\n__proto__=2\n[b]\n__proto__=3"), "{\"b\":{}}");
}

TEST(ini_is_written_as_npm_does)
{
	CHECK_STR(written("b=x;y\na=\"p;q\"\nl[]=1\nl[]=2\nt=true\n"), "b=x\na=p\\;q\nl[]=1\nl[]=2\nt=true\n");
	CHECK_STR(written("k=\" padded \"\nu=http://x/?a=b\n[s]\nv=1"),
		  "k=\" padded \"\nu=\"http://x/?a=b\"\n\n[s]\nv=1\n");
}
