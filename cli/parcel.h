/* SPDX-License-Identifier: MIT
 *
 * A package made ready to go out, by pack and publish: a folder with its scripts run and its files packed, or a tarball
 * fetched from wherever a word of the command line says.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct cli;
struct err;
struct json;
struct map;
struct package_fetch;
struct package_fetched;
struct reporter;
struct spec;
struct vec;

struct parcel {
	struct cli *cli;
	const char *word;
	const struct spec *spec;
	const char *dir;			/* a folder's path; NULL: it was fetched */
	struct json *manifest;			/* normalised */
	const struct package_fetched *fetched;
	struct str tarball;			/* compressed; once packed */
	struct vec *suspects;			/* struct pack_suspect * */
};

/* All words at once, in an array of argc: nothing is packed before every manifest is known. x is opened when it is needed
 * (then *opened), and closed by the caller once all are packed. */
struct parcels {
	struct cli *cli;
	struct parcel *items;
	size_t count;
	struct package_fetch *fetch;		/* NULL: nothing was fetched */
};
int parcels_find(struct cli *cli, char **words, size_t n, struct parcels *out, struct err *err) MUST_USE;
void parcels_close(struct parcels *p);

/* What is special about one packing. */
struct parcel_options {
	const char *destination;		/* folder that gets the tarball; NULL: it is not written */
	bool captured;				/* scripts are not on the terminal */
};

/* prepack, prepare, the tarball, postpack. */
int parcel_pack(struct parcels *all, struct parcel *p, const struct parcel_options *o, struct err *err) MUST_USE;
/* A script of a folder, if it has it: npm's runScript. env: what it gets besides; NULL. */
int parcel_script(struct parcel *p, const char *event, const struct json *pkg, const struct map *env, struct err *err)
	MUST_USE;
/* EBUNDLEOVERRIDE: what is bundled is not what its dependents ask for, and nobody who installs it has this package's overrides. */
int parcel_check_overrides(const struct parcel *p, struct err *err) MUST_USE;
/* "npm-test-package-1.0.0.tgz" */
const char *parcel_filename(const struct parcel *p);

/* What is in a tarball, as --json tells it: id, name, version, size, …, files, bundled. */
struct json *parcel_contents(const struct parcel *p, struct err *err) MUST_USE;
/* The same for a person, as notices; and what looks like a secret, as warnings. */
void parcel_tell(const struct parcel *p, const struct json *contents);
void parcel_warn(const struct parcel *p, const char *prefix);
