/* SPDX-License-Identifier: MIT
 *
 * A package registry as npm speaks with it: packuments and tarballs, credentials, freshness, errors.
 *
 *	struct registry *reg = registry_open(&options, &err);
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
struct reporter;
struct tarball;

/* npm's `offline`, `prefer-offline`, `prefer-online`. */
enum registry_freshness {
	FRESH_DEFAULT,		/* what is cached serves while its Cache-Control says so, then it is revalidated */
	FRESH_PREFER_OFFLINE,	/* what is cached serves, however old */
	FRESH_PREFER_ONLINE,	/* always revalidated */
	FRESH_OFFLINE,		/* never asks: ENOTCACHED */
};

/* All texts are borrowed and outlive the registry. */
struct registry_options {
	const char *registry;			/* the default registry's URL */
	const struct map *settings;		/* text to text: "//host/path/:_authToken" and its kin, "@scope:registry" */
	/*
	 * The project's own .npmrc names a proxy: what goes by plain http it could read, and with authorities of its choice all of it.
	 * Then only the project's own credentials go there. NULL: it names none.
	 */
	const struct map *overheard;
	bool overheard_tls;
	struct net_options net;			/* its on_retry and ctx are the registry's own */
	enum registry_freshness freshness;
	const char *replace_registry_host;	/* `replace-registry-host`: NULL or "npmjs", "never", "always", a host, a URL prefix */
	const char *public_host;		/* the host "npmjs" stands for, NULL: the default registry's own */
	const char *auth_type;			/* sent as npm-auth-type when set */
	const char *scope;			/* "@scope": sent as npm-scope, and its registry has the packages whose own scope has none */
	const char *otp;			/* sent as npm-otp to the registry that is asked, where one is logged in, and to no other */
	const char *session, *command;		/* npm-session, npm-command */
	struct cache *cache;			/* for packuments; NULL: nothing is kept */
	struct reporter *reporter;		/* requests (http), retries, npm-notice, warnings; may be NULL. Bytes: net_stats() */
};

struct registry *registry_open(const struct registry_options *options, struct err *err) MUST_USE;
void registry_close(struct registry *reg);			/* NULL is fine */
size_t registry_poll(struct registry *reg, int timeout_ms);	/* wishes still open */
void registry_wake(struct registry *reg);

/* ---- packuments ---- */

struct packument_wish {
	const char *name;		/* the package's real name: an alias' target */
	const char *what;		/* for messages: "name@range" as somebody asked for it; NULL: the name */
	bool full;			/* the whole document, with times and licenses: npm's installs want it; else abbreviated */
	bool fresh;			/* ask again even when what is cached would serve (a version was not found in it) */
	/* p lives until registry_close; NULL when it failed, and err says why. */
	void (*done)(void *ctx, const char *name, const struct packument *p, const struct err *err);
	void *ctx;
};

/*
 * Texts are copied. A name is asked for once however often it is wished, and what came is kept for later wishes; decoding
 * and indexing is done on a worker. A registry that knows no abbreviated form and answers 404 to it, other than in JSON, is asked for the full one.
 */
void registry_packument(struct registry *reg, const struct packument_wish *wish);
/*
 * Guessing: what is cached and can be confirmed serves at once, and is asked about meanwhile. Who used it has to wait until
 * nobody doubts it any more (registry_doubts: how many answers are missing), and registry_believed then tells whether all of it
 * holds. Where it does not, all that came of it is to be forgotten; those who wish now get what is right.
 */
void registry_guess(struct registry *reg, bool on);
size_t registry_doubts(const struct registry *reg);
bool registry_believed(struct registry *reg);
/* Those who were told have looked at what they wanted first: packuments that lie in the cache take no memory until the next look. */
void registry_rest(struct registry *reg);

/* ---- tarballs ---- */

struct tarball_wish {
	const char *url;		/* as `resolved` has it; replace-registry-host is applied here */
	const char *name;		/* the package's name, for its scope's credentials; may be NULL */
	const char *what;		/* for messages: "name@version"; may be NULL */
	const char *integrity;		/* expected; NULL: none, or the consumer checks it itself */
	const struct net_sink *sink;	/* streaming; NULL: collected in memory and given to done() */
	size_t max_bytes;		/* 0: 1 GiB */
	/* body is NULL when streamed; it may be taken by copying the struct and zeroing the original. */
	void (*done)(void *ctx, struct buf *body, const struct err *err);
	void *ctx;			/* of sink and done */
};

/* A digest that does not match is fetched again before it is EINTEGRITY. Offline it is ENOTCACHED. */
struct tarball *registry_tarball(struct registry *reg, const struct tarball_wish *wish);

/* ---- anything else of the registry's protocol ---- */

struct registry_request {
	const char *path;		/* "/-/whoami", or a whole URL */
	const char *method;		/* NULL: GET */
	const char *name;		/* the package it is about: picks scope, registry and credentials; may be NULL */
	struct str content;		/* JSON unless type says otherwise */
	const char *type;
	const char *accept;
	size_t max_body;
	const char *otp;		/* a one-time password for this request, logged in or not; NULL: the registry's own, if any */
	const char *authorization;	/* instead of what the settings hold: "Basic …", "Bearer …"; for this URL's origin alone */
	bool once;			/* never asked again: done twice it would be another thing (POST never is) */
};

struct registry_answer {
	int status;
	struct str body;
	const char *etag;
	int64_t retry_after_ms;		/* -1: nothing is said of it */
};

/*
 * Asks and waits; a status of 400 and more is an error with npm's code and text, and still fills the answer. A method that
 * changes something is asked even when lode is offline, as under npm.
 */
int registry_ask(struct registry *reg, const struct registry_request *rq, struct arena *a, struct registry_answer *out,
		 struct err *err) MUST_USE;

/*
 * The same, without waiting: done is called once, from inside registry_poll, with an answer that lives as long as the registry.
 * It is not among the wishes that registry_poll counts: who does not wait for it does not get it. -1: it cannot be asked.
 */
typedef void registry_answered(void *ctx, const struct registry_answer *answer, const struct err *err);
int registry_ask_later(struct registry *reg, const struct registry_request *rq, registry_answered *done, void *ctx,
		       struct err *err) MUST_USE;

/* ---- pure parts, for lockfiles and others ---- */

/* Where a package lives: its scope's registry, else that of `scope`, else the default one; no slash at the end. A NULL name:
 * the default one. NULL without a registry. */
const char *registry_of_package(struct arena *a, const struct registry_options *o, const char *name);
/* A path is the registry's that its package belongs to; a whole URL stays what it is. NULL without a registry. */
const char *registry_request_url(struct arena *a, const struct registry_options *o, const struct registry_request *rq);
/* Where a package's document is. */
const char *registry_packument_url(struct arena *a, const struct registry_options *o, const char *name);
/* The URL to fetch a `resolved` from: on the configured registry when replace-registry-host says so. Never NULL. */
const char *registry_tarball_url(struct arena *a, const struct registry_options *o, const char *url);
