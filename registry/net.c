/* SPDX-License-Identifier: MIT */
#include "registry/net.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/map.h"
#include "registry/fault.h"
#include "registry/http.h"
#include "registry/proxy.h"
#include "registry/retry.h"
#include "registry/transfer.h"

#include <string.h>

#define MAX_REDIRECTS 20
/* Streams at once on a host that speaks HTTP/2: what servers allow on one connection. Fewer would cost more round trips. */
#define HTTP2_LIMIT 100
/* Slower than this over a whole timeout is no progress: a server that drips must not hold an install. */
#define MIN_PROGRESS 512
/* An attempt as long as this many timeouts is given up, however lively. */
#define TOTAL_TIMEOUTS 12

struct queue {
	struct net_transfer *first, **last;
};

struct host {
	const char *origin;
	struct queue queue[NET_PRIORITIES];
	int active[NET_PRIORITIES];
	bool met;		/* a connection to it stood, or did not come about */
	bool answered;
	bool http2;		/* its last answer came over a connection that multiplexes */
	int64_t not_before_ms;	/* it asked for patience */
	struct host *next;
};

struct net {
	struct arena arena;
	struct net_options o;
	struct proxy_settings proxy;
	struct retry_policy retry;
	struct http *http;
	struct map hosts;
	struct host *first_host;
	struct net_transfer *open;	/* all of them */
	size_t n_open;
	struct net_transfer *ended;	/* failed before they began: done() is owed */
	struct net_stats stats;
	uint64_t dice;
	int64_t look_at_ms;	/* no time limit is reached before */
	bool wishes;		/* somebody cancelled or resumed */
};

/* ---- opening and closing ---- */

static void connected(void *ctx)
{
	struct net_transfer *t = ctx;

	t->host->met = true;
	t->connected = true;
	t->started_ms = t->window_ms = clock_now_ms();
}

static void header_came(void *ctx, struct str line)
{
	transfer_header(ctx, line);
}

static enum net_take data_came(void *ctx, const char *p, size_t n)
{
	struct net_transfer *t = ctx;
	enum net_take took = transfer_data(t, p, n);

	if (took == NET_TAKEN)
		t->net->stats.bytes += n;
	return took;
}

static void attempt_ended(void *ctx, const struct http_end *end);

static const struct http_events events = {connected, header_came, data_came, attempt_ended};

static void set_defaults(struct net *net)
{
	struct net_options *o = &net->o;

	o->timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : 300000;
	o->max_sockets = o->max_sockets > 0 ? o->max_sockets : 15;
	net->retry.retries = o->retries < 0 ? 0 : o->retries ? o->retries : 2;
	net->retry.factor = o->retry_factor > 0 ? o->retry_factor : 10;
	net->retry.min_ms = o->retry_min_ms > 0 ? o->retry_min_ms : 10000;
	net->retry.max_ms = o->retry_max_ms > 0 ? o->retry_max_ms : 60000;
	net->proxy = (struct proxy_settings){.proxy = o->proxy, .https_proxy = o->https_proxy, .no_proxy = o->no_proxy};
	proxy_from_env(&net->proxy);
}

struct net *net_open(const struct net_options *options, struct err *err)
{
	struct arena a = ARENA_INIT;
	struct net *net = ARENA_NEW(&a, struct net);

	net->o = *options;
	net->dice = (uint64_t)clock_now_ns() | 1;
	net->look_at_ms = INT64_MAX;
	set_defaults(net);
	net->http = http_open(&net->o, &events, err);
	if (!net->http) {
		arena_release(&a);
		return NULL;
	}
	net->arena = a;
	map_init(&net->hosts, &net->arena);
	return net;
}

void net_close(struct net *net)
{
	struct arena a;

	if (!net)
		return;
	for (struct net_transfer *t = net->open, *next; t; t = next) {
		next = t->next;
		if (t->wire)
			http_stop(net->http, t->wire);
		transfer_free(t);
	}
	http_close(net->http);
	a = net->arena;
	arena_release(&a);
}

/* A number from 0 up to 1; xorshift is plenty for spreading retries. */
static double roll(struct net *net)
{
	net->dice ^= net->dice << 13;
	net->dice ^= net->dice >> 7;
	net->dice ^= net->dice << 17;
	return (double)(net->dice >> 11) / (double)(1ULL << 53);
}

/* ---- queues ---- */

static struct host *host_of(struct net *net, const char *url)
{
	char origin[400];
	struct host *h;

	if (!http_origin(url, origin, sizeof(origin)))
		return NULL;
	h = map_find(&net->hosts, origin);
	if (h)
		return h;
	h = ARENA_NEW(&net->arena, struct host);
	h->origin = arena_strdup(&net->arena, origin);
	for (int i = 0; i < NET_PRIORITIES; i++)
		h->queue[i].last = &h->queue[i].first;
	h->next = net->first_host;
	net->first_host = h;
	map_put(&net->hosts, h->origin, h);
	return h;
}

static void enqueue(struct net_transfer *t)
{
	struct queue *q = &t->host->queue[t->rq.priority];

	t->state = TRANSFER_QUEUED;
	t->queue_next = NULL;
	*q->last = t;
	q->last = &t->queue_next;
}

static struct net_transfer *dequeue(struct queue *q)
{
	struct net_transfer *t = q->first;

	if (!t)
		return NULL;
	q->first = t->queue_next;
	if (!q->first)
		q->last = &q->first;
	t->queue_next = NULL;
	return t;
}

static void queue_drop(struct queue *q, struct net_transfer *t)
{
	struct net_transfer **at = &q->first;

	while (*at && *at != t)
		at = &(*at)->queue_next;
	if (!*at)
		return;
	*at = t->queue_next;
	if (q->last == &t->queue_next)
		q->last = at;
}

/* ---- the end of a transfer ---- */

static void unlink_open(struct net *net, struct net_transfer *t)
{
	if (t->prev)
		t->prev->next = t->next;
	else
		net->open = t->next;
	if (t->next)
		t->next->prev = t->prev;
	net->n_open--;
}

static void finish(struct net *net, struct net_transfer *t)
{
	t->state = TRANSFER_ENDED;
	t->resp.url = t->url;
	t->resp.attempts = t->attempts;
	t->resp.elapsed_ms = clock_now_ms() - t->added_ms;
	if (!t->cancelled)
		t->rq.done(t->rq.ctx, &t->resp, &t->err);
	unlink_open(net, t);
	transfer_free(t);
}

static void fail_later(struct net *net, struct net_transfer *t)
{
	t->state = TRANSFER_ENDED;
	t->queue_next = net->ended;
	net->ended = t;
}

static void look_by(struct net *net, int64_t ms)
{
	if (ms < net->look_at_ms)
		net->look_at_ms = ms;
}

static void wait_and_retry(struct net *net, struct net_transfer *t, enum retry_cause cause, int64_t delay_ms)
{
	t->made[cause]++;
	t->state = TRANSFER_WAITING;
	t->due_ms = clock_now_ms() + delay_ms;
	net->stats.retries++;
	look_by(net, t->due_ms);
	if (net->o.on_retry)
		net->o.on_retry(net->o.ctx, &t->resp, &t->err, delay_ms);
}

static bool sent_once(const struct net_transfer *t)
{
	return t->rq.no_retry || strcmp(t->method, "POST") == 0;
}

/* -1 when it is not to be tried again. */
static int retry(struct net *net, struct net_transfer *t, enum retry_cause cause)
{
	const char *after = net_response_header(&t->resp, "retry-after");
	int64_t after_ms = retry_after_ms(after, clock_wall_ms() / 1000), delay;

	if (sent_once(t) || t->cancelled)
		return -1;
	delay = retry_delay(&net->retry, t->made, cause, after_ms, roll(net));
	if (delay < 0)
		return -1;
	/* It is the host that wants to rest, so nothing else is sent there meanwhile either. */
	if (after_ms > 0)
		t->host->not_before_ms = clock_now_ms() + delay;
	wait_and_retry(net, t, cause, delay);
	return 0;
}

/* The address as it may be shown. */
static const char *shown(struct net_transfer *t)
{
	return fault_clean_url(&t->answer, t->url);
}

static void set_fault(struct net_transfer *t, const struct http_end *end)
{
	if (t->err.code != ERR_OK)
		return;
	err_set(&t->err, end->code, "request to %s failed, reason: %s", shown(t), end->text);
	memcpy(t->err.name, end->name, sizeof(t->err.name));
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void become_get(struct net_transfer *t)
{
	t->method = "GET";
	t->rq.content = STR_NULL;
}

/* Credentials stay behind as soon as scheme, host or port differ, and never come back. */
static int follow(struct net *net, struct net_transfer *t, const char *to)
{
	struct host *next;

	if (!to)
		return err_set(&t->err, ERR_EINVALIDREDIRECT, "redirect location header missing for: %s", shown(t));
	if (t->redirects++ >= MAX_REDIRECTS)
		return err_set(&t->err, ERR_EMAXREDIRECT, "maximum redirect reached at: %s", shown(t));
	next = host_of(net, to);
	if (!next)
		return err_set(&t->err, ERR_EINVALIDREDIRECT, "redirect to a URL that is not HTTP: %s", to);
	if (t->resp.status == 303 || (t->resp.status <= 302 && strcmp(t->method, "POST") == 0))
		become_get(t);
	if (next != t->host)
		t->trusted = false;
	t->host = next;
	t->url = arena_strdup(&t->arena, to);
	enqueue(t);
	return 0;
}

static void answered(struct net *net, struct net_transfer *t, const struct http_end *end)
{
	enum retry_cause cause;

	t->host->answered = true;
	t->host->http2 = end->version == 20;
	if (is_redirect(t->resp.status)) {
		if (follow(net, t, end->redirect) < 0)
			finish(net, t);
		return;
	}
	if (retry_status(t->resp.status) && retry(net, t, RETRY_LATER) == 0)
		return;
	if (transfer_finish(t, &cause) < 0 && retry(net, t, cause) == 0)
		return;
	finish(net, t);
}

static void leave_wire(struct net_transfer *t)
{
	t->wire = NULL;
	t->host->active[t->rq.priority]--;
	t->net->stats.active--;
}

static void attempt_ended(void *ctx, const struct http_end *end)
{
	struct net_transfer *t = ctx;
	struct net *net = t->net;
	bool ours = t->err.code != ERR_OK;	/* a consumer or a limit ended it */

	leave_wire(t);
	t->host->met = true;
	net->stats.connections += (uint64_t)end->connections;
	t->resp.version = end->version;
	if (end->code == ERR_OK && !ours && !t->cancelled) {
		answered(net, t, end);
		return;
	}
	set_fault(t, end);
	if (ours || retry(net, t, end->cause) < 0)
		finish(net, t);
}

/* ---- starting ---- */

static void launch(struct net *net, struct net_transfer *t)
{
	char host[300];
	struct http_order order = {
		.url = t->url,
		.method = t->method,
		.content = t->rq.content,
		.cert_pem = t->trusted ? t->rq.cert_pem : NULL,
		.key_pem = t->trusted ? t->rq.key_pem : NULL,
		.urgent = t->rq.priority == NET_METADATA,
		.encoded = t->rq.priority == NET_METADATA && !t->rq.gzip_as_is,
		/* On a connection that has served before, libcurl itself sends again when it ends without an answer. */
		.fresh = t->fresh || sent_once(t),
	};

	transfer_reset(t);
	http_host(t->url, host, sizeof(host));
	order.proxy = proxy_choose(&net->proxy, strncmp(t->url, "https:", 6) == 0, host);
	order.headers = transfer_headers(t, net->o.user_agent);
	t->fresh = t->connected = false;
	t->attempts++;
	t->started_ms = t->window_ms = clock_now_ms();
	t->window_bytes = 0;
	t->wire = http_start(net->http, &order, t, &t->err);
	if (!t->wire) {
		fail_later(net, t);
		return;
	}
	t->state = TRANSFER_ACTIVE;
	look_by(net, t->started_ms + net->o.timeout_ms);
	t->host->active[t->rq.priority]++;
	net->stats.requests++;
	net->stats.active++;
	if (net->stats.active > net->stats.peak)
		net->stats.peak = net->stats.active;
}

/* Where requests may share a connection the first one makes it, and all others come after: libcurl would let those that wait for it
 * go one by one. */
static int limit_of(const struct net *net, const struct host *h)
{
	bool may_share = !net->o.http1 && strncmp(h->origin, "https:", 6) == 0;

	if (h->answered || !may_share)
		return h->http2 ? HTTP2_LIMIT : net->o.max_sockets;
	return h->met ? HTTP2_LIMIT : 1;
}

static struct net_transfer *next_for(struct net *net, struct host *h)
{
	int limit = limit_of(net, h);
	int tarballs = h->active[NET_TARBALL], all = h->active[NET_METADATA] + tarballs;

	if (all >= limit)
		return NULL;
	if (h->queue[NET_METADATA].first)
		return dequeue(&h->queue[NET_METADATA]);
	/* Some room stays free of tarballs: the next packument decides what else is fetched. */
	if (limit >= 4 && tarballs >= limit - limit / 4)
		return NULL;
	return dequeue(&h->queue[NET_TARBALL]);
}

static void start_what_may(struct net *net, int64_t now)
{
	for (struct host *h = net->first_host; h; h = h->next) {
		struct net_transfer *t;

		if (h->not_before_ms > now)
			continue;
		while ((t = next_for(net, h)))
			launch(net, t);
	}
}

/* ---- time ---- */

static void time_out(struct net *net, struct net_transfer *t)
{
	http_stop(net->http, t->wire);
	leave_wire(t);
	err_set(&t->err, ERR_ESOCKETTIMEOUT, "request to %s failed, reason: nothing came for %lld seconds", shown(t),
		(long long)((net->o.timeout_ms + 999) / 1000));
	/* The connection may be dead without knowing it. */
	t->fresh = true;
	if (retry(net, t, RETRY_LATER) < 0)
		finish(net, t);
}

/* When the transfer must be looked at again; it may be over by then. */
static int64_t check_progress(struct net *net, struct net_transfer *t, int64_t now, bool held_up)
{
	if (held_up || t->paused || !t->connected) {
		t->window_ms = now;
		return now + net->o.timeout_ms;
	}
	if (now - t->started_ms >= net->o.timeout_ms * TOTAL_TIMEOUTS) {
		time_out(net, t);
		return now;
	}
	if (now - t->window_ms < net->o.timeout_ms)
		return t->window_ms + net->o.timeout_ms;
	if (t->window_bytes < MIN_PROGRESS) {
		time_out(net, t);
		return now;
	}
	t->window_ms = now;
	t->window_bytes = 0;
	return now + net->o.timeout_ms;
}

/* Is some consumer slow? On a shared connection it holds up the others, which is not their server's fault. */
static bool anyone_paused(const struct net *net)
{
	for (const struct net_transfer *t = net->open; t; t = t->next)
		if (t->paused)
			return true;
	return false;
}

/* One transfer's turn; returns when it wants the next. */
static int64_t keep_time_of(struct net *net, struct net_transfer *t, int64_t now, bool held_up)
{
	if (t->state == TRANSFER_ACTIVE)
		return check_progress(net, t, now, held_up);
	if (t->state != TRANSFER_WAITING)
		return INT64_MAX;
	if (t->due_ms > now)
		return t->due_ms;
	enqueue(t);
	return INT64_MAX;
}

/* Moves on what time alone moves. */
static void keep_time(struct net *net, int64_t now)
{
	bool held_up;

	if (now < net->look_at_ms)
		return;
	held_up = anyone_paused(net);
	net->look_at_ms = INT64_MAX;
	for (struct net_transfer *t = net->open, *after; t; t = after) {
		after = t->next;
		look_by(net, keep_time_of(net, t, now, held_up));
	}
	for (struct host *h = net->first_host; h; h = h->next)
		if (h->not_before_ms > now)
			look_by(net, h->not_before_ms);
}

/* ---- what others call ---- */

struct net_transfer *net_add(struct net *net, const struct net_request *request)
{
	static const char invalid_url[] = "ERR_INVALID_URL";
	struct net_transfer *t = transfer_make(net, request);

	t->added_ms = clock_now_ms();
	t->next = net->open;
	if (t->next)
		t->next->prev = t;
	net->open = t;
	net->n_open++;
	transfer_reset(t);
	if (http_ready(net->http, &t->err) == 0) {
		t->host = host_of(net, t->url);
		if (t->host) {
			enqueue(t);
			return t;
		}
		err_set(&t->err, ERR_EGENERIC, "Invalid URL: '%s'", t->url);
		memcpy(t->err.name, invalid_url, sizeof(invalid_url));
	}
	fail_later(net, t);
	return t;
}

void net_cancel(struct net *net, struct net_transfer *t)
{
	t->cancelled = true;
	net->wishes = true;
}

void net_resume(struct net *net, struct net_transfer *t)
{
	t->resume = true;
	net->wishes = true;
}

static void drop_cancelled(struct net *net, struct net_transfer *t)
{
	if (t->state == TRANSFER_QUEUED)
		queue_drop(&t->host->queue[t->rq.priority], t);
	if (t->state == TRANSFER_ACTIVE) {
		http_stop(net->http, t->wire);
		leave_wire(t);
	}
	finish(net, t);
}

static void apply_wishes(struct net *net)
{
	if (!net->wishes)
		return;
	net->wishes = false;
	for (struct net_transfer *t = net->open, *after; t; t = after) {
		after = t->next;
		if (t->cancelled && t->state != TRANSFER_ENDED) {
			drop_cancelled(net, t);
		} else if (t->resume && t->state == TRANSFER_ACTIVE) {
			t->resume = t->paused = false;
			http_resume(net->http, t->wire);
		}
	}
}

static bool deliver_ended(struct net *net)
{
	bool any = net->ended != NULL;

	while (net->ended) {
		struct net_transfer *t = net->ended;

		net->ended = t->queue_next;
		finish(net, t);
	}
	return any;
}

size_t net_poll(struct net *net, int timeout_ms)
{
	int64_t now = clock_now_ms();

	apply_wishes(net);
	keep_time(net, now);
	start_what_may(net, now);
	if (deliver_ended(net))
		timeout_ms = 0;
	if (net->look_at_ms - now < timeout_ms)
		timeout_ms = net->look_at_ms > now ? (int)(net->look_at_ms - now) : 0;
	http_poll(net->http, timeout_ms);
	return net->n_open;
}

void net_wake(struct net *net)
{
	http_wake(net->http);
}

struct net_stats net_stats(const struct net *net)
{
	return net->stats;
}
