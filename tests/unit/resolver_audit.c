/* SPDX-License-Identifier: MIT
 *
 * Who is vulnerable, through whom, and what helps.
 */
#include "resolver/audit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/advisory.h"
#include "resolver/manifest.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/tree.h"
#include "test.h"

static const struct packument *packument_from(const char *text)
{
	struct packument *p = ARENA_NEW(test_arena(), struct packument);
	struct packument_meta meta = {.url = "x", .max_age = -1};
	struct buf block = BUF_INIT(1 << 20);
	struct err e = ERR_INIT;
	uint8_t *kept;

	CHECK_INT(packument_index(&block, str_from(text), &meta, "x", &e), 0);
	kept = arena_alloc(test_arena(), block.len);
	for (size_t i = 0; i < block.len; i++)
		kept[i] = (uint8_t)block.ptr[i];
	CHECK(packument_open(p, kept, block.len));
	buf_release(&block);
	return p;
}

static struct json *json(const char *text)
{
	struct err e = ERR_INIT;

	return json_parse(test_arena(), str_from(text), "x", &e);
}

#define BAD "{\"name\":\"bad\",\"dist-tags\":{\"latest\":\"2.0.0\"},\"versions\":{\"1.0.0\":{\"name\":\"bad\",\"version\":\"1.0.0\"}," \
	    "\"1.1.0\":{\"name\":\"bad\",\"version\":\"1.1.0\"},\"2.0.0\":{\"name\":\"bad\",\"version\":\"2.0.0\"}}}"
#define USER "{\"name\":\"user\",\"dist-tags\":{\"latest\":\"3.0.0\"},\"versions\":{"                                              \
	     "\"1.0.0\":{\"version\":\"1.0.0\",\"name\":\"user\",\"dependencies\":{\"bad\":\"^1.0.0\"}},"                              \
	     "\"2.0.0\":{\"version\":\"2.0.0\",\"name\":\"user\",\"dependencies\":{\"bad\":\"1 || 2\"}},"                              \
	     "\"3.0.0\":{\"version\":\"3.0.0\",\"name\":\"user\"}}}"
#define ADVISORY "{\"id\":7,\"url\":\"https://example.test/GHSA-1\",\"title\":\"t\",\"severity\":\"high\",\"vulnerable_versions\":\"<2.0.0\"}"

TEST(advisory_through_another_package)
{
	struct advisory_book *book = advisory_book(test_arena());
	struct advisory *own = advisory_of(book, "bad", json(ADVISORY), packument_from(BAD));
	struct advisory *meta = advisory_through(book, "user", own, packument_from(USER));

	CHECK(advisory_hits(own, "1.1.0", NULL) && !advisory_hits(own, "2.0.0", NULL));
	CHECK(advisory_hits_spec(own, "^1.0.0") && !advisory_hits_spec(own, ">=1"));
	CHECK(advisory_hits(meta, "1.0.0", NULL) && !advisory_hits(meta, "2.0.0", NULL) && !advisory_hits(meta, "3.0.0", NULL));
	CHECK_STR(meta->range, "1.0.0");
	CHECK(advisory_through(book, "user", own, NULL) == meta);
	/* a version the registry does not have: what it asks for counts */
	CHECK(advisory_hits(meta, "9.0.0", "1.x"));
}

static void expect_none(void *ctx, const struct vec *names)
{
	(void)ctx;
	(void)names;
}

static const struct packument *known(void *ctx, const char *name)
{
	(void)ctx;
	return packument_from(streq(name, "bad") ? BAD : USER);
}

static struct manifest *manifest(const char *text)
{
	struct err e = ERR_INIT;

	return manifest_parse(test_arena(), str_from(text), "x", &e);
}

static struct tree *tree_of(const char *wanted)
{
	struct tree *t = tree_make(test_arena());
	const char *root = arena_printf(test_arena(), "{\"name\":\"p\",\"dependencies\":{\"user\":\"%s\"}}", wanted);

	t->root = node_make(t, &(struct node_options){.path = "/p", .manifest = manifest(root)});
	node_make(t, &(struct node_options){.path = "/p/node_modules/user", .root = t->root,
		.manifest = manifest("{\"name\":\"user\",\"version\":\"1.0.0\",\"dependencies\":{\"bad\":\"^1.0.0\"}}")});
	node_make(t, &(struct node_options){.path = "/p/node_modules/bad", .root = t->root,
		.manifest = manifest("{\"name\":\"bad\",\"version\":\"1.0.0\"}")});
	return t;
}

TEST(audit_says_what_helps)
{
	struct audit_options o = {.before = PICK_ANY_TIME};
	struct audit_feed feed = {expect_none, known, NULL};
	struct tree *t = tree_of("^1.0.0");
	struct audit *r;

	CHECK(json_equal(audit_question(t, &o), json("{\"user\":[\"1.0.0\"],\"bad\":[\"1.0.0\"]}")));
	r = audit_make(t, &o, json("{\"bad\":[" ADVISORY "]}"), &feed);
	CHECK_INT(audit_count(r), 2);
	CHECK_INT(audit_find(r, "user")->fix->kind, AUDIT_FIX_FORCE);
	CHECK_STR(audit_find(r, "user")->fix->version, "3.0.0");
	CHECK(audit_find(r, "user")->fix->major);
	CHECK_STR(audit_find(r, "bad")->fix->version, "3.0.0");
	r = audit_make(tree_of(">=1"), &o, json("{\"bad\":[" ADVISORY "]}"), &feed);
	CHECK_INT(audit_find(r, "user")->fix->kind, AUDIT_FIX_UPDATE);
	o.ignore = json("[\"ghsa-1\"]");
	r = audit_make(t, &o, json("{\"bad\":[" ADVISORY "]}"), &feed);
	CHECK_INT(audit_count(r), 0);
	CHECK_INT(r->ignored, 1);
}
