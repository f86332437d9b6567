/* SPDX-License-Identifier: MIT
 *
 * One attempt at one HTTP request: what registry/net.h is built on, and the one place that knows libcurl.
 * It decides nothing: whether to try again, follow or give up is for the caller.
 */
#pragma once

#include "base/base.h"
#include "base/err.h"
#include "base/str.h"
#include "registry/net.h"
#include "registry/retry.h"

struct http;
struct http_transfer;

/* What to ask. Borrowed until the transfer ends. */
struct http_order {
	const char *url, *method;
	const char *const *headers;	/* "name: value" lines, NULL-terminated */
	struct str content;
	const char *proxy;		/* NULL: none */
	const char *cert_pem, *key_pem;
	bool urgent;			/* ahead of others on the same HTTP/2 connection */
	bool encoded;			/* a compressed answer is welcome, and is decoded */
	bool fresh;			/* on a new connection */
};

/* How it ended. */
struct http_end {
	int status, version;		/* status 0: no answer */
	enum err_code code;		/* ERR_OK: an answer came, whole */
	char name[48];			/* a code outside the list */
	char text[512];
	enum retry_cause cause;		/* of a failure: what kind it is */
	const char *redirect;		/* where a 3xx points, absolute; NULL */
	long connections;		/* opened for it */
};

/* All calls come from inside http_poll. ctx is http_start's. */
struct http_events {
	void (*connected)(void *ctx);				/* its connection stands; a new one, or one that served before */
	void (*header)(void *ctx, struct str line);		/* "HTTP/…" begins an answer; the last one is empty */
	enum net_take (*data)(void *ctx, const char *p, size_t n);
	void (*end)(void *ctx, const struct http_end *end);	/* the transfer is gone */
};

struct http *http_open(const struct net_options *options, const struct http_events *events, struct err *err) MUST_USE;
/*
 * Loads libcurl and starts it, at the first call: most runs ask for nothing. Only open, poll, wake and close may come before;
 * -1 when there is no such library or the authorities cannot be read.
 */
int http_ready(struct http *h, struct err *err) MUST_USE;
void http_close(struct http *h);			/* every transfer must have ended or been stopped */

struct http_transfer *http_start(struct http *h, const struct http_order *order, void *ctx, struct err *err) MUST_USE;
void http_stop(struct http *h, struct http_transfer *t);	/* no end() follows; never from inside data() or header() */
void http_resume(struct http *h, struct http_transfer *t);
/* Waits until something happens and lets it happen. */
void http_poll(struct http *h, int timeout_ms);
void http_wake(struct http *h);

/* scheme://host:port of a URL, for telling whether credentials may go along; "" when it is no http URL. out holds n bytes. */
bool http_origin(const char *url, char *out, size_t n);
/* The host alone, without brackets. */
bool http_host(const char *url, char *out, size_t n);
