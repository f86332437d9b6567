/* SPDX-License-Identifier: MIT
 *
 * Version ranges, as node-semver 7.8 (npm 12.2) reads them: "^1.2.3 || 2.x", "1 - 2", ">=1 <3", "~1.2", "*".
 * A range is parsed once into an arena and tested many times; it is immutable and holds copies of what it needs.
 *
 *	struct range *r = range_parse(&arena, str_from("^1.2.0"), 0);
 *	if (r && range_test(r, &version))
 *		…
 *
 * A prerelease satisfies a range only when one comparator of the set that holds names a prerelease of the same
 * major.minor.patch, unless the range was parsed with SEMVER_PRERELEASE.
 */
#pragma once

#include "resolver/semver.h"

enum range_op { RANGE_EQ, RANGE_GT, RANGE_GE, RANGE_LT, RANGE_LE };

struct comparator {
	enum range_op op;
	bool any;		/* no version at all: everything passes */
	struct semver version;	/* valid unless any */
};

/* All of its comparators must hold. Never empty. */
struct comparator_set {
	struct comparator *items;
	uint32_t count;
	bool has_prerelease;	/* some comparator names one */
	struct str source;	/* the text it was made of; two sets of one source are the same set; ptr NULL: never the same */
};

/* One of its sets must hold. Never empty. */
struct range {
	unsigned flags;
	uint32_t count;
	struct comparator_set *sets;
	const char *raw;	/* the text as given, blanks reduced */
};

/* NULL when the text is no range ("" and "*" are: everything). */
struct range *range_parse(struct arena *a, struct str text, unsigned flags);
/* A single comparator such as ">=1.2.3"; false when it is none. */
bool comparator_parse(struct arena *a, struct comparator *c, struct str text, unsigned flags) MUST_USE;

bool range_test(const struct range *r, const struct semver *v);
/* As range_test of a text; false when it is no version under the range's flags. */
bool range_test_text(const struct range *r, const char *version);
/* One comparator alone, without the rule about prereleases. */
bool comparator_test(const struct comparator *c, const struct semver *v);
/* `satisfies`: parses both; for one question, not for loops. */
bool semver_satisfies(const char *version, const char *range, unsigned flags);

/* Normalised text: ">=1.2.0 <2.0.0-0||3.0.0"; "*" for everything, as `validRange` gives it. */
const char *range_format(struct arena *a, const struct range *r);
const char *comparator_format(struct arena *a, const struct comparator *c);
void comparator_add(struct buf *out, const struct comparator *c);

/* Indices into versions[n] of the highest or lowest one that satisfies, or -1; texts that are no versions are passed over. */
ptrdiff_t range_max(const struct range *r, const char *const *versions, size_t n);
ptrdiff_t range_min(const struct range *r, const char *const *versions, size_t n);
/* The lowest version that can satisfy; false when none can. */
bool range_min_version(struct arena *a, const struct range *r, struct semver *out) MUST_USE;

/* Is the version above ('>') or below ('<') everything the range allows. */
bool range_outside(const struct range *r, const struct semver *v, char side);
/* Can one version satisfy both; under the first one's flags. */
bool range_intersects(const struct range *a, const struct range *b);
bool comparator_intersects(const struct comparator *a, const struct comparator *b, unsigned flags);
/* Does everything that satisfies sub satisfy dom; under sub's flags. */
bool range_subset(const struct range *sub, const struct range *dom);
/*
 * The shortest text that picks the same of these versions as the range does; the range's own text when that is no
 * longer. versions is sorted in place; all must be valid. range is the text as the user wrote it.
 */
const char *range_simplify(struct arena *a, const char **versions, size_t n, const char *range, unsigned flags);
