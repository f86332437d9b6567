/* SPDX-License-Identifier: MIT */
#include "registry/registry.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/report.h"
#include "base/str.h"
#include "base/url.h"
#include "registry/client.h"
#include "registry/fault.h"
#include "registry/retry.h"
#include "resolver/name.h"

#include <string.h>

/* ---- dressing requests ---- */

void dress_header(struct dressed *d, const char *name, const char *value)
{
	if (value && *value && d->n < ARRAY_LEN(d->headers))
		d->headers[d->n++] = (struct net_header){name, value};
}

/*
 * A one-time password is a credential that works once, wherever it is used: of the origins that one command asks, only the
 * registry that it is about gets to see it, and a setting's only where one is logged in. The packages that are read on the
 * way may live anywhere.
 */
static const char *one_time_password(const struct registry *reg, const char *url, const struct dressed *d)
{
	const struct registry_options *o = &reg->o;
	const char *about = d->asks ? d->asks : o->registry;
	bool known = d->authorization || d->auth.cert || o->net.cert_pem;
	struct url u, v;

	if (!about || !url_parse(d->arena, str_from(url), NULL, &u) || !url_parse(d->arena, str_from(about), NULL, &v) ||
	    !streq(url_origin(d->arena, &u), url_origin(d->arena, &v)))
		return NULL;
	return d->otp ? d->otp : known ? o->otp : NULL;
}

/* Which settings may speak for a URL; what is left out is told once. */
static const struct map *settings_for(struct registry *reg, const char *url, struct dressed *d)
{
	const struct registry_options *o = &reg->o;
	struct auth_query q = {.settings = o->settings, .registry = o->registry};
	struct err ignored = ERR_INIT;
	struct auth whole;

	if (!o->overheard || (!o->overheard_tls && cstr_starts(url, "https:")))
		return o->settings;
	if (!reg->told_overheard && auth_find(d->arena, url, &q, &whole, &ignored) == 0 && auth_header(d->arena, &whole)) {
		reg->told_overheard = true;
		report_warn(o->reporter, "registry", "The project's .npmrc names a proxy that could read what is sent: credentials that are not "
			    "the project's own are left out. To send them, set the proxy in your own .npmrc.");
	}
	return o->overheard;
}

int dress_request(struct registry *reg, const char *url, struct dressed *d, struct err *err)
{
	const struct registry_options *o = &reg->o;
	struct str scope = d->name ? name_scope(d->name) : STR_NULL;
	struct auth_query q = {
		.settings = settings_for(reg, url, d),
		.registry = o->registry,
		.scope = scope.len ? str_dup(d->arena, scope) : NULL,
		.fallback = d->name ? o->scope : NULL,
	};

	if (auth_find(d->arena, url, &q, &d->auth, err) < 0)
		return -1;
	if (!d->authorization)
		d->authorization = auth_header(d->arena, &d->auth);
	dress_header(d, "npm-auth-type", o->auth_type);
	dress_header(d, "npm-scope", o->scope);
	dress_header(d, "npm-session", o->session);
	dress_header(d, "npm-command", o->command);
	dress_header(d, "npm-otp", one_time_password(reg, url, d));
	return 0;
}

void dress_apply(const struct dressed *d, struct net_request *rq)
{
	rq->headers = d->headers;
	rq->n_headers = d->n;
	rq->authorization = d->authorization;
	rq->cert_pem = d->auth.cert;
	rq->key_pem = d->auth.key;
}

/* ---- telling ---- */

void registry_log(struct registry *reg, const struct net_response *r, const char *method, const struct auth *auth)
{
	const char *notice = net_response_header(r, "npm-notice");
	struct arena a = ARENA_INIT;
	int64_t now = report_now();

	if (!r->status)
		return;
	if (reg->o.reporter && reg->o.reporter->timing)
		report_work(reg->o.reporter, (struct event){.text = method, .prefix = fault_clean_url(&a, r->url),
				.track = TRACK_NET, .start_ns = now - r->elapsed_ms * 1000000, .end_ns = now});
	if (notice)
		report_notice(reg->o.reporter, "", "%s", notice);
	if (r->attempts > 1)
		report_http(reg->o.reporter, "%s %d %s %lldms attempt #%d", method, r->status,
			fault_clean_url(&a, r->url), (long long)r->elapsed_ms, r->attempts);
	else
		report_http(reg->o.reporter, "%s %d %s %lldms", method, r->status, fault_clean_url(&a, r->url),
			(long long)r->elapsed_ms);
	if (r->status >= 400 && auth && auth->scope_auth_key && !auth->token && !auth->basic)
		report_warn(reg->o.reporter, "registry",
			"No auth for URI, but auth present for scoped registry.\n\nURI: %s\nScoped Registry Key: %s",
			fault_clean_url(&a, r->url), auth->scope_auth_key);
	arena_release(&a);
}

static void on_retry(void *ctx, const struct net_response *r, const struct err *err, int64_t delay_ms)
{
	struct registry *reg = ctx;
	struct arena a = ARENA_INIT;
	const char *url = fault_clean_url(&a, r->url), *name = err_name(err);

	if (err->code != ERR_OK)
		report_http(reg->o.reporter, "%s attempt failed with %s, again in %lldms", url, name,
			(long long)delay_ms);
	else
		report_http(reg->o.reporter, "%s attempt failed with %d, again in %lldms", url, r->status,
			(long long)delay_ms);
	arena_release(&a);
}

int registry_not_cached(struct err *err, const char *url)
{
	return err_set(err, ERR_ENOTCACHED,
		"request to %s failed: cache mode is 'only-if-cached' but no cached response is available.", url);
}

/* ---- opening, moving, closing ---- */

struct registry *registry_open(const struct registry_options *options, struct err *err)
{
	struct arena own = ARENA_INIT;
	struct registry *reg = ARENA_NEW(&own, struct registry);

	reg->o = *options;
	reg->o.net.on_retry = on_retry;
	reg->o.net.ctx = reg;
	reg->net = net_open(&reg->o.net, err);
	if (!reg->net) {
		arena_release(&own);
		return NULL;
	}
	reg->arena = own;
	map_init(&reg->documents, &reg->arena);
	return reg;
}

void registry_close(struct registry *reg)
{
	struct arena own;

	if (!reg)
		return;
	/* The workers first: they wake the net. */
	documents_close(reg);
	tarballs_close(reg);
	net_close(reg->net);
	own = reg->arena;
	arena_release(&own);
}

size_t registry_poll(struct registry *reg, int timeout_ms)
{
	bool told = documents_move(reg);

	told |= tarballs_move(reg);
	net_poll(reg->net, told ? 0 : timeout_ms);
	documents_move(reg);
	return reg->open;
}

void registry_wake(struct registry *reg)
{
	net_wake(reg->net);
}

/* ---- one question at a time ---- */

struct question {
	struct registry *reg;
	struct arena *arena;
	struct registry_answer answer;
	const char *method, *name;
	struct dressed dressed;
	struct err err;
	bool over;
	registry_answered *done;	/* NULL: somebody waits */
	void *ctx;
};

static void on_answer(void *ctx, const struct net_response *r, const struct err *err)
{
	struct question *q = ctx;
	struct registry_answer *out = &q->answer;

	q->over = true;
	q->err = *err;
	if (err->code == ERR_OK) {
		registry_log(q->reg, r, q->method ? q->method : "GET", &q->dressed.auth);
		out->status = r->status;
		out->body = (struct str){arena_strndup(q->arena, buf_text(r->body), r->body->len), r->body->len};
		out->etag = arena_strdup(q->arena, net_response_header(r, "etag"));
		out->retry_after_ms = retry_after_ms(net_response_header(r, "retry-after"), clock_wall_ms() / 1000);
		if (r->status >= 400)
			fault_of_status(&q->err, r, q->method, q->name);
	}
	if (q->done)
		q->done(q->ctx, out, &q->err);
	else
		q->reg->open--;
}


static int send_question(struct question *q, const struct registry_request *rq, struct err *err)
{
	struct registry *reg = q->reg;
	struct net_request net = {.method = rq->method, .content = rq->content, .done = on_answer, .ctx = q};

	q->method = arena_strdup(q->arena, rq->method);
	q->name = arena_strdup(q->arena, rq->name);
	q->answer.retry_after_ms = -1;
	q->dressed = (struct dressed){.arena = q->arena, .name = q->name, .otp = rq->otp, .authorization = rq->authorization};
	q->dressed.asks = registry_of_package(q->arena, &reg->o, rq->name);
	net.url = registry_request_url(q->arena, &reg->o, rq);
	net.max_body = rq->max_body;
	net.no_retry = rq->once;
	if (!net.url)
		return err_set(err, ERR_ENOREGISTRY, "no registry is set");
	if (reg->o.freshness == FRESH_OFFLINE && (!rq->method || streq(rq->method, "GET")))
		return registry_not_cached(err, net.url);
	dress_header(&q->dressed, "accept", rq->accept ? rq->accept : "*/*");
	if (rq->content.ptr)
		dress_header(&q->dressed, "content-type", rq->type ? rq->type : "application/json");
	if (dress_request(reg, net.url, &q->dressed, err) < 0)
		return -1;
	dress_apply(&q->dressed, &net);
	net_add(reg->net, &net);
	return 0;
}

int registry_ask(struct registry *reg, const struct registry_request *rq, struct arena *a, struct registry_answer *out,
	struct err *err)
{
	struct question q = {.reg = reg, .arena = a};

	*out = (struct registry_answer){.retry_after_ms = -1};
	if (send_question(&q, rq, err) < 0)
		return -1;
	reg->open++;
	while (!q.over)
		registry_poll(reg, 1000);
	*out = q.answer;
	if (q.err.code == ERR_OK)
		return 0;
	*err = q.err;
	return -1;
}

int registry_ask_later(struct registry *reg, const struct registry_request *rq, registry_answered *done, void *ctx, struct err *err)
{
	struct question *q = ARENA_NEW(&reg->arena, struct question);

	*q = (struct question){.reg = reg, .arena = &reg->arena, .done = done, .ctx = ctx};
	return send_question(q, rq, err);
}
