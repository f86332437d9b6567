/* SPDX-License-Identifier: MIT
 *
 * Attestations of packages, and what they share with signatures.c about keys.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct json;
struct signatures;
struct signed_package;

/* Asks for those of all packages that have some, and checks them; EATTESTATIONVERIFY is noted at the package. */
int attestations_check(struct signatures *s, struct err *err) MUST_USE;
/* One answer of a registry for one package; pure. */
int attestations_verify(struct signed_package *p, const struct json *attestations, struct err *err) MUST_USE;

/* The registry's key by its id; NULL. */
const struct json *signatures_key(const struct signed_package *p, const char *keyid);
struct str signatures_key_der(struct arena *a, const struct json *key);
bool signatures_key_expired(const struct json *key, int64_t at_ms);
