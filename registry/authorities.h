/* SPDX-License-Identifier: MIT
 *
 * Whom to trust in TLS: the settings cafile and ca, else the system's authorities; NODE_EXTRA_CA_CERTS comes on top, as with
 * npm. The system's bundle of some 150 takes 100 ms to read, so where the same certificates lie beside it by hashed names
 * (ca-certificates, c_rehash) those are looked up instead, as servers need them. The bundle is what counts: people append to it, replace
 * it, and copy it without the rest. So the folder has to be no older, and together as large to the byte.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct net_options;

struct authorities {
	struct str pem;		/* a text; ptr NULL: none */
	const char *file;	/* a bundle; NULL: none */
	const char *dir;	/* hashed names; NULL: none */
	bool alone;		/* cafile or ca: the system's do not count */
};

/* bundle: the system's, NULL when it has none. Errors: what reading NODE_EXTRA_CA_CERTS gives. */
int authorities_choose(struct authorities *out, struct arena *a, const struct net_options *o, const char *bundle,
		       struct err *err) MUST_USE;
