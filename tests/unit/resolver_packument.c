/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/isodate.h"
#include "base/json.h"
#include "resolver/packument.h"

#include <string.h>

static const char document[] =
	"{\"_id\":\"x\",\"name\":\"x\",\"readme\":\"long\",\"dist-tags\":{\"latest\":\"1.1.0\",\"next\":\"2.0.0-rc.1\"},"
	"\"versions\":{\"1.0.0\":{\"name\":\"x\",\"version\":\"1.0.0\",\"readme\":\"r\",\"scripts\":{\"install\":\"node-gyp rebuild\"},"
	"\"engines\":{\"node\":\">=4\"},\"dist\":{\"tarball\":\"http:\\/\\/localhost\\/x-1.0.0.tgz\",\"shasum\":\"aa\",\"integrity\":\"sha512-q\"}},"
	"\"1.1.0\":{\"name\":\"x\",\"version\":\"1.1.0\",\"deprecated\":\"do \\\"not\\\"\",\"engines\":{\"node\":\">=4\"},\"os\":[\"!win32\"],"
	"\"hasInstallScript\":false,\"scripts\":{\"install\":\"x\"},\"dist\":{}},"
	"\"0.9.0\":null,"
	"\"2.0.0-rc.1\":{\"version\":\"2.0.0-rc.1\",\"deprecated\":\"\",\"dep\\u0065ndencies\":{\"a\":\"1\"}},"
	"\"1.0.0\":{\"name\":\"x\",\"version\":\"1.0.0\",\"description\":\"again\",\"scripts\":{\"test\":\"t\",\"postinstall\":\"p\"}}},"
	"\"time\":{\"created\":\"2019-01-01T00:00:00.000Z\",\"modified\":\"2020-01-01T00:00:00.000Z\",\"1.1.0\":\"2020-01-02T03:04:05.678Z\"}}";

static const struct packument_meta meta = {.url = "http://localhost/x", .etag = "\"e\"", .fetched_at = 1000, .max_age = 300, .full = true};

static struct packument index_of(const char *json)
{
	static struct buf out;
	struct packument p;
	struct err err = ERR_INIT;

	buf_release(&out);
	buf_init(&out, PACKUMENT_MAX);
	if (packument_index(&out, str_from(json), &meta, "it", &err) < 0)
		test_fail(__FILE__, __LINE__, "%s", err.text);
	CHECK(packument_open(&p, str_dup(test_arena(), buf_str(&out)), out.len));
	buf_release(&out);
	return p;
}

TEST(packument_says_what_the_document_says)
{
	struct packument p = index_of(document);
	struct packument_version v;

	CHECK_STR(p.name, "x");
	CHECK_INT(p.n_versions, 3);
	CHECK_STR(packument_tag(&p, "latest"), "1.1.0");
	CHECK_STR(packument_tag_name(&p, 1), "next");
	CHECK_STR(packument_tag(&p, "none"), NULL);
	CHECK_INT(packument_find(&p, "1.1.0"), 1);
	CHECK_INT(packument_find(&p, "0.9.0"), -1);
	CHECK(p.has_time && p.modified == isodate_parse(STR("2020-01-01")));
	CHECK(p.meta.full && !p.meta.no_cache && p.meta.max_age == 300);
	CHECK_STR(p.meta.url, "http://localhost/x");
	CHECK_STR(p.meta.etag, "\"e\"");
	CHECK_STR(p.meta.last_modified, NULL);
	v = packument_at(&p, 1);
	CHECK_STR(v.version, "1.1.0");
	CHECK_STR(v.deprecated, "do \"not\"");
	CHECK_STR(v.engines.ptr, "{\"node\":\">=4\"}");
	CHECK(!v.has_install_script && v.time == isodate_parse(STR("2020-01-02T03:04:05.678Z")));
	v = packument_at(&p, 2);
	CHECK_STR(v.version, "2.0.0-rc.1");
	CHECK_STR(v.deprecated, NULL);
	CHECK(v.time == PACKUMENT_NO_TIME);
}

TEST(packument_repeated_version_keeps_its_place_and_takes_the_last)
{
	struct packument p = index_of(document);
	struct err err = ERR_INIT;
	struct json *m = packument_manifest(test_arena(), &p, 0, &err);

	CHECK(m != NULL);
	CHECK_STR(json_find_text(m, "description"), "again");
	CHECK(json_is_true(json_find(m, "hasInstallScript")));
	CHECK(!json_find(m, "readme"));
	CHECK(packument_at(&p, 0).has_install_script);
	m = packument_manifest(test_arena(), &p, 2, &err);
	CHECK_STR(json_find_text(json_find(m, "dependencies"), "a"), "1");
}

TEST(packument_dist_is_decoded)
{
	struct packument p = index_of("{\"versions\":{\"1.0.0\":{\"dist\":{\"tarball\":\"http:\\/\\/localhost\\/x.tgz\",\"shasum\":\"aa\",\"integrity\":\"sha512-q\"}}}}");
	struct packument_dist d = packument_dist(test_arena(), &p, 0);

	CHECK_STR(d.tarball, "http://localhost/x.tgz");
	CHECK_STR(d.integrity, "sha512-q");
	CHECK_STR(d.shasum, "aa");
	CHECK(!p.has_time);
	CHECK_STR(p.name, "");
}

TEST(packument_versions_from_the_highest_down)
{
	static const char *const sorted[] = {"2.0.0", "2.0.0-rc.1", "1.10.0", "1.10.0+b", "1.9.0", "junk"};
	struct packument p = index_of("{\"versions\":{\"1.10.0\":{},\"junk\":{},\"2.0.0-rc.1\":{},\"1.10.0+b\":{},\"2.0.0\":{},\"1.9.0\":{}}}");

	CHECK_INT(p.n_versions, ARRAY_LEN(sorted));
	for (uint32_t i = 0; i < p.n_versions; i++)
		CHECK_STR(packument_version_text(&p, packument_descending(&p, i)), sorted[i]);
}

TEST(packument_brief_is_what_an_install_looks_at)
{
	struct packument p = index_of("{\"versions\":{"
		"\"1.0.0\":{\"name\":\"x\",\"author\":\"a\",\"scripts\":{\"test\":\"t\"},\"dependencies\":{\"a\":\"1\"},\"license\":\"MIT\"},"
		"\"1.0.1\":{\"name\":\"x\",\"scripts\":{\"install\":\"t\"}}}}");
	struct err err = ERR_INIT;
	struct json *brief = packument_brief(test_arena(), &p, 0, &err), *all = packument_manifest(test_arena(), &p, 0, &err);

	CHECK_INT(json_count(brief), 3);
	CHECK_STR(json_find_text(brief, "license"), "MIT");
	CHECK_STR(json_find_text(json_find(brief, "dependencies"), "a"), "1");
	CHECK_INT(json_count(all), 5);
	brief = packument_brief(test_arena(), &p, 1, &err);
	CHECK(json_is_true(json_find(brief, "hasInstallScript")));
	CHECK_STR(json_find_text(json_find(brief, "scripts"), "install"), "t");
}

TEST(packument_keeps_what_versions_share_once)
{
	struct buf json = BUF_INIT(PACKUMENT_MAX);
	struct packument p;

	buf_adds(&json, "{\"versions\":{");
	for (int i = 0; i < 200; i++) {
		buf_printf(&json, "%s\"1.0.%d\":{\"description\":\"", i ? "," : "", i);
		buf_repeat(&json, 'd', 1000);
		buf_adds(&json, "\"}");
	}
	buf_adds(&json, "}}");
	p = index_of(buf_text(&json));
	CHECK(json.len > 200 * 1000 && p.size < 20 * 1000);
	buf_release(&json);
}

/* Two versions with as many members as one likes, none like any of the other: each is looked for nearby, not in all of them. */
TEST(packument_members_that_are_all_others)
{
	struct buf text = BUF_INIT(1 << 24);
	struct packument p;
	struct err err = ERR_INIT;

	buf_adds(&text, "{\"name\":\"x\",\"versions\":{");
	for (int version = 0; version < 2; version++) {
		buf_printf(&text, "%s\"1.0.%d\":{\"license\":\"MIT\"", version ? "," : "", version);
		for (int i = 0; i < 100000; i++)
			buf_printf(&text, ",\"%c%d\":%d", version ? 'b' : 'a', i, version);
		buf_adds(&text, ",\"deprecated\":\"d\"}");
	}
	buf_adds(&text, "}}");
	p = index_of(buf_dup(test_arena(), &text));
	buf_release(&text);
	CHECK_INT(p.n_versions, 2);
	CHECK_STR(packument_at(&p, 1).deprecated, "d");
	CHECK_STR(json_find_text(packument_manifest(test_arena(), &p, 1, &err), "license"), "MIT");
}

/* Members written as in the version before are not read again; one in another place, or a longer value, is no such. */
TEST(packument_members_as_in_the_version_before)
{
	struct packument p = index_of("{\"name\":\"x\",\"versions\":{"
		"\"1.0.0\":{\"license\":\"MIT\",\"gypfile\":1,\"engines\":{\"node\":\"1\"},\"bin\":{\"x\":\"x.js\"},\"scripts\":{\"install\":\"i\"}},"
		"\"1.0.1\":{\"license\":\"MIT\",\"gypfile\":12,\"bin\":{\"x\":\"x.js\"},\"engines\":{\"node\":\"1\"},\"scripts\":{\"install\":\"i\"}},"
		"\"1.0.2\":{\"license\":\"MIT\",\"deprecated\":\"d\",\"gypfile\":12},"
		"\"1.0.3\":{\"license\":\"MIT\",\"deprecated\":\"d\",\"license\":\"ISC\"}}}");
	struct packument_version v = packument_at(&p, 1);
	struct err err = ERR_INIT;

	CHECK_INT(p.n_versions, 4);
	CHECK_STR(v.engines.ptr, "{\"node\":\"1\"}");
	CHECK(v.has_install_script);
	CHECK_STR(packument_at(&p, 2).deprecated, "d");
	CHECK_STR(packument_at(&p, 3).deprecated, "d");
	CHECK(!packument_at(&p, 2).has_install_script);
	CHECK_STR(json_find_text(packument_manifest(test_arena(), &p, 1, &err), "license"), "MIT");
	CHECK_STR(json_find_text(packument_manifest(test_arena(), &p, 3, &err), "license"), "ISC");
	CHECK(!json_find(packument_manifest(test_arena(), &p, 2, &err), "bin"));
}

TEST(packument_odd_documents)
{
	static const char *const empty[] = {"{}", "[]", "null", "{\"versions\":[]}", "{\"versions\":{\"1.0.0\":1}}", "{\"versions\":{\"1.0.0\":{}},\"versions\":{}}"};
	static const char *const bad[] = {"", "{", "{\"versions\":{\"1.0.0\":{", "{}x", "{\"versions\":{\"1.0.0\":{\"a\":01}}}"};
	struct buf out = BUF_INIT(PACKUMENT_MAX);

	for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
		struct packument p = index_of(empty[i]);

		CHECK_INT(p.n_versions, 0);
		CHECK_INT(packument_find(&p, "1.0.0"), -1);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = ERR_INIT;

		CHECK_INT(packument_index(&out, str_from(bad[i]), &meta, "it", &err), -1);
		CHECK_INT(err.code, ERR_EJSONPARSE);
	}
	buf_release(&out);
}

TEST(packument_damage_is_seen)
{
	struct packument p = index_of("{\"name\":\"x\",\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{\"1.0.0\":{\"engines\":{}},\"1.0.1\":{}}}"), q;
	uint8_t *copy = arena_alloc(test_arena(), p.size);

	for (size_t i = 0; i < p.size; i++) {
		memcpy(copy, p.block, p.size);
		copy[i] ^= 0x20;
		CHECK(!packument_open(&q, copy, p.size) || !packument_intact(&q));
	}
	memcpy(copy, p.block, p.size);
	for (size_t len = 0; len < p.size; len++)
		CHECK(!packument_open(&q, copy, len));
	CHECK(packument_open(&q, copy, p.size) && packument_intact(&q));
}

TEST(packument_freshness)
{
	struct packument_meta m = meta;

	CHECK(packument_meta_fresh(&m, 1000 + 299999));
	CHECK(!packument_meta_fresh(&m, 1000 + 300000));
	CHECK(!packument_meta_fresh(&m, 999));
	m.no_cache = true;
	CHECK(!packument_meta_fresh(&m, 1001));
}

TEST(isodate_reads_what_date_parse_reads)
{
	CHECK_INT(isodate_parse(STR("1970-01-01T00:00:00.000Z")), 0);
	CHECK_INT(isodate_parse(STR("2026-11-22T23:59:59.1Z")), 1795391999100);
	CHECK_INT(isodate_parse(STR("2000-02-29T12:00+02:00")), 951818400000);
	CHECK_INT(isodate_parse(STR("1969-12-31T23:59:59Z")), -1000);
	CHECK(isodate_parse(STR("yesterday")) == ISODATE_NONE);
	CHECK(isodate_parse(STR("2020-13-01")) == ISODATE_NONE);
	CHECK(isodate_parse(STR("2020-01-01T25:00Z")) == ISODATE_NONE);
	CHECK(isodate_parse(STR("2020-01-01x")) == ISODATE_NONE);
	CHECK(isodate_parse(STR_NULL) == ISODATE_NONE);
}
