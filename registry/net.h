/* SPDX-License-Identifier: MIT
 *
 * Many HTTP transfers at once on one thread: queued by host, metadata ahead of tarballs, multiplexed on
 * HTTP/2, retried with backoff, redirected without taking credentials along, never hanging.
 *
 *	struct net *net = net_open(&options, &err);
 *	net_add(net, &(struct net_request){.url = url, .done = got_it, .ctx = me});
 *	while (net_poll(net, 1000) > 0)
 *		;
 *	net_close(net);
 *
 * All callbacks run inside net_poll, on its thread; they may add and cancel transfers. Every transfer added
 * ends in exactly one call of its done(), with an error set when it failed, unless it is cancelled.
 * net_wake may be called from any thread (and from a signal handler): a waiting net_poll returns.
 */
#pragma once

#include "base/base.h"
#include "base/buf.h"
#include "base/str.h"

struct err;
struct net;
struct net_transfer;

struct net_response;

/* What is true of every transfer; all text is borrowed and outlives the net. Zero means npm's default. */
struct net_options {
	const char *ca_pem;		/* `ca`: trusted instead of the system's authorities */
	const char *ca_file;		/* `cafile`: the same, a file's path; a missing file is ignored, as npm does */
	const char *extra_ca_file;	/* NODE_EXTRA_CA_CERTS: trusted as well */
	const char *cert_pem;		/* `cert` and `key`: a client certificate for every host */
	const char *key_pem;
	bool insecure;			/* `strict-ssl` false */
	const char *proxy;		/* `proxy` */
	const char *https_proxy;	/* `https-proxy` */
	const char *no_proxy;		/* `noproxy`, comma-separated */
	const char *local_address;
	const char *user_agent;
	int64_t timeout_ms;		/* `fetch-timeout`: without progress for so long, an attempt has failed; 300000 */
	int max_sockets;		/* `maxsockets`: connections for each host; 15 */
	int retries;			/* `fetch-retries`; -1: none, 0: npm's 2 */
	double retry_factor;		/* `fetch-retry-factor`; 10 */
	int64_t retry_min_ms;		/* `fetch-retry-mintimeout`; 10000 */
	int64_t retry_max_ms;		/* `fetch-retry-maxtimeout`; 60000 */
	bool http1;			/* never offer HTTP/2 */
	/* An attempt failed (err set, or r says why) and will be made again in delay_ms; may be NULL. */
	void (*on_retry)(void *ctx, const struct net_response *r, const struct err *err, int64_t delay_ms);
	void *ctx;
};

enum net_priority { NET_METADATA, NET_TARBALL, NET_PRIORITIES };

struct net_header {
	const char *name;	/* lower case */
	const char *value;
};

/* An answer. Valid until the callback it was given to returns. */
struct net_response {
	int status;			/* 0: no answer came */
	const char *url;		/* the last one asked, after redirects */
	const char *reason;		/* "Not Found"; made up for HTTP/2, which sends none */
	const struct net_header *headers;
	size_t n_headers;
	struct buf *body;		/* what was not streamed; may be taken by copying the struct and zeroing this one */
	int attempts;			/* 1: the first one gave this answer */
	int64_t elapsed_ms;		/* since it was added */
	int64_t length;			/* Content-Length, -1 unknown; with an encoding it says little about the body */
	int version;			/* 10, 11 or 20 */
};

/* NULL when there is none; the first one when there are several. */
const char *net_response_header(const struct net_response *r, const char *name);

enum net_take { NET_TAKEN, NET_FULL, NET_ABORT };

/*
 * Streaming: bytes of a 2xx body go to a consumer as they come. A retry starts over with begin().
 * data() says NET_FULL when it cannot take these bytes now: they come again after net_resume.
 * NET_ABORT ends the transfer with what abort_error() of the consumer put into its error.
 */
struct net_sink {
	int (*begin)(void *ctx, const struct net_response *r, struct err *err);
	enum net_take (*data)(void *ctx, const char *p, size_t n, struct err *err);
};

/*
 * Looks at a complete 2xx answer; -1 with an error means that it cannot be what the server meant (half a
 * document, a wrong digest): it is asked for again, patiently but not for ever.
 */
typedef int net_check(void *ctx, const struct net_response *r, struct err *err);
/* The end. err has no code when an HTTP answer came, whatever its status: 404 is no error at this level. */
typedef void net_done(void *ctx, const struct net_response *r, const struct err *err);

/* Copied by net_add, texts and body too; ctx and sink are borrowed. */
struct net_request {
	const char *url;			/* http: or https: */
	const char *method;			/* NULL: GET */
	const struct net_header *headers;
	size_t n_headers;
	struct str content;			/* a request's body */
	const char *authorization;		/* sent to this URL's origin only: never to another, not after a redirect */
	const char *cert_pem, *key_pem;		/* the same */
	enum net_priority priority;
	size_t max_body;			/* more bytes than that, once decoded, is ETOOBIG; 0: 64 MiB */
	const struct net_sink *sink;		/* NULL: the body is collected */
	net_check *check;			/* may be NULL */
	net_done *done;
	void *ctx;
	bool gzip_as_is;			/* a compressed answer is welcome and is not decoded: see its content-encoding */
	bool no_retry;				/* sent once, on a connection of its own: no answer is retried, nor a broken connection; POST never is */
};

struct net *net_open(const struct net_options *options, struct err *err) MUST_USE;
void net_close(struct net *net);		/* drops what is under way without calling done(); NULL is fine */

/* The handle is good until done() returns. Never fails: what is wrong is told by done(). */
struct net_transfer *net_add(struct net *net, const struct net_request *request);
void net_cancel(struct net *net, struct net_transfer *t);
void net_resume(struct net *net, struct net_transfer *t);
/*
 * Moves everything on, waiting at most timeout_ms for something to happen; returns how many are still open.
 * With nothing open it only waits for net_wake.
 */
size_t net_poll(struct net *net, int timeout_ms);
void net_wake(struct net *net);

/* What has been done so far, for progress and reports. */
struct net_stats {
	uint64_t requests;	/* attempts started */
	uint64_t retries;
	uint64_t connections;	/* opened */
	uint64_t bytes;		/* of bodies, as consumers saw them */
	size_t active;		/* on the wire now */
	size_t peak;		/* the most that were, at once */
};
struct net_stats net_stats(const struct net *net);
