/* SPDX-License-Identifier: MIT
 *
 * Signatures of public keys over SHA-256 (ECDSA on P-256 is what registries use), and the few questions that an attestation's
 * certificates are asked. Keys and certificates are DER. Nothing here knows whom to trust: the caller brings the keys.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;

/* Is it the key's signature of the message? key: a SubjectPublicKeyInfo. False also for what is no key or no signature. */
bool signature_is_valid(struct str key, struct str message, struct str signature);

/* The key of a certificate; ptr NULL when it is none. */
struct str certificate_key(struct arena *a, struct str cert);
/* Did the issuer's key sign the certificate, and does it name the issuer? */
bool certificate_is_issued_by(struct str cert, struct str issuer);
/* A log of certificates (RFC 6962), and from when until when it is trusted; milliseconds since 1970. */
struct certificate_log {
	struct str id, key;
	int64_t from_ms, to_ms;
};
/* Does the certificate hold promises of logs to list it, at least one, all of them good? issuer: who signed it. */
bool certificate_is_listed(struct str cert, struct str issuer, const struct certificate_log *logs, size_t n);
/* Was it valid then (seconds since 1970)? */
bool certificate_is_valid_at(struct str cert, int64_t seconds);
