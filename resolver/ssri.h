/* SPDX-License-Identifier: MIT
 *
 * Subresource integrity as npm writes it in lockfiles and packuments: "sha512-<base64> sha1-<base64>?option".
 * An integrity holds hashes grouped by algorithm, groups in the order in which their first hash came.
 * The strongest algorithm both sides have decides a match. All of it lives in the arena given.
 *
 * What computes digests (ssri_from_data, ssri_check_data) is in ssri_data.c, so that who only reads integrities
 * does not load the digest library.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;

enum ssri_flags {
	SSRI_STRICT = 1,	/* sha256, sha384, sha512 of a plausible length, visible options only */
};

struct ssri_hash {
	const char *algorithm;	/* "sha512" */
	const char *digest;	/* base64, as written */
	const char *options;	/* "a?b" without the first '?'; NULL: none */
	struct ssri_hash *next;	/* the integrity's next one */
};

struct ssri {
	struct ssri_hash *first;	/* NULL: empty */
};

/* Never NULL; unreadable hashes are left out. ssri_is_empty() tells npm's null. */
struct ssri *ssri_parse(struct arena *a, struct str text, unsigned flags);
/* The text as one hash (ssri's `single`): false and an empty hash ("", "") when it is none. */
bool ssri_parse_hash(struct arena *a, struct ssri_hash *h, struct str text, unsigned flags);
bool ssri_is_empty(const struct ssri *s);
/* Adds a hash to its group; nothing is checked. */
void ssri_add(struct arena *a, struct ssri *s, struct ssri_hash h);

/* sep NULL is a blank. Strict: only what the standard allows, strongest first, "" when nothing is left. */
const char *ssri_format(struct arena *a, const struct ssri *s, const char *sep, unsigned flags);
const char *ssri_hash_format(struct arena *a, const struct ssri_hash *h, unsigned flags);

/* The strongest algorithm in s, or NULL; with other: the strongest that other has too. */
const char *ssri_pick_algorithm(const struct ssri *s, const struct ssri *other);
/* The hash of s that other agrees with, judged by the strongest algorithm both have; NULL: none. */
const struct ssri_hash *ssri_match(const struct ssri *s, const struct ssri *other);
/* As ssri_match of two texts; false when either says nothing. */
bool ssri_match_text(const char *a, const char *b);
/* Adds other's algorithms to s; false (s unchanged) when both have one and disagree. */
bool ssri_merge(struct arena *a, struct ssri *s, const struct ssri *other) MUST_USE;

/* "sha1", "deadbeef" (an old shasum) to an integrity; options may be NULL. Empty when hex is no hex. */
struct ssri *ssri_from_hex(struct arena *a, const char *algorithm, const char *hex, const char *options);
/* The first hash of the strongest algorithm as lower-case hex; NULL when empty. */
const char *ssri_hex(struct arena *a, const struct ssri *s);

/* One hash of the data for each algorithm; NULL algorithms is { "sha512" }. EINTEGRITY for an unknown algorithm. */
struct ssri *ssri_from_data(struct arena *a, struct str data, const char *const *algorithms, const char *options,
			    struct err *err) MUST_USE;
/* The hash of s the data matches under the strongest algorithm; NULL when it does not match or s is empty. */
const struct ssri_hash *ssri_check_data(struct arena *a, const struct ssri *s, struct str data);
