/* SPDX-License-Identifier: MIT
 *
 * package-lock.json and node_modules/.package-lock.json: text in, `struct lockfile` out. v1 is brought into the
 * form of v2 and v3 (an entry per place in `packages`) while reading; v2's `dependencies` are read by nobody and
 * made anew on writing; v4 is v3 with records of repaired packages. Trees come from it through lockfile/virtual.h
 * and go back through lockfile/commit.h. Files are read and written by install/.
 *
 * Nothing in a lockfile is trusted: entries that are no objects, and places outside what a project may hold
 * (absolute, not normal, climbing out without being a link's target), are an error.
 * npm takes a lockfile it cannot read for none, and goes on; the caller decides (lockfile_none, lockfile_is_broken).
 */
#pragma once

#include "base/base.h"
#include "base/str.h"
#include "lockfile/style.h"

struct arena;
struct as_read;
struct committed;
struct err;
struct json;
struct manifest;

#define LOCKFILE_NAME "package-lock.json"
#define LOCKFILE_HIDDEN_NAME "node_modules/.package-lock.json"
#define LOCKFILE_VERSION 3		/* what new ones are written as */
#define LOCKFILE_MAX_VERSION 4		/* newest that is understood */

struct lockfile_options {
	const char *path;		/* the project: absolute, normal */
	int version;			/* the setting lockfile-version; 0: as it is, v1 becomes v3 */
	bool hidden;
	const struct manifest *manifest; /* the project's; v1 does not say what the root wants. May be NULL */
};

struct lockfile {
	const char *path;		/* the project */
	struct json *data;		/* the whole object; keys nobody knows are kept */
	struct json *packages;		/* data's: location to entry; an object of objects */
	int version;			/* to be written as */
	int original_version;		/* as found; 0 when the file does not say */
	struct style style;		/* as found; npm then prefers package.json's (see commit.h) */
	bool loaded;			/* there was a file */
	bool has_packages;		/* and it had "packages" */
	bool ancient;			/* v1 without "requires": npm 5 and older */
	bool hidden;
	bool had_conflict;		/* merge markers were resolved */
	struct str text;		/* as it was read; ptr NULL: it was not, or only parts of it */
	const struct as_read *as_read;	/* entries whose text may serve again (lockfile/asread.h); NULL: none */
	struct committed *committed;	/* what packages was made of when it was made last (lockfile/commit.h); NULL: it was read */
	bool broken;			/* lockfile_none in place of one that was cut short or damaged */
	const char *package_extensions_hash;	/* of the root entry, or NULL */
	const char *npm_extension_hash;
};

/* NULL on error: EJSONPARSE, ELOCKFILEVERSION (newer than v4), or EGENERIC for entries nobody can honour. */
struct lockfile *lockfile_parse(struct arena *a, struct str text, const struct lockfile_options *o,
				struct err *err) MUST_USE;
/* One that says nothing: there is no file, or it is to be ignored. */
struct lockfile *lockfile_none(struct arena *a, const struct lockfile_options *o);
/* Was this meant to be a lockfile? One that begins like JSON and is none was cut short or badly merged, and what it locked
 * is still worth having; anything else never locked anything, and of a merge conflict that cannot be resolved both sides
 * are in git: npm begins anew there. */
bool lockfile_is_broken(struct str text);
/* The entry of a place, or NULL. */
struct json *lockfile_entry(const struct lockfile *lf, const char *location);
