/* SPDX-License-Identifier: MIT */
#include "registry/transfer.h"

#include "base/str.h"
#include "registry/fault.h"

#include <string.h>

#define DEFAULT_MAX_BODY ((size_t)64 << 20)
#define MAX_HEADERS 256
/* A refusal's text is read for its message only. */
#define MAX_REFUSAL ((size_t)1 << 20)

static const struct net_header *copy_headers(struct arena *a, const struct net_header *h, size_t n)
{
	struct net_header *copy = ARENA_ARRAY(a, struct net_header, n);

	for (size_t i = 0; i < n; i++) {
		copy[i].name = arena_strdup(a, h[i].name);
		copy[i].value = arena_strdup(a, h[i].value);
	}
	return copy;
}

struct net_transfer *transfer_make(struct net *net, const struct net_request *rq)
{
	struct arena a = ARENA_INIT;
	struct net_transfer *t = ARENA_NEW(&a, struct net_transfer);

	t->net = net;
	t->rq = *rq;
	t->rq.url = t->url = arena_strdup(&a, rq->url);
	t->rq.method = t->method = arena_strdup(&a, rq->method ? rq->method : "GET");
	t->rq.headers = copy_headers(&a, rq->headers, rq->n_headers);
	if (rq->content.ptr)
		t->rq.content.ptr = arena_strndup(&a, rq->content.ptr, rq->content.len);
	t->rq.authorization = arena_strdup(&a, rq->authorization);
	t->rq.cert_pem = arena_strdup(&a, rq->cert_pem);
	t->rq.key_pem = arena_strdup(&a, rq->key_pem);
	if (!t->rq.max_body)
		t->rq.max_body = DEFAULT_MAX_BODY;
	t->trusted = true;
	buf_init(&t->body, t->rq.max_body);
	t->arena = a;
	return t;
}

void transfer_free(struct net_transfer *t)
{
	struct arena a = t->arena;

	buf_release(&t->body);
	arena_release(&t->answer);
	arena_release(&a);
}

static bool is_secret(const char *name)
{
	return streq(name, "npm-otp") || streq(name, "cookie") || streq(name, "authorization");
}

const char *const *transfer_headers(struct net_transfer *t, const char *user_agent)
{
	const char **lines = ARENA_ARRAY(&t->answer, const char *, t->rq.n_headers + 5);
	size_t n = 0;

	if (user_agent && *user_agent)
		lines[n++] = arena_printf(&t->answer, "user-agent: %s", user_agent);
	if (t->rq.gzip_as_is)
		lines[n++] = "accept-encoding: gzip";
	for (size_t i = 0; i < t->rq.n_headers; i++) {
		const struct net_header *h = &t->rq.headers[i];

		if (t->trusted || !is_secret(h->name))
			lines[n++] = arena_printf(&t->answer, "%s: %s", h->name, h->value);
	}
	if (t->trusted && t->rq.authorization)
		lines[n++] = arena_printf(&t->answer, "authorization: %s", t->rq.authorization);
	/* Otherwise a larger body would wait for a leave that registries do not give. */
	if (t->rq.content.ptr)
		lines[n++] = "expect:";
	return lines;
}

void transfer_reset(struct net_transfer *t)
{
	arena_release(&t->answer);
	buf_release(&t->body);
	buf_init(&t->body, t->rq.max_body);
	t->resp = (struct net_response){.length = -1, .url = t->url, .body = &t->body, .reason = ""};
	t->headers_cap = 0;
	t->begun = t->streaming = t->paused = t->resume = false;
	t->got = 0;
	err_clear(&t->err);
}

/* "HTTP/1.1 404 Not Found" */
static void status_line(struct net_transfer *t, struct str line)
{
	struct str rest, code;
	uint64_t status = 0;

	str_cut(line, ' ', &rest);
	code = str_cut(rest, ' ', &rest);
	if (!str_to_u64(code, &status) || status > 999)
		status = 0;
	t->resp.status = (int)status;
	t->resp.reason = rest.ptr ? str_dup(&t->answer, str_trim(rest)) : "";
	t->resp.n_headers = 0;
	t->resp.length = -1;
}

static void add_header(struct net_transfer *t, struct str name, struct str value)
{
	struct net_header *list = (struct net_header *)(uintptr_t)t->resp.headers;
	uint64_t length;

	if (t->resp.n_headers == MAX_HEADERS)
		return;
	if (t->resp.n_headers == t->headers_cap) {
		size_t cap = t->headers_cap ? t->headers_cap * 2 : 16;

		list = arena_grow(&t->answer, list, t->headers_cap * sizeof(*list), cap * sizeof(*list));
		t->headers_cap = cap;
		t->resp.headers = list;
	}
	list[t->resp.n_headers].name = cstr_lower(&t->answer, str_dup(&t->answer, name));
	list[t->resp.n_headers].value = str_dup(&t->answer, value);
	if (streq(list[t->resp.n_headers].name, "content-length") && str_to_u64(value, &length))
		t->resp.length = (int64_t)length;
	t->resp.n_headers++;
}

void transfer_header(struct net_transfer *t, struct str line)
{
	struct str value, name;

	t->window_bytes += line.len;
	if (str_starts(line, "HTTP/")) {
		status_line(t, line);
		return;
	}
	name = str_cut(line, ':', &value);
	if (value.ptr)
		add_header(t, str_trim(name), str_trim(value));
}

static bool is_success(const struct net_transfer *t)
{
	return t->resp.status >= 200 && t->resp.status < 300;
}

static int begin(struct net_transfer *t)
{
	t->begun = true;
	t->streaming = t->rq.sink && is_success(t);
	if (t->streaming && t->rq.sink->begin)
		return t->rq.sink->begin(t->rq.ctx, &t->resp, &t->err);
	return 0;
}

static enum net_take keep(struct net_transfer *t, const char *p, size_t n)
{
	if (!is_success(t)) {
		if (t->body.len + n <= MAX_REFUSAL)
			buf_add(&t->body, p, n);
		return NET_TAKEN;
	}
	if (!t->body.cap && t->resp.length > 0 && (uint64_t)t->resp.length <= t->rq.max_body)
		buf_reserve(&t->body, (size_t)t->resp.length);
	buf_add(&t->body, p, n);
	return NET_TAKEN;
}

enum net_take transfer_data(struct net_transfer *t, const char *p, size_t n)
{
	enum net_take took;

	if (t->cancelled || (!t->begun && begin(t) < 0))
		return NET_ABORT;
	if (is_success(t) && t->got + n > t->rq.max_body) {
		err_set(&t->err, ERR_ETOOBIG, "%s is larger than %zu bytes", fault_clean_url(&t->answer, t->url),
			t->rq.max_body);
		return NET_ABORT;
	}
	took = t->streaming ? t->rq.sink->data(t->rq.ctx, p, n, &t->err) : keep(t, p, n);
	if (took == NET_TAKEN) {
		t->got += n;
		t->window_bytes += n;
	}
	t->paused = took == NET_FULL;
	return took;
}

int transfer_finish(struct net_transfer *t, enum retry_cause *cause)
{
	*cause = RETRY_NEVER;
	if (!is_success(t))
		return 0;
	if (!t->begun && begin(t) < 0)
		return -1;
	if (!t->rq.check || t->rq.check(t->rq.ctx, &t->resp, &t->err) == 0)
		return 0;
	*cause = RETRY_CHECK;
	return -1;
}

const char *net_response_header(const struct net_response *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (strcmp(r->headers[i].name, name) == 0)
			return r->headers[i].value;
	return NULL;
}
