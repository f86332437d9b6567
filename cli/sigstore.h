/* SPDX-License-Identifier: MIT
 *
 * Who stands behind an attestation: Sigstore's roots, and what they vouch for. A signer's certificate lives for ten minutes; that it
 * was used in them the log of signatures says (its signed entry timestamp), and that it was not made in secret a log of certificates.
 *
 *	struct sigstore *s = sigstore_load(arena, &err);
 *	why = sigstore_check_log(s, material, &signed);
 *	if (!why)
 *		why = sigstore_check_certificate(s, leaf, material);
 *
 * The roots are those of the public instance, or LODE_SIGSTORE_ROOT=<a trusted_root.json> of one's own. Settings cannot name them:
 * a project's .npmrc would.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct json;
struct sigstore;

extern const char sigstore_public_root[];

/* NULL with an error: what LODE_SIGSTORE_ROOT names cannot be read. */
struct sigstore *sigstore_load(struct arena *a, struct err *err) MUST_USE;

/* What was signed, and the signature; both as bytes. */
struct sigstore_signed {
	struct str payload, signature;
};

/* Is it in the log, at the time it says? material: a bundle's verificationMaterial. NULL: yes; else what is not. */
const char *sigstore_check_log(const struct sigstore *s, const struct json *material, const struct sigstore_signed *what);
/* Does nothing but a timestamp authority, or a log newer than what is known, say when it was signed? Then it cannot be checked. */
bool sigstore_is_unknown(const struct sigstore *s, const struct json *material);
/* Is it a certificate of Sigstore's authorities, logged as such, and was it valid each time it was used? NULL: yes. */
const char *sigstore_check_certificate(const struct sigstore *s, struct str leaf, const struct json *material);
