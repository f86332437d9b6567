/* SPDX-License-Identifier: MIT
 *
 * Which versions of a package are vulnerable, as npm's metavuln-calculator finds it: by an advisory's own range, or
 * (a "metavuln") because a version depends on nothing but vulnerable versions of another package.
 *
 *	struct advisory_book *book = advisory_book(a);
 *	struct advisory *own = advisory_of(book, "minimist", source, packument);
 *	struct advisory *meta = advisory_through(book, "mkdirp", own, packument_of_mkdirp);
 *	if (advisory_hits(meta, "0.5.1", "^0.5.0")) …
 *
 * One book makes each advisory once, so that they compare by address. Nothing is fetched: packuments are given, NULL where
 * the registry has none (then every version counts as it would without a way out).
 */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "base/vec.h"
#include "resolver/semver.h"

struct arena;
struct json;
struct packument;
struct range;

/* How npm reads versions here. */
#define ADVISORY_SEMVER (SEMVER_LOOSE | SEMVER_PRERELEASE)

struct advisory {
	struct arena *arena;
	const char *name;		/* of the vulnerable package */
	const char *dependency;		/* the package that makes it so: itself, but for metavulns */
	const struct advisory *through;	/* metavulns: why the dependency is vulnerable; else NULL */
	const struct json *source;	/* what the registry says (id, title, url, severity, cwe, cvss); of a metavuln its root's */
	const struct json *id;		/* the source's id; of a metavuln a text */
	const char *hash;		/* what tells it from others: a metavuln's id is its cause's */
	const char *severity;
	const char *range;		/* of vulnerable versions */
	const char **versions;		/* all, lowest first */
	struct semver *parsed;
	size_t n_versions;
	const struct packument *packument;	/* of name; may be NULL */
	struct map vulnerable;		/* versions known to be */
	struct map tested;		/* versions to a mark: yes or no */
	struct map specs;		/* the same of ranges */
	struct range *parsed_range;	/* of an advisory; NULL: never matches */
};

struct advisory_book;

struct advisory_book *advisory_book(struct arena *a);
/* source: one entry of the registry's answer for name. */
struct advisory *advisory_of(struct advisory_book *b, const char *name, const struct json *source, const struct packument *p);
/* name depends on what cause is about. */
struct advisory *advisory_through(struct advisory_book *b, const char *name, struct advisory *cause, const struct packument *p);

/* Is the version vulnerable? spec: what it asks of the dependency with, where the packument does not know; may be NULL. */
bool advisory_hits(struct advisory *v, const char *version, const char *spec);
/* Does nothing but vulnerable versions satisfy it (or nothing at all)? */
bool advisory_hits_spec(struct advisory *v, const char *spec);
/* For who works all versions out: this one is vulnerable. */
void advisory_mark(struct advisory *v, const char *version);
