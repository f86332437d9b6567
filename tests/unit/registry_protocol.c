/* SPDX-License-Identifier: MIT */
#include "tests/unit/server.h"
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "cache/cache.h"
#include "registry/registry.h"
#include "resolver/packument.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TARBALL "not really a tarball, but it has a digest"
#define DOCUMENT "{\"name\":\"a\",\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{\"1.0.0\":{\"name\":\"a\",\"version\":\"1.0.0\"}}}"

#define CHANGED "{\"name\":\"a\",\"dist-tags\":{\"latest\":\"2.0.0\"},\"versions\":{\"2.0.0\":{\"name\":\"a\",\"version\":\"2.0.0\"}}}"

/* What the server saw and how it behaves. */
struct fake {
	atomic_int documents, missing, revalidated, tarballs, abbreviated, authorized;
	int broken;		/* so many tarballs come with a flipped byte */
	int garbled;		/* so many documents come cut in half, though HTTP says they are whole */
	const char *headers;	/* of documents */
	atomic_bool held;	/* documents wait, up to five seconds */
	atomic_bool changed;	/* there is a version more */
	atomic_bool gone;	/* there is no document any more */
};

static bool serve_document(const struct server_request *r, struct fake *f)
{
	char value[200];

	for (int i = 0; f->held && i < 500; i++)
		usleep(10000);
	f->documents++;
	if (f->gone)
		return server_answer(r, 404, "content-type: application/json\r\n", "{\"error\":\"not found\"}");
	if (f->changed)
		return server_answer(r, 200, "etag: \"v2\"\r\n", CHANGED);
	if (server_header(r, "accept", value, sizeof(value)) && strstr(value, "install-v1"))
		f->abbreviated++;
	if (server_header(r, "authorization", value, sizeof(value)) && strcmp(value, "Bearer tok") == 0)
		f->authorized++;
	if (server_header(r, "if-none-match", value, sizeof(value)) && strcmp(value, "\"v1\"") == 0) {
		f->revalidated++;
		return server_answer(r, 304, "etag: \"v1\"\r\n", "");
	}
	if (f->documents <= f->garbled)
		return server_answer(r, 200, NULL, "{\"name\":\"a\",\"versions\":{");
	return server_answer(r, 200, f->headers, DOCUMENT);
}

static bool serve(const struct server_request *r)
{
	struct fake *f = r->ctx;

	if (strcmp(r->path, "/a") == 0 || strcmp(r->path, "/@s%2fa") == 0)
		return serve_document(r, f);
	if (strcmp(r->path, "/html") == 0)
		return server_answer(r, 200, "content-type: text/html\r\n", "<html>log in first</html>");
	if (strcmp(r->path, "/full") == 0) {
		char value[200];

		f->documents++;
		if (server_header(r, "accept", value, sizeof(value)) && strcmp(value, "application/json") == 0)
			return server_answer(r, 200, NULL, DOCUMENT);
		return server_answer(r, 404, "content-type: text/plain\r\n", "no such form");
	}
	if (strcmp(r->path, "/a.tgz") == 0)
		return server_answer(r, 200, NULL, ++f->tarballs <= f->broken ? "Not" TARBALL : TARBALL);
	f->missing++;
	return server_answer(r, 404, "content-type: application/json\r\n", "{\"error\":\"not found\"}");
}

/* One registry with all that a test wants to know of it. */
struct setup {
	struct server *server;
	struct fake fake;
	struct map settings;
	struct registry_options options;
	struct registry *reg;
	struct cache *cache;
	const struct packument *p;
	struct err err;
	char text[100];
	int done;
};

static void begin(struct setup *s)
{
	struct err err = ERR_INIT;

	s->server = server_start(serve, &s->fake);
	map_init(&s->settings, test_arena());
	s->options.registry = arena_printf(test_arena(), "http://127.0.0.1:%d/", server_port(s->server));
	s->options.settings = &s->settings;
	s->options.net = (struct net_options){.timeout_ms = 5000, .retry_min_ms = 20, .retry_max_ms = 50, .no_proxy = "*"};
	s->options.cache = s->cache;
	s->reg = registry_open(&s->options, &err);
	CHECK(s->reg);
}

static void end(struct setup *s)
{
	registry_close(s->reg);
	server_stop(s->server);
}

static void reopen(struct setup *s, enum registry_freshness freshness)
{
	struct err err = ERR_INIT;

	registry_close(s->reg);
	s->options.freshness = freshness;
	s->reg = registry_open(&s->options, &err);
	CHECK(s->reg);
}

static void got_packument(void *ctx, const char *name UNUSED, const struct packument *p, const struct err *err)
{
	struct setup *s = ctx;

	s->p = p;
	s->err = *err;
	s->done++;
}

static const char *ask(struct setup *s, struct packument_wish wish)
{
	wish.done = got_packument;
	wish.ctx = s;
	s->done = 0;
	registry_packument(s->reg, &wish);
	while (registry_poll(s->reg, 1000))
		;
	CHECK_INT(s->done, 1);
	CHECK(!s->p == (s->err.code != ERR_OK));
	return s->p ? packument_version_text(s->p, 0) : err_name(&s->err);
}

static void got_tarball(void *ctx, struct buf *body, const struct err *err)
{
	struct setup *s = ctx;

	snprintf(s->text, sizeof(s->text), "%s", body ? buf_text(body) : err_name(err));
	s->err = *err;
	s->done++;
}

static const char *fetch(struct setup *s, struct tarball_wish wish)
{
	wish.done = got_tarball;
	wish.ctx = s;
	if (!wish.url)
		wish.url = arena_printf(test_arena(), "%sa.tgz", s->options.registry);
	s->done = 0;
	registry_tarball(s->reg, &wish);
	while (registry_poll(s->reg, 1000))
		;
	CHECK_INT(s->done, 1);
	return s->text;
}

static const char *integrity(void)
{
	return digest_sri(test_arena(), DIGEST_SHA512, TARBALL, strlen(TARBALL));
}

TEST(registry_hands_out_packuments)
{
	struct setup s = {0};

	begin(&s);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "1.0.0");
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "1.0.0");
	CHECK_INT(s.fake.documents, 1);
	CHECK_INT(s.fake.abbreviated, 1);
	CHECK_STR(packument_tag(s.p, "latest"), "1.0.0");
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a", .fresh = true}), "1.0.0");
	CHECK_INT(s.fake.documents, 1);
	/* Whatever its type says: it was the abbreviated one that was asked for. */
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a", .full = true}), "1.0.0");
	CHECK_INT(s.fake.documents, 2);
	CHECK_INT(s.fake.abbreviated, 1);
	end(&s);
}

TEST(registry_joins_wishes)
{
	struct setup s = {0};
	struct packument_wish wish = {.name = "a", .done = got_packument, .ctx = &s};

	begin(&s);
	for (int i = 0; i < 5; i++)
		registry_packument(s.reg, &wish);
	while (registry_poll(s.reg, 1000))
		;
	CHECK_INT(s.done, 5);
	CHECK_INT(s.fake.documents, 1);
	end(&s);
}

TEST(registry_falls_back_to_the_full_document)
{
	struct setup s = {0};

	begin(&s);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "full"}), "1.0.0");
	CHECK_INT(s.fake.documents, 2);
	/* A registry that says in JSON that there is no such package is believed. */
	CHECK_STR(ask(&s, (struct packument_wish){.name = "nope"}), "E404");
	CHECK_INT(s.fake.missing, 1);
	end(&s);
}

TEST(registry_names_what_is_missing)
{
	struct setup s = {0};

	begin(&s);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "nope", .what = "nope@^1.0.0", .full = true}), "E404");
	CHECK(strstr(s.err.text, "404 Reason - GET http://127.0.0.1:") == s.err.text);
	CHECK(strstr(s.err.text, "/nope - not found") != NULL);
	CHECK(strstr(s.err.notes, "'nope@^1.0.0'") != NULL);
	CHECK_INT(server_count(s.server), 1);
	end(&s);
}

TEST(registry_refuses_what_is_no_json)
{
	struct setup s = {0};

	begin(&s);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "html", .full = true}), "EINVALIDJSON");
	CHECK_INT(server_count(s.server), 3);
	end(&s);
}

TEST(registry_asks_again_for_half_a_document)
{
	struct setup s = {.fake = {.garbled = 2}};

	begin(&s);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "1.0.0");
	CHECK_INT(s.fake.documents, 3);
	end(&s);
}

TEST(registry_sends_credentials_to_the_scopes_registry)
{
	struct setup s = {0};

	begin(&s);
	map_put(&s.settings, "@s:registry", (void *)(uintptr_t)s.options.registry);
	map_put(&s.settings, arena_printf(test_arena(), "//127.0.0.1:%d/:_authToken", server_port(s.server)), "tok");
	CHECK_STR(ask(&s, (struct packument_wish){.name = "@s/a"}), "1.0.0");
	CHECK_INT(s.fake.authorized, 1);
	end(&s);
}

static struct cache *cache_here(void)
{
	struct cache_options o = {.dir = arena_printf(test_arena(), "%s/cache", test_dir()), .no_npm = true};
	struct err err = ERR_INIT;

	return cache_open(test_arena(), &o, &err);
}

TEST(registry_revalidates_what_is_cached)
{
	struct setup s = {.cache = cache_here(), .fake = {.headers = "etag: \"v1\"\r\ncache-control: max-age=0\r\n"}};

	begin(&s);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "1.0.0");
	reopen(&s, FRESH_DEFAULT);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "1.0.0");
	CHECK_INT(s.fake.revalidated, 1);
	reopen(&s, FRESH_PREFER_OFFLINE);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "1.0.0");
	reopen(&s, FRESH_OFFLINE);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "1.0.0");
	CHECK_INT(s.fake.documents, 2);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "b"}), "ENOTCACHED");
	CHECK_INT(s.fake.documents, 2);
	end(&s);
	cache_close(s.cache);
}

TEST(registry_believes_max_age)
{
	struct setup s = {.cache = cache_here(), .fake = {.headers = "etag: \"v1\"\r\ncache-control: max-age=300\r\n"}};

	begin(&s);
	ask(&s, (struct packument_wish){.name = "a"});
	reopen(&s, FRESH_DEFAULT);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "1.0.0");
	CHECK_INT(s.fake.documents, 1);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a", .fresh = true}), "1.0.0");
	CHECK_INT(s.fake.revalidated, 1);
	reopen(&s, FRESH_PREFER_ONLINE);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "1.0.0");
	CHECK_INT(s.fake.revalidated, 2);
	end(&s);
	cache_close(s.cache);
}

TEST(registry_makes_do_when_the_server_is_gone)
{
	struct setup s = {.cache = cache_here(), .fake = {.headers = "etag: \"v1\"\r\ncache-control: max-age=0\r\n"}};

	begin(&s);
	ask(&s, (struct packument_wish){.name = "a"});
	server_stop(s.server);
	reopen(&s, FRESH_DEFAULT);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "1.0.0");
	CHECK_STR(ask(&s, (struct packument_wish){.name = "b"}), "ECONNREFUSED");
	registry_close(s.reg);
	cache_close(s.cache);
}

/* A cached document, and a registry that was opened anew and holds its answers back. */
static void begin_guessing(struct setup *s)
{
	begin(s);
	ask(s, (struct packument_wish){.name = "a"});
	reopen(s, FRESH_DEFAULT);
	s->fake.held = true;
	registry_guess(s->reg, true);
	CHECK_STR(ask(s, (struct packument_wish){.name = "a"}), "1.0.0");
	CHECK_STR(ask(s, (struct packument_wish){.name = "a"}), "1.0.0");
	registry_guess(s->reg, false);
	CHECK_INT(registry_doubts(s->reg), 1);
	CHECK_INT(s->fake.documents, 1);
}

static bool believed(struct setup *s)
{
	s->fake.held = false;
	while (registry_doubts(s->reg))
		registry_poll(s->reg, 1000);
	return registry_believed(s->reg);
}

TEST(registry_guesses_what_is_then_confirmed)
{
	struct setup s = {.cache = cache_here(), .fake = {.headers = "etag: \"v1\"\r\ncache-control: max-age=0\r\n"}};

	begin_guessing(&s);
	CHECK(believed(&s));
	CHECK_INT(s.fake.revalidated, 1);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "1.0.0");
	CHECK_INT(s.fake.documents, 2);
	end(&s);
	cache_close(s.cache);
}

TEST(registry_that_guessed_wrong_says_so_and_has_what_is_right)
{
	struct setup s = {.cache = cache_here(), .fake = {.headers = "etag: \"v1\"\r\ncache-control: max-age=0\r\n"}};
	const struct packument *guessed;

	begin_guessing(&s);
	guessed = s.p;
	s.fake.changed = true;
	s.fake.held = false;
	while (registry_doubts(s.reg))
		registry_poll(s.reg, 1000);
	CHECK_STR(packument_version_text(guessed, 0), "1.0.0");
	CHECK(!believed(&s));
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "2.0.0");
	CHECK_INT(s.fake.documents, 2);
	CHECK(believed(&s));
	end(&s);
	cache_close(s.cache);
}

TEST(registry_that_guessed_what_is_gone_says_so)
{
	struct setup s = {.cache = cache_here(), .fake = {.headers = "etag: \"v1\"\r\ncache-control: max-age=0\r\n"}};

	begin_guessing(&s);
	s.fake.gone = true;
	CHECK(!believed(&s));
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "E404");
	end(&s);
	cache_close(s.cache);
}

TEST(registry_does_not_guess_what_cannot_be_confirmed)
{
	struct setup s = {.cache = cache_here(), .fake = {.headers = "cache-control: max-age=0\r\n"}};

	begin(&s);
	ask(&s, (struct packument_wish){.name = "a"});
	reopen(&s, FRESH_DEFAULT);
	registry_guess(s.reg, true);
	s.fake.changed = true;
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "2.0.0");
	CHECK_INT(registry_doubts(s.reg), 0);
	CHECK(registry_believed(s.reg));
	end(&s);
	cache_close(s.cache);
}

TEST(registry_that_guessed_believes_it_when_the_server_is_gone)
{
	struct setup s = {.cache = cache_here(), .fake = {.headers = "etag: \"v1\"\r\ncache-control: max-age=0\r\n"}};

	begin(&s);
	ask(&s, (struct packument_wish){.name = "a"});
	server_stop(s.server);
	reopen(&s, FRESH_DEFAULT);
	registry_guess(s.reg, true);
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "1.0.0");
	CHECK(believed(&s));
	registry_close(s.reg);
	cache_close(s.cache);
}

TEST(registry_fetches_tarballs)
{
	struct setup s = {0};

	begin(&s);
	CHECK_STR(fetch(&s, (struct tarball_wish){.integrity = integrity()}), TARBALL);
	CHECK_STR(fetch(&s, (struct tarball_wish){.integrity = NULL}), TARBALL);
	CHECK_STR(fetch(&s, (struct tarball_wish){.url = "https://registry.example.test/a.tgz"}), "ENOTFOUND");
	end(&s);
}

TEST(registry_fetches_a_damaged_tarball_again)
{
	struct setup s = {.fake = {.broken = 1}};

	begin(&s);
	CHECK_STR(fetch(&s, (struct tarball_wish){.integrity = integrity()}), TARBALL);
	CHECK_INT(s.fake.tarballs, 2);
	s.fake.broken = 100;
	CHECK_STR(fetch(&s, (struct tarball_wish){.integrity = integrity(), .what = "a@1.0.0"}), "EINTEGRITY");
	CHECK(strstr(s.err.text, "a@1.0.0 integrity checksum failed when using sha512: wanted sha512-") == s.err.text);
	end(&s);
}

TEST(registry_replaces_the_public_host)
{
	struct setup s = {.options = {.public_host = "registry.example.test"}};

	begin(&s);
	CHECK_STR(fetch(&s, (struct tarball_wish){.url = "https://registry.example.test/a.tgz"}), TARBALL);
	end(&s);
}

TEST(registry_fetches_nothing_offline)
{
	struct setup s = {.options = {.freshness = FRESH_OFFLINE}};

	begin(&s);
	CHECK_STR(fetch(&s, (struct tarball_wish){.integrity = integrity()}), "ENOTCACHED");
	CHECK_STR(ask(&s, (struct packument_wish){.name = "a"}), "ENOTCACHED");
	CHECK_INT(server_count(s.server), 0);
	end(&s);
}

/* ---- streaming ---- */

struct stream {
	char got[200];
	struct err err;
	int done;
};

static int stream_begin(void *ctx, const struct net_response *r UNUSED, struct err *err UNUSED)
{
	((struct stream *)ctx)->got[0] = '\0';
	return 0;
}

static enum net_take stream_data(void *ctx, const char *p, size_t n, struct err *err UNUSED)
{
	struct stream *s = ctx;

	strncat(s->got, p, n);
	return NET_TAKEN;
}

static void stream_done(void *ctx, struct buf *body, const struct err *err)
{
	struct stream *s = ctx;

	CHECK(!body);
	s->err = *err;
	s->done++;
}

TEST(registry_streams_and_checks)
{
	static const struct net_sink sink = {stream_begin, stream_data};
	struct setup s = {.fake = {.broken = 1}};
	struct stream out = {0};

	begin(&s);
	registry_tarball(s.reg, &(struct tarball_wish){.url = arena_printf(test_arena(), "%sa.tgz", s.options.registry),
		.integrity = integrity(), .sink = &sink, .done = stream_done, .ctx = &out});
	while (registry_poll(s.reg, 1000))
		;
	CHECK_INT(out.done, 1);
	CHECK_INT(out.err.code, ERR_OK);
	CHECK_STR(out.got, TARBALL);
	CHECK_INT(s.fake.tarballs, 2);
	end(&s);
}

TEST(registry_asks_one_question)
{
	struct registry_answer answer;
	struct err err = ERR_INIT;
	struct setup s = {0};

	begin(&s);
	CHECK_INT(registry_ask(s.reg, &(struct registry_request){.path = "/a"}, test_arena(), &answer, &err), 0);
	CHECK_INT(answer.status, 200);
	CHECK(str_is(answer.body, DOCUMENT));
	CHECK_INT(registry_ask(s.reg, &(struct registry_request){.path = "/-/none"}, test_arena(), &answer, &err), -1);
	CHECK_STR(err_name(&err), "E404");
	CHECK_INT(answer.status, 404);
	end(&s);
}
