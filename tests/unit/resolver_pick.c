/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "tests/unit/test.h"

static const char doc[] =
	"{\"name\":\"p\",\"dist-tags\":{\"latest\":\"1.5.0\",\"next\":\"3.0.0-rc.1\",\"gone\":\"9.0.0\"},"
	"\"time\":{\"1.0.0\":\"2020-01-01T00:00:00.000Z\",\"1.5.0\":\"2020-02-01T00:00:00.000Z\","
	"\"1.6.0\":\"2020-03-01T00:00:00.000Z\",\"2.0.0\":\"2020-04-01T00:00:00.000Z\"},"
	"\"versions\":{\"1.0.0\":{\"version\":\"1.0.0\"},\"1.5.0\":{\"version\":\"1.5.0\"},"
	"\"1.6.0\":{\"version\":\"1.6.0\",\"deprecated\":\"old\"},\"1.4.0\":{\"version\":\"1.4.0\"},"
	"\"2.0.0\":{\"version\":\"2.0.0\",\"engines\":{\"node\":\">=99\"}},\"2.1.0\":{\"version\":\"2.1.0\"},"
	"\"3.0.0-rc.1\":{\"version\":\"3.0.0-rc.1\"}}}";

static struct err last;

static const char *picked_with(const char *text, struct pick_options o)
{
	struct packument_meta meta = {.url = "test"};
	struct packument p;
	struct pick got;
	struct buf block = BUF_INIT(1 << 20);
	const char *version = NULL;
	o.before = o.before ? o.before : PICK_ANY_TIME;
	o.node_version = "26.10.0";
	err_clear(&last);
	CHECK(packument_index(&block, str_from(text), &meta, "test", &last) == 0);
	CHECK(packument_open(&p, block.ptr, block.len));
	if (pick_version(test_arena(), &p, &o, &got, &last) == 0)
		version = arena_strdup(test_arena(), got.version);
	buf_release(&block);
	return version;
}

static const char *picked(const char *wanted)
{
	return picked_with(doc, (struct pick_options){.wanted = wanted});
}

TEST(pick_by_kind)
{
	CHECK_STR(picked(NULL), "1.5.0");
	CHECK_STR(picked("latest"), "1.5.0");
	CHECK_STR(picked("next"), "3.0.0-rc.1");
	CHECK_STR(picked(" =v1.0.0 "), "1.0.0");
	CHECK_STR(picked("*"), "1.5.0");
	CHECK_STR(picked("^1.0.0"), "1.5.0");
	CHECK_STR(picked(">1.5"), "2.1.0");
	CHECK_STR(picked("~1.6"), "1.6.0");
	CHECK_STR(picked("2.0.x"), "2.0.0");
}

TEST(pick_finds_nothing)
{
	CHECK(!picked("gone"));
	CHECK_STR(last.text, "No matching version found for p@gone.");
	CHECK_STR(err_name(&last), "ETARGET");
	CHECK(!picked("^7"));
	CHECK(!picked("file:x"));
	CHECK_STR(last.text, "Only tag, version, and range are supported");
	CHECK(!picked_with("{\"name\":\"p\"}", (struct pick_options){.wanted = "1.0.0"}));
	CHECK_STR(err_name(&last), "ETARGET");
	CHECK(!picked_with("{\"name\":\"p\"}", (struct pick_options){.wanted = "^1"}));
	CHECK_STR(last.text, "No versions available for p");
}

TEST(pick_before)
{
	int64_t january = 1580000000000;	/* 2020-01-26 */
	CHECK_STR(picked_with(doc, (struct pick_options){.wanted = "^1.0.0", .before = january}), "1.4.0");
	CHECK_STR(picked_with(doc, (struct pick_options){.wanted = "latest", .before = january}), "1.4.0");
	CHECK(!picked_with(doc, (struct pick_options){.wanted = "1.5.0", .before = january}));
	CHECK(cstr_starts(last.text, "No matching version found for p@1.5.0 with a date before 1/2"));
}

TEST(pick_avoids)
{
	CHECK_STR(picked_with(doc, (struct pick_options){.wanted = "^1.0.0", .avoid = ">=1.5.0"}), "1.4.0");
	CHECK_STR(picked_with(doc, (struct pick_options){.wanted = "1.5.0", .avoid = "1.5.0"}), "1.5.0");
	CHECK_STR(picked_with(doc, (struct pick_options){.wanted = "1.5.0", .avoid = "1.5.0", .avoid_strict = true}), "1.6.0");
	CHECK_STR(picked_with(doc, (struct pick_options){.wanted = "^1", .avoid = "1", .avoid_strict = true}), "2.1.0");
}

TEST(pick_restricted)
{
	struct err none = ERR_INIT;
	struct json *more = json_parse(test_arena(), STR("{\"8.0.0\":{\"version\":\"8.0.0\"}}"), "more", &none);
	struct pick_policy policy = {.restricted = more, .message = "not here"};
	CHECK(!picked_with(doc, (struct pick_options){.wanted = "8.0.0", .policy = &policy}));
	CHECK_STR(err_name(&last), "E403");
	CHECK_STR(last.text, "Could not download p@8.0.0 due to policy violations:\nnot here");
	policy = (struct pick_policy){.staged = more};
	CHECK(!picked_with(doc, (struct pick_options){.wanted = "8.0.0", .policy = &policy}));
	CHECK_STR(picked_with(doc, (struct pick_options){.wanted = "8.0.0", .policy = &policy, .include_staged = true}), "8.0.0");
}

TEST(pick_age_exclusions)
{
	static const char *const patterns[] = {"@my/*", "exact", "!not", "+(a|b)"};
	CHECK(pick_age_excluded("@my/x", patterns, ARRAY_LEN(patterns)));
	CHECK(pick_age_excluded("exact", patterns, ARRAY_LEN(patterns)));
	CHECK(!pick_age_excluded("other", patterns, ARRAY_LEN(patterns)));
	CHECK(!pick_age_excluded("a", patterns, ARRAY_LEN(patterns)));
	CHECK(!pick_age_excluded(NULL, patterns, ARRAY_LEN(patterns)));
}
