/* SPDX-License-Identifier: MIT */
#include "tests/unit/server.h"
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "registry/net.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a transfer came to. */
struct outcome {
	int status, attempts, done;
	struct err err;
	char body[256];
	char url[256];
};

static const struct net_options quick = {
	.timeout_ms = 5000, .retries = 2, .retry_factor = 2, .retry_min_ms = 20, .retry_max_ms = 50, .user_agent = "lode-test",
	.no_proxy = "*",
};

static void note(void *ctx, const struct net_response *r, const struct err *err)
{
	struct outcome *o = ctx;

	o->done++;
	o->status = r->status;
	o->attempts = r->attempts;
	o->err = *err;
	snprintf(o->body, sizeof(o->body), "%s", buf_text(r->body));
	snprintf(o->url, sizeof(o->url), "%s", r->url);
}

static struct net *opened(const struct net_options *options)
{
	struct err err = ERR_INIT;
	struct net *net = net_open(options, &err);

	CHECK(net);
	return net;
}

static const char *url_of(const struct server *s, const char *path)
{
	return arena_printf(test_arena(), "http://127.0.0.1:%d%s", server_port(s), path);
}

static struct outcome fetch(const struct net_options *options, struct net_request rq)
{
	struct outcome o = {0};
	struct net *net = opened(options);

	rq.done = note;
	if (!rq.ctx)
		rq.ctx = &o;
	net_add(net, &rq);
	while (net_poll(net, 1000))
		;
	net_close(net);
	return o;
}

static struct outcome get(server_handler *handler, const char *path)
{
	struct server *s = server_start(handler, NULL);
	struct outcome o = fetch(&quick, (struct net_request){.url = url_of(s, path)});

	server_stop(s);
	return o;
}

static bool hello(const struct server_request *r)
{
	return server_answer(r, 200, NULL, r->path);
}

TEST(net_gets_an_answer)
{
	struct outcome o = get(hello, "/a%2fb");

	CHECK_INT(o.err.code, ERR_OK);
	CHECK_INT(o.status, 200);
	CHECK_INT(o.attempts, 1);
	CHECK_STR(o.body, "/a%2fb");
}

TEST(net_refuses_what_is_no_url)
{
	struct outcome o = fetch(&quick, (struct net_request){.url = "file:///etc/passwd"});

	CHECK_STR(err_name(&o.err), "ERR_INVALID_URL");
	CHECK_INT(o.done, 1);
}

TEST(net_names_a_refused_connection)
{
	struct server *s = server_start(hello, NULL);
	const char *url = url_of(s, "/");
	struct outcome o;

	server_stop(s);
	o = fetch(&quick, (struct net_request){.url = url});
	CHECK_STR(err_name(&o.err), "ECONNREFUSED");
	CHECK_INT(o.attempts, 3);
}

static bool later(const struct server_request *r)
{
	return r->count < 3 ? server_answer(r, 503, NULL, "later") : server_answer(r, 200, NULL, "now");
}

TEST(net_asks_again_after_503)
{
	struct outcome o = get(later, "/");

	CHECK_STR(o.body, "now");
	CHECK_INT(o.attempts, 3);
}

static bool never(const struct server_request *r)
{
	return server_answer(r, 500, NULL, "no");
}

TEST(net_gives_up_in_the_end)
{
	struct server *s = server_start(never, NULL);
	struct outcome o = fetch(&quick, (struct net_request){.url = url_of(s, "/")});

	CHECK_INT(o.status, 500);
	CHECK_INT(o.err.code, ERR_OK);
	CHECK_STR(o.body, "no");
	CHECK_INT(server_count(s), 3);
	o = fetch(&quick, (struct net_request){.url = url_of(s, "/"), .method = "POST", .content = STR("{}")});
	CHECK_INT(o.attempts, 1);
	server_stop(s);
}

static bool asks_for_patience(const struct server_request *r)
{
	return r->count == 1 ? server_answer(r, 429, "retry-after: 1\r\n", "") : server_answer(r, 200, NULL, "ok");
}

TEST(net_honours_retry_after)
{
	int64_t start = clock_now_ms();
	struct outcome o = get(asks_for_patience, "/");

	CHECK_STR(o.body, "ok");
	CHECK(clock_now_ms() - start >= 1000);
}

static bool cut_short(const struct server_request *r)
{
	if (r->count > 4)
		return server_answer(r, 200, NULL, "whole");
	server_write(r->fd, "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", 44);
	return false;
}

TEST(net_survives_bodies_cut_short)
{
	struct outcome o = get(cut_short, "/");

	CHECK_STR(o.body, "whole");
	CHECK_INT(o.attempts, 5);
}

static bool hangs_up(const struct server_request *r)
{
	return r->count % 10 == 0 ? false : server_answer(r, 200, NULL, "x");
}

TEST(net_survives_a_server_that_drops_every_tenth)
{
	struct server *s = server_start(hangs_up, NULL);
	struct net *net = opened(&quick);
	struct outcome all[300] = {0};

	for (int i = 0; i < 300; i++)
		net_add(net, &(struct net_request){.url = url_of(s, "/"), .done = note, .ctx = &all[i]});
	while (net_poll(net, 1000))
		;
	for (int i = 0; i < 300; i++)
		CHECK_INT(all[i].status, 200);
	CHECK(net_stats(net).peak <= 15);
	net_close(net);
	server_stop(s);
}

TEST(net_reuses_connections_within_the_limit)
{
	struct net_options few = quick;
	struct server *s = server_start(hello, NULL);
	struct outcome all[60] = {0};
	struct net *net;

	few.max_sockets = 3;
	net = opened(&few);
	for (int i = 0; i < 60; i++)
		net_add(net, &(struct net_request){.url = url_of(s, "/"), .done = note, .ctx = &all[i]});
	while (net_poll(net, 1000))
		;
	for (int i = 0; i < 60; i++)
		CHECK_INT(all[i].status, 200);
	CHECK(server_connections(s) <= 3);
	net_close(net);
	server_stop(s);
}

struct order {
	char seen[256];
	pthread_mutex_t lock;
};

static bool write_down(const struct server_request *r)
{
	struct order *o = r->ctx;

	pthread_mutex_lock(&o->lock);
	snprintf(o->seen + strlen(o->seen), sizeof(o->seen) - strlen(o->seen), "%s ", r->path);
	pthread_mutex_unlock(&o->lock);
	return server_answer(r, 200, NULL, "");
}

TEST(net_metadata_goes_ahead)
{
	struct order order = {.lock = PTHREAD_MUTEX_INITIALIZER};
	struct server *s = server_start(write_down, &order);
	struct net_options one = quick;
	struct outcome o = {0};
	struct net *net;

	one.max_sockets = 1;
	net = opened(&one);
	net_add(net, &(struct net_request){.url = url_of(s, "/t1"), .priority = NET_TARBALL, .done = note, .ctx = &o});
	net_add(net, &(struct net_request){.url = url_of(s, "/t2"), .priority = NET_TARBALL, .done = note, .ctx = &o});
	net_add(net, &(struct net_request){.url = url_of(s, "/m1"), .done = note, .ctx = &o});
	net_add(net, &(struct net_request){.url = url_of(s, "/m2"), .done = note, .ctx = &o});
	while (net_poll(net, 1000))
		;
	CHECK_STR(order.seen, "/m1 /m2 /t1 /t2 ");
	net_close(net);
	server_stop(s);
}

static bool silent(const struct server_request *r)
{
	char byte;

	if (r->count > 1)
		return server_answer(r, 200, NULL, "at last");
	return read(r->fd, &byte, 1) == 1;
}

TEST(net_does_not_hang_with_a_silent_server)
{
	struct net_options o = quick;
	struct server *s = server_start(silent, NULL);
	struct outcome got;

	o.timeout_ms = 200;
	got = fetch(&o, (struct net_request){.url = url_of(s, "/")});
	CHECK_STR(got.body, "at last");
	CHECK_INT(got.attempts, 2);
	o.retries = -1;
	server_stop(s);
	s = server_start(silent, NULL);
	got = fetch(&o, (struct net_request){.url = url_of(s, "/")});
	CHECK_STR(err_name(&got.err), "ERR_SOCKET_TIMEOUT");
	server_stop(s);
}

static bool drips(const struct server_request *r)
{
	server_write(r->fd, "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n", 45);
	for (int i = 0; i < 100; i++) {
		char byte;

		server_write(r->fd, "x", 1);
		if (recv(r->fd, &byte, 1, MSG_DONTWAIT) == 0)
			return false;
		clock_sleep_ms(20);
	}
	return false;
}

TEST(net_does_not_hang_with_a_dripping_server)
{
	struct net_options o = quick;
	struct server *s = server_start(drips, NULL);
	struct outcome got;

	o.timeout_ms = 300;
	o.retries = -1;
	got = fetch(&o, (struct net_request){.url = url_of(s, "/")});
	CHECK_STR(err_name(&got.err), "ERR_SOCKET_TIMEOUT");
	server_stop(s);
}

static bool endless(const struct server_request *r)
{
	char chunk[1024];

	memset(chunk, 'x', sizeof(chunk));
	server_write(r->fd, "HTTP/1.1 200 OK\r\n\r\n", 19);
	for (int i = 0; i < 1000; i++)
		server_write(r->fd, chunk, sizeof(chunk));
	return false;
}

TEST(net_bounds_bodies)
{
	struct server *s = server_start(endless, NULL);
	struct outcome o = fetch(&quick, (struct net_request){.url = url_of(s, "/"), .max_body = 10000});

	CHECK_STR(err_name(&o.err), "ETOOBIG");
	CHECK_INT(o.attempts, 1);
	server_stop(s);
}

/* ---- redirects ---- */

struct trail {
	int other_port;
	atomic_int secrets;	/* requests at the other origin that brought credentials */
	atomic_int trusted;
};

static bool redirects(const struct server_request *r)
{
	struct trail *t = r->ctx;
	char value[100], location[200];

	if (server_header(r, "authorization", value, sizeof(value)) && strcmp(value, "Bearer t") == 0)
		t->trusted++;
	if (strcmp(r->path, "/here") == 0)
		return server_answer(r, 302, "location: /there\r\n", "");
	if (strcmp(r->path, "/loop") == 0)
		return server_answer(r, 301, "location: /loop\r\n", "");
	if (strcmp(r->path, "/nowhere") == 0)
		return server_answer(r, 302, NULL, "");
	if (strcmp(r->path, "/file") == 0)
		return server_answer(r, 302, "location: file:///etc/passwd\r\n", "");
	if (strcmp(r->path, "/away") != 0)
		return server_answer(r, 200, NULL, r->method);
	snprintf(location, sizeof(location), "location: http://127.0.0.1:%d/x\r\n", t->other_port);
	return server_answer(r, 307, location, "");
}

static bool other_origin(const struct server_request *r)
{
	struct trail *t = r->ctx;
	char value[100];

	if (server_header(r, "authorization", value, sizeof(value)) || server_header(r, "npm-otp", value, sizeof(value)))
		t->secrets++;
	return server_answer(r, 200, NULL, "other");
}

static struct outcome follow(struct trail *t, const char *path, const char *method)
{
	static const struct net_header otp = {"npm-otp", "123456"};
	struct server *other = server_start(other_origin, t), *s = server_start(redirects, t);
	struct outcome o;

	t->other_port = server_port(other);
	o = fetch(&quick, (struct net_request){.url = url_of(s, path), .method = method, .authorization = "Bearer t",
		.headers = &otp, .n_headers = 1});
	server_stop(s);
	server_stop(other);
	return o;
}

TEST(net_follows_on_the_same_origin_with_credentials)
{
	struct trail t = {0};
	struct outcome o = follow(&t, "/here", NULL);

	CHECK_STR(o.body, "GET");
	CHECK_INT(t.trusted, 2);
	CHECK(cstr_ends(o.url, "/there"));
}

TEST(net_leaves_credentials_behind)
{
	struct trail t = {0};
	struct outcome o = follow(&t, "/away", NULL);

	CHECK_STR(o.body, "other");
	CHECK_INT(t.trusted, 1);
	CHECK_INT(t.secrets, 0);
}

TEST(net_post_becomes_get)
{
	struct trail t = {0};
	struct outcome o = follow(&t, "/here", "POST");

	CHECK_STR(o.body, "GET");
}

TEST(net_redirects_end)
{
	struct trail t = {0};
	struct outcome o = follow(&t, "/loop", NULL);

	CHECK_STR(err_name(&o.err), "EMAXREDIRECT");
	CHECK_INT(t.trusted, 21);
	o = follow(&t, "/nowhere", NULL);
	CHECK_STR(err_name(&o.err), "EINVALIDREDIRECT");
	o = follow(&t, "/file", NULL);
	CHECK_STR(err_name(&o.err), "EINVALIDREDIRECT");
}

TEST(net_goes_through_a_proxy)
{
	struct server *s = server_start(hello, NULL);
	struct net_options o = quick;
	struct outcome got;

	o.proxy = url_of(s, "");
	o.no_proxy = "other.test";
	got = fetch(&o, (struct net_request){.url = "http://registry.example.test/a"});
	CHECK_STR(got.body, "http://registry.example.test/a");
	o.no_proxy = "x.test, 127.0.0.1";
	o.proxy = "http://127.0.0.1:1";
	got = fetch(&o, (struct net_request){.url = url_of(s, "/direct")});
	CHECK_STR(got.body, "/direct");
	server_stop(s);
}

static bool hello_once(const struct server_request *r)
{
	return strcmp(r->method, "GET") == 0 && hello(r);
}

/* The connection is there already when it ends without a byte. */
TEST(net_sends_once_what_must_not_be_sent_twice)
{
	struct server *s = server_start(hello_once, NULL);
	struct net *net = opened(&quick);
	const struct net_request all[] = {{.method = "GET"}, {.method = "PUT", .no_retry = true}, {.method = "GET"}, {.method = "POST"}};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct outcome o = {0};
		struct net_request rq = all[i];

		rq.url = url_of(s, "/");
		rq.done = note;
		rq.ctx = &o;
		net_add(net, &rq);
		while (net_poll(net, 1000))
			;
		CHECK_INT(o.status, i % 2 ? 0 : 200);
	}
	CHECK_INT(server_count(s), 4);
	net_close(net);
	server_stop(s);
}

TEST(net_never_shows_passwords)
{
	struct outcome o = fetch(&quick, (struct net_request){.url = "http://me:secret@127.0.0.1:1/x", .no_retry = true});

	CHECK_STR(o.err.text, "request to http://me:***@127.0.0.1:1/x failed, reason: connect ECONNREFUSED 127.0.0.1:1");
}

/* ---- streaming ---- */

struct stream {
	struct outcome outcome;
	struct net *net;
	struct net_transfer *transfer;
	size_t got;
	int begun, full;
};

static int stream_begin(void *ctx, const struct net_response *r UNUSED, struct err *err UNUSED)
{
	struct stream *s = ctx;

	s->begun++;
	s->got = 0;
	return 0;
}

static enum net_take stream_data(void *ctx, const char *p UNUSED, size_t n, struct err *err UNUSED)
{
	struct stream *s = ctx;

	if (++s->full % 2)
		return NET_FULL;
	s->got += n;
	return NET_TAKEN;
}

static const struct net_sink stream_sink = {stream_begin, stream_data};

static bool big(const struct server_request *r)
{
	char chunk[1000];

	memset(chunk, 'x', sizeof(chunk));
	server_write(r->fd, "HTTP/1.1 200 OK\r\ncontent-length: 500000\r\n\r\n", 44);
	for (int i = 0; i < (r->count == 1 ? 250 : 500); i++)
		server_write(r->fd, chunk, sizeof(chunk));
	return r->count > 1;
}

TEST(net_streams_with_pauses_and_starts_over)
{
	struct server *server = server_start(big, NULL);
	struct stream s = {0};

	s.net = opened(&quick);
	s.transfer = net_add(s.net, &(struct net_request){.url = url_of(server, "/"), .sink = &stream_sink, .done = note,
		.ctx = &s});
	while (!s.outcome.done) {
		net_poll(s.net, 10);
		if (!s.outcome.done)
			net_resume(s.net, s.transfer);
	}
	CHECK_INT(s.outcome.status, 200);
	CHECK_INT(s.begun, 2);
	CHECK_INT(s.got, 500000);
	net_close(s.net);
	server_stop(server);
}

TEST(net_cancel_is_silent)
{
	struct server *server = server_start(silent, NULL);
	struct outcome o = {0}, queued = {0};
	struct net *net = opened(&quick);
	struct net_transfer *t, *u;

	t = net_add(net, &(struct net_request){.url = url_of(server, "/"), .done = note, .ctx = &o});
	net_poll(net, 50);
	u = net_add(net, &(struct net_request){.url = url_of(server, "/"), .done = note, .ctx = &queued});
	net_cancel(net, t);
	net_cancel(net, u);
	CHECK_INT(net_poll(net, 10), 0);
	CHECK_INT(o.done, 0);
	CHECK_INT(queued.done, 0);
	net_close(net);
	server_stop(server);
}

static void *wake_soon(void *arg)
{
	clock_sleep_ms(50);
	net_wake(arg);
	return NULL;
}

TEST(net_wakes_for_workers)
{
	struct net *net = opened(&quick);
	int64_t start = clock_now_ms();
	pthread_t thread;

	CHECK_INT(pthread_create(&thread, NULL, wake_soon, net), 0);
	net_poll(net, 10000);
	CHECK(clock_now_ms() - start < 5000);
	pthread_join(thread, NULL);
	net_close(net);
}

TEST(net_close_drops_what_is_open)
{
	struct server *server = server_start(silent, NULL);
	struct net *net = opened(&quick);
	struct outcome o = {0};

	for (int i = 0; i < 40; i++)
		net_add(net, &(struct net_request){.url = url_of(server, "/"), .done = note, .ctx = &o});
	net_poll(net, 50);
	net_close(net);
	CHECK_INT(o.done, 0);
	server_stop(server);
}
