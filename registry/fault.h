/* SPDX-License-Identifier: MIT
 *
 * npm's words for what a registry refused.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct net_response;

/* As err_set, with a code that may be outside the list ("E418", "EINVALIDJSON"). */
int fault_set(struct err *err, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/*
 * The error for a status of 400 and more: E<status>, EOTP or EAUTHIP, with the registry's own words where its JSON has `error`
 * or `message`, and npm's advice as notes. what names the package for E404 ("name@range"); NULL: the URL says it. Always -1.
 */
int fault_of_status(struct err *err, const struct net_response *r, const char *method, const char *what);
/* npm's advice for what is not there: what is "name" or "name@range". */
void fault_note_not_found(struct err *err, const char *what);
/* Without the password or the token it may hold: *** stands for them. */
const char *fault_clean_url(struct arena *a, const char *url);
