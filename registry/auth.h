/* SPDX-License-Identifier: MIT
 *
 * Which credentials go with a request: npm's scoping by "nerf-darted" keys. A setting
 * `//host[:port]/path/:_authToken` speaks for URLs on that host below that path; the longest key wins;
 * a token beats `_auth`, which beats `username` with `_password`; `certfile` with `keyfile` come beside them.
 * A URL that no key speaks for, but on the registry's own host, gets the registry's credentials
 * (tarballs outside the registry's path). Any other host gets nothing.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct map;

struct auth_query {
	const struct map *settings;	/* const char * to const char *: "//host/:_authToken", "@scope:registry", … */
	const char *registry;		/* the default one; may be NULL */
	const char *scope;		/* of the package asked for, "@scope", or NULL */
	const char *fallback;		/* npm's `scope`, "@scope": its registry, where the package's own scope has none; or NULL */
	const struct map *force;	/* given: only this is used (`forceAuth`) */
};

struct auth {
	const char *token;		/* Bearer */
	const char *basic;		/* base64 of user:password */
	bool is_basic;			/* basic was made from username and password */
	const char *cert, *key;		/* a client certificate, PEM */
	const char *reg_key;		/* "//host/path/" that spoke for it, or NULL */
	const char *auth_key;		/* "_authToken", "_auth", "username", "certfile", or NULL */
	const char *scope_auth_key;	/* no credentials for this URL, but the scope's registry has some here: worth a word on a 4xx */
};

/* Fills out; an unreadable certificate file is an error, a missing one is no certificate. Results live in the arena. */
int auth_find(struct arena *a, const char *url, const struct auth_query *q, struct auth *out, struct err *err) MUST_USE;
/* "Bearer …", "Basic …" or NULL. */
const char *auth_header(struct arena *a, const struct auth *auth);
/* npm's nerfDart: "//host[:port]/path/" of a registry's URL, NULL when it is none. */
const char *auth_nerf_dart(struct arena *a, const char *url);
/* Where a package lives: the registry set for its scope, else for the fallback, else the default one; no slash at the end. */
const char *auth_registry_for(struct arena *a, const struct auth_query *q, const char *name);
/* Do both URLs name one host and port? */
bool auth_same_host(struct arena *a, const char *url, const char *other);
