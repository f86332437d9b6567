/* SPDX-License-Identifier: MIT
 *
 * Message digests, in one call or piece by piece. This is the one header behind which OpenSSL's digests are.
 *
 *	struct digest d;
 *	digest_init(&d, DIGEST_SHA512);
 *	digest_add(&d, data, len);
 *	digest_end(&d, out);		// releases d
 *
 * Safe on any thread; a struct digest belongs to one at a time. None can fail.
 */
#pragma once

#include "base/base.h"
#include "base/encoding.h"
#include "base/str.h"

/* In order of strength: a bigger one is the stronger. */
enum digest_alg {
	DIGEST_NONE, DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512,
	DIGEST_SHAKE256,	/* 16 bytes of it, for names; no text names it, so no integrity can ask for it */
};

#define DIGEST_MAX 64		/* bytes of the longest one */
#define DIGEST_HEX_MAX 129

struct digest {
	void *state;
	enum digest_alg alg;
};

size_t digest_len(enum digest_alg alg);
const char *digest_name(enum digest_alg alg);		/* "sha512" */
enum digest_alg digest_alg_of(struct str name);		/* DIGEST_NONE when it is none of these */

void digest_init(struct digest *d, enum digest_alg alg);
void digest_add(struct digest *d, const void *data, size_t len);
void digest_end(struct digest *d, uint8_t out[DIGEST_MAX]);
/* Gives it up without a result; one that ended already is left alone. */
void digest_release(struct digest *d);

void digest_of(enum digest_alg alg, const void *data, size_t len, uint8_t out[DIGEST_MAX]);
void digest_hex(enum digest_alg alg, const void *data, size_t len, char out[DIGEST_HEX_MAX]);
/* "sha512-<base64>". */
const char *digest_sri(struct arena *a, enum digest_alg alg, const void *data, size_t len);
/* The same from a digest already made. */
const char *digest_sri_of(struct arena *a, enum digest_alg alg, const uint8_t *digest);
