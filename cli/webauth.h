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
};

/* The token; NULL with an error. */
const char *webauth_token(struct ask *q, const struct webauth *w, struct err *err) MUST_USE;
