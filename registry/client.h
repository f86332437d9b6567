/* SPDX-License-Identifier: MIT
 *
 * What the files behind registry.h share: the registry's state, and how every request is dressed.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "registry/auth.h"
#include "registry/registry.h"

struct pool;
struct document;
struct vec;

struct registry {
	struct arena arena;
	struct registry_options o;
	struct net *net;
	struct pool *pool;		/* opened with the first packument */
	struct map documents;		/* URL to struct document */
	struct document *all_documents;	/* also those no longer in the map */
	struct document *finished;	/* their wishes wait to be told */
	struct document *told;		/* mapped, and told of since registry_rest() */
	struct tarball *tarballs;	/* all under way */
	struct tarball *refused;	/* failed before they began */
	bool guessing;
	bool misled;			/* a guess was wrong */
	size_t doubts;			/* guesses without an answer */
	bool told_overheard;
	size_t open;			/* wishes not told yet */
};

/* One request as npm would send it: its own headers, then those of every request, and credentials. */
struct dressed {
	struct arena *arena;		/* for texts; given */
	const char *name;		/* the package asked for, or NULL; given */
	const char *asks;		/* the registry's URL it is a question to; NULL: reading a package, wherever it lives; given */
	const char *otp;		/* for this request alone, or NULL; given */
	struct net_header headers[16];
	size_t n;
	struct auth auth;
	const char *authorization;	/* given, or else what the settings hold */
};

void dress_header(struct dressed *d, const char *name, const char *value);	/* NULL or "": left out */
int dress_request(struct registry *reg, const char *url, struct dressed *d, struct err *err) MUST_USE;
/* Puts headers and credentials into a request. */
void dress_apply(const struct dressed *d, struct net_request *rq);

/* Tells the reporter of an answer, its npm-notice, and credentials that were not meant for this host. */
void registry_log(struct registry *reg, const struct net_response *r, const char *method, const struct auth *auth);
/* npm's ENOTCACHED. */
int registry_not_cached(struct err *err, const char *url);

/* packuments.c and tarballs.c */
bool documents_move(struct registry *reg);	/* takes what workers finished, tells wishes; true when any was told */
void documents_close(struct registry *reg);
bool tarballs_move(struct registry *reg);
void tarballs_close(struct registry *reg);
