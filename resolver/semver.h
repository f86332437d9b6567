/* SPDX-License-Identifier: MIT
 *
 * Versions, as node-semver 7.8 (npm 12.2) reads, orders and changes them.
 *
 *	struct semver v;
 *	if (!semver_parse(&v, str_from("1.2.3-beta.1+5"), 0))
 *		return …;	// not a version
 *
 * A `struct semver` is a value: copy it freely. Its two slices borrow from the text it was parsed from, which must
 * live as long. Nothing here allocates unless it takes an arena, and nothing fails but by "no" or NULL.
 * Ranges are in resolver/range.h.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct buf;

/* node-semver's options, for versions and ranges alike. */
enum semver_flags {
	SEMVER_LOOSE = 1,	/* also "=v1.2.3", "01.2.3", "1.2.3beta" */
	SEMVER_PRERELEASE = 2,	/* ranges: includePrerelease */
	SEMVER_RTL = 4,		/* semver_coerce: the right-most version in the text */
};

#define SEMVER_MAX_LENGTH 256
#define SEMVER_MAX_NUMBER 9007199254740991u

struct semver {
	uint64_t major, minor, patch;	/* at most SEMVER_MAX_NUMBER when parsed */
	struct str pre;			/* "beta.1"; len 0: none. Loose ones may hold leading zeros */
	struct str build;		/* "5"; len 0: none */
};

/* False when the text is no version; v is then unspecified. */
bool semver_parse(struct semver *v, struct str text, unsigned flags) MUST_USE;
bool semver_valid(struct str text, unsigned flags);
/* As semver_parse, after npm's `clean`: surrounding blanks and leading '=' and 'v' do not count. */
bool semver_clean(struct semver *v, struct str text, unsigned flags) MUST_USE;
/*
 * The first thing in the text that could be a version, filled up with zeros: "v2" is 2.0.0. With SEMVER_PRERELEASE
 * its prerelease and build too. The result borrows from the arena.
 */
bool semver_coerce(struct arena *a, struct semver *v, struct str text, unsigned flags) MUST_USE;

/* Precedence: -1, 0, 1. Build metadata does not count. */
int semver_compare(const struct semver *a, const struct semver *b);
/* Precedence, then build metadata: the order of `sort`. */
int semver_compare_build(const struct semver *a, const struct semver *b);
/* As semver_compare of two texts; one that is no version comes before all versions. */
int semver_compare_text(const char *a, const char *b, unsigned flags);
bool semver_same_tuple(const struct semver *a, const struct semver *b);	/* major, minor and patch are equal */

/* "1.2.3-beta.1": no build, no leading zeros; what npm calls `version`. */
const char *semver_format(struct arena *a, const struct semver *v);
void semver_add(struct buf *out, const struct semver *v);

/* Walks the dot-separated identifiers of pre or build: false at the end. *rest starts as the whole slice. */
bool semver_next_id(struct str *rest, struct str *id);
/* Is it one that npm holds as a number: digits, below 2^53-1. */
bool semver_id_number(struct str id, uint64_t *out);
/* -1, 0, 1: numbers by value and before words, words by byte. */
int semver_compare_ids(struct str a, struct str b);

/* What a new prerelease is counted from: 0, 1, or not counted at all. */
enum semver_base { SEMVER_BASE_0, SEMVER_BASE_1, SEMVER_BASE_NONE };

struct semver_bump {
	const char *release;	/* major, minor, patch, premajor, preminor, prepatch, prerelease, pre or release */
	const char *identifier;	/* "beta", or NULL */
	enum semver_base base;
	unsigned flags;		/* SEMVER_LOOSE: the identifier may have leading zeros */
};

/* The next version; NULL where npm's `inc` gives null. */
const char *semver_inc(struct arena *a, const struct semver *v, const struct semver_bump *bump);
/* Cut down to a release type: 1.2.3-a to "patch" is 1.2.3, to "minor" 1.2.0; a pre… type only drops the build. NULL: no such type. */
const char *semver_truncate(struct arena *a, const struct semver *v, const char *release);
/* "major", "preminor", "prerelease", … or NULL when the two are equal. */
const char *semver_diff(const struct semver *a, const struct semver *b);
