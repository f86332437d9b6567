/* SPDX-License-Identifier: MIT
 *
 * Which version of a packument is meant (npm-pick-manifest 12): a tag's, the one asked for, or the best in a range.
 * In a range the default tag's version is taken when it will do, even if there are higher ones; otherwise the first by: not
 * to be avoided, not restricted, not staged, neither deprecated nor unfit for the engines, fit for the
 * engines, not deprecated, highest.
 *
 *	struct pick_options o = {.wanted = "^1.2", .name = "foo", .before = PICK_ANY_TIME, .node_version = "26.10.0"};
 *	struct pick got;
 *	if (pick_version(scratch, packument, &o, &got, err) < 0)
 *		…ETARGET, ENOVERSIONS, E403…
 *	struct packument_version v = packument_at(packument, got.index);
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct json;
struct packument;
struct spec;

#define PICK_ANY_TIME INT64_MAX

/* What some registries say beside the versions: manifests by version, as JSON objects or NULL. */
struct pick_policy {
	const struct json *staged;		/* published but not yet released */
	const struct json *restricted;		/* known, and not to be had */
	const char *message;			/* why not */
};

/* Zero but for before is npm's default. */
struct pick_options {
	const char *wanted;		/* a version, range or tag; NULL or "": the default tag */
	const char *name;		/* of the package, for messages; NULL: the packument's own */
	const char *default_tag;	/* NULL: "latest" */
	int64_t before;			/* only versions published until then (ms); PICK_ANY_TIME: all. No time is early enough */
	const char *node_version;	/* NULL: not checked */
	const char *npm_version;	/* NULL: not checked */
	const char *avoid;		/* a range that is only taken when nothing else is left */
	bool avoid_strict;		/* leave the wanted range rather than take one to avoid */
	bool include_staged;
	const struct pick_policy *policy;	/* may be NULL */
};

struct pick {
	ptrdiff_t index;		/* in the packument; -1 when it is in the policy */
	const struct json *extra;	/* the policy's manifest, else NULL */
	const char *version;
	bool should_avoid;		/* it is in the range to avoid all the same */
	bool outside_range;		/* avoid_strict went out of the wanted range … */
	bool semver_major;		/* … and as far as another major version */
};

/* a is for scratch. ERR_ETARGET, ERR_ENOVERSIONS, ERR_E403. */
int pick_version(struct arena *a, const struct packument *p, const struct pick_options *opts, struct pick *out,
		 struct err *err) MUST_USE;

/*
 * Is the package exempt from `before` and min-release-age: one of the patterns is its name, or a glob of names. An alias
 * must be asked about by the name it stands for.
 */
bool pick_age_excluded(const char *name, const char *const *patterns, size_t n);
