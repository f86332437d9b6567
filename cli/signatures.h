/* SPDX-License-Identifier: MIT
 *
 * Who published what is installed: registries' signatures of name, version and integrity, and attestations.
 *
 * What is checked: the registry's own signature (ECDSA on P-256, by a key of its /-/npm/v1/keys that had not expired when the
 * version came out); of an attestation that it names this package, version and sha512, that its envelope (DSSE) is signed by a key
 * of the registry or by a certificate of Sigstore's, and what Sigstore's logs say of both (cli/sigstore.h).
 */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "base/vec.h"
#include "cli/online.h"

struct cli;
struct err;
struct json;
struct node;
struct sigstore;
struct tree;

/* One installed package. */
struct signed_package {
	const char *name, *version, *location, *registry, *type;
	const char *integrity;		/* what is to be signed; NULL until the registry says */
	const char *resolved;
	bool has_keys;			/* its registry has signing keys */
	bool has_signature;
	bool unknown;			/* of its attestations it cannot be said who vouches for them: neither verified nor invalid */
	const struct json *attestations;	/* dist.attestations, once verified; NULL */
	const struct json *bundles;
	const char *code, *message;	/* EINTEGRITYSIGNATURE, EATTESTATIONVERIFY: it is not well; NULL */
	const char *keyid, *signature, *predicate;
	struct signatures *of;
	struct node *node;
	const struct json *manifest;	/* while it is worked on */
	int64_t published;
};

struct signatures {
	struct cli *cli;
	struct online *net;
	struct vec packages;		/* struct signed_package */
	struct map keys;		/* registry's URL to its keys (struct json, an array; NULL: none) */
	size_t edges;			/* dependencies looked at */
	bool locked;			/* an integrity of the tree's own has to be the signed one; nodes without get that of the registry */
	size_t open;
	struct sigstore *sigstore;
};

/* Everything that a tree has from registries. only: struct node; NULL or empty for all. */
void signatures_collect(struct signatures *s, const struct tree *t, const struct vec *only);
/* Asks and checks; what is not well is noted at each package. -1: it could not be found out (EMISSINGSIGNATUREKEY, …). */
int signatures_check(struct signatures *s, struct err *err) MUST_USE;
