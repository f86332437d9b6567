/* SPDX-License-Identifier: MIT
 *
 * Proving who one is in the browser: a page is shown, and the registry is asked until somebody has been there.
 */
#pragma once

#include "base/base.h"

struct ask;
struct err;

struct webauth {
	const char *title;	/* "Login at" */
	const char *page;	/* for the person */
	const char *done;	/* for lode: 202 not yet, 200 with a token */
	const char *registry;	/* who said so: pages of one that is asked over https are reached over https, too */
};

/* The token; NULL with an error: nobody came within WEBAUTH_LIMIT_MS, or an answer that makes no sense. */
const char *webauth_token(struct ask *q, const struct webauth *w, struct err *err) MUST_USE;

#define WEBAUTH_LIMIT_MS ((int64_t)30 * 60000)	/* npm waits for ever */
/* How long until the registry is asked again: what its Retry-After says (-1: nothing); -1: it has been long enough. */
int64_t webauth_pause(int64_t after_ms, int64_t waited_ms);
