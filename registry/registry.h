/* SPDX-License-Identifier: MIT
 *
 * A package registry as npm speaks with it: packuments and tarballs, credentials, caching, errors.
 *
 *	struct registry *reg = registry_open(arena, &options, &err);
 *	registry_packument(reg, &(struct packument_wish){.name = "abbrev", .done = feed, .ctx = me});
 *	registry_tarball(reg, &(struct tarball_wish){.url = resolved, .integrity = sri, .done = store, .ctx = me});
 *	while (registry_poll(reg, 1000) > 0)
 *		;
 *	registry_close(reg);
 *
 * Everything runs on the thread that polls; callbacks come from inside registry_poll only, never from the call that
 * wishes. Every wish ends in exactly one done(). registry_wake (any thread) makes a waiting poll return, for a
 * coordinator that also waits for workers.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"
#include "registry/net.h"

struct arena;
struct cache;
struct err;
struct map;
struct packument;
struct registry;

/* npm's `offline`, `prefer-offline`, `prefer-online`. */
enum registry_freshness {
	FRESH_DEFAULT,		/* what is cached serves while its Cache-Control says so, then it is revalidated */
	FRESH_PREFER_OFFLINE,	/* what is cached serves, however old */
	FRESH_PREFER_ONLINE,	/* always revalidated */
	FRESH_OFFLINE,		/* never asks: ENOTCACHED */
};

enum registry_event_type {
	REGISTRY_FETCHED,	/* an answer came: method, status, url, elapsed_ms, attempts; text: "" or cache status */
	REGISTRY_RETRY,		/* an attempt failed and will be made again: url, attempts, text says why */
	REGISTRY_NOTICE,	/* the registry's npm-notice: text */
	REGISTRY_WARN,		/* text */
	REGISTRY_BYTES,		/* bytes more of some body have come */
};

/* For progress and logs. Texts live until the callback returns; passwords in URLs are blotted out. */
struct registry_event {
	enum registry_event_type type;
	const char *method, *url, *text;
	int status, attempts;
	int64_t elapsed_ms;
	size_t bytes;
};

/* All texts are borrowed and outlive the registry. */
struct registry_options {
	const char *registry;			/* the default registry's URL */
	const struct map *settings;		/* text to text: "//host/path/:_authToken" and its kin, "@scope:registry" */
	struct net_options net;
	enum registry_freshness freshness;
	const char *replace_registry_host;	/* `replace-registry-host`: NULL or "npmjs", "never", "always", a host, a URL prefix */
	const char *public_host;		/* the host "npmjs" stands for, NULL: the default registry's own */
	const char *auth_type, *scope, *otp;	/* sent as npm-auth-type, npm-scope, npm-otp when set */
	const char *session, *command;		/* npm-session, npm-command */
	struct cache *cache;			/* NULL: nothing is kept */
	void (*event)(void *ctx, const struct registry_event *e);	/* may be NULL */
	void *event_ctx;
};

struct registry *registry_open(struct arena *a, const struct registry_options *options, struct err *err) MUST_USE;
void registry_close(struct registry *reg);			/* NULL is fine */
size_t registry_poll(struct registry *reg, int timeout_ms);	/* wishes still open */
void registry_wake(struct registry *reg);
struct net *registry_net(struct registry *reg);			/* for other requests on the same connections */

/* ---- packuments ---- */

struct packument_wish {
	const char *name;		/* the package's real name: an alias' target */
	bool full;			/* with times and all: for `before`, `view`; else the abbreviated form will do */
	bool fresh;			/* ask again even when what is cached would serve (a version was not found in it) */
	/* p lives in the arena given, which is then the callee's: absorb or release it. Failed: p is NULL, err says why. */
	void (*done)(void *ctx, const char *name, struct packument *p, struct arena *a, const struct err *err);
	void *ctx;
};

/* The name is copied. The same name wished twice while under way is asked for once. */
void registry_packument(struct registry *reg, const struct packument_wish *wish);

/* ---- tarballs ---- */

struct tarball_wish {
	const char *url;		/* as `resolved` has it; replace-registry-host is applied here */
	const char *name;		/* the package's name, for its scope's credentials and for messages; may be NULL */
	const char *integrity;		/* expected; NULL: none, or the consumer checks it itself */
	const struct net_sink *sink;	/* streaming; NULL: collected in memory and given to done() */
	size_t max_bytes;		/* 0: 2 GiB streamed, 512 MiB collected */
	/* body is NULL when streamed; it may be taken by copying the struct and zeroing the original. */
	void (*done)(void *ctx, struct buf *body, const struct err *err);
	void *ctx;			/* of sink and done */
};

/* A digest that does not match is fetched again before it is EINTEGRITY. Offline it is ENOTCACHED. */
struct net_transfer *registry_tarball(struct registry *reg, const struct tarball_wish *wish);
void registry_cancel(struct registry *reg, struct net_transfer *t);

/* ---- anything else of the registry's protocol ---- */

struct registry_request {
	const char *path;		/* "/-/whoami", or a whole URL */
	const char *method;		/* NULL: GET */
	const char *name;		/* the package it is about: picks scope, registry and credentials; may be NULL */
	struct str content;		/* JSON unless type says otherwise */
	const char *type;
	const char *accept;
	size_t max_body;
};

struct registry_answer {
	int status;
	struct str body;
	const char *etag;
};

/* Asks and waits; a status of 400 and more is an error with npm's code and text, and still fills the answer. */
int registry_ask(struct registry *reg, const struct registry_request *rq, struct arena *a, struct registry_answer *out,
		 struct err *err) MUST_USE;

/* ---- pure parts, for lockfiles and others ---- */

/* Where a package's document is. */
const char *registry_packument_url(struct arena *a, const struct registry_options *o, const char *name);
/* The URL to fetch a `resolved` from: another host when replace-registry-host says so. Never NULL. */
const char *registry_tarball_url(struct arena *a, const struct registry_options *o, const char *url, const char *name);
/* npm's error for a status of 400 and more; body may be JSON with `error` or `message`. Always -1. */
int registry_status_error(const struct net_response *r, const char *method, const char *name, struct err *err);
