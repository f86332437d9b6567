/* SPDX-License-Identifier: MIT
 *
 * Answering what the resolver needs (resolver/ideal.h), and starting downloads while it works: a package is fetched as soon
 * as a place for it is decided.
 */
#pragma once

#include "base/base.h"

struct err;
struct fetch;
struct ideal;
struct ideal_options;
struct loop;
struct node;
struct tree;

struct feed {
	struct loop *loop;
	struct fetch *fetch;
	bool abbreviated;		/* documents without licenses will do: they are filled up later (install/recorded.h) */
	struct ideal *ideal;
	size_t open;			/* needs without an answer */
};

/* Works the ideal tree out in t, in place; the ideal is closed by the caller, with ideal_close(f->ideal), also after an
 * error. Errors are the resolver's (ERESOLVE, ETARGET, …) and the network's. */
int feed_resolve(struct feed *f, struct tree *t, const struct ideal_options *options, struct err *err) MUST_USE;
