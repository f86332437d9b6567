/* SPDX-License-Identifier: MIT
 *
 * What a person or a manifest asks for (npm-package-arg 14): "foo@^1", "@s/foo@latest", "user/repo#semver:^2", "./dir",
 * "alias@npm:foo@1", "https://…/x.tgz". Text is sorted into a type; nothing is looked up.
 *
 *	struct spec *s = spec_parse(a, "foo@^1.2", cwd, err);
 *	struct spec *d = spec_resolve(a, "foo", "file:../foo", package_dir, err);
 *
 * `where` is the absolute directory that relative paths start from: the working directory for an argument, the
 * package's own for a dependency. "~/" in a path is $HOME.
 *
 * Errors: EINVALIDPACKAGENAME, EINVALIDTAGNAME, EUNSUPPORTEDPROTOCOL ("workspace:*" and any unknown scheme),
 * ERR_INVALID_URL, and some without a code.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct hosted;
struct range;

enum spec_type {
	SPEC_VERSION,	/* registry, exactly this one */
	SPEC_RANGE,	/* registry, the best that fits */
	SPEC_TAG,	/* registry, a dist-tag */
	SPEC_ALIAS,	/* registry, under another name: see sub */
	SPEC_GIT,
	SPEC_REMOTE,	/* a tarball at a URL */
	SPEC_FILE,	/* a tarball on disk */
	SPEC_DIRECTORY,
};

struct spec {
	enum spec_type type;
	bool registry;			/* one of the first four */
	const char *raw;		/* all of the text; name@spec when resolved from two */
	const char *name;		/* NULL when only fetching will tell */
	const char *scope;		/* "@s" or NULL */
	const char *escaped_name;	/* "@s%2fname", as registries want it in paths; NULL without a name */
	const char *raw_spec;		/* what stands after the name; "*" when nothing did */
	const char *save_spec;		/* how a package.json keeps it; NULL for what a registry has */
	const char *fetch_spec;		/* version, range, tag, absolute path, URL or git remote; NULL for an alias or a shortcut */
	struct range *range;		/* SPEC_RANGE: fetch_spec, parsed loosely; else NULL */
	const char *where;		/* SPEC_FILE, SPEC_DIRECTORY */
	const char *git_range;		/* "#semver:…" */
	const char *git_committish;	/* "#…"; NULL when none */
	const char *git_subdir;		/* "#path:…", with a leading slash */
	struct spec *sub;		/* SPEC_ALIAS: what it stands for, a version, range or tag with a name */
	struct hosted *hosted;		/* SPEC_GIT on a known host, else NULL */
};

/* A command-line argument: "name", "name@spec" or a spec alone. NULL on error. */
struct spec *spec_parse(struct arena *a, const char *text, const char *where, struct err *err) MUST_USE;
/* An entry of a dependency list. name may be NULL. NULL on error. */
struct spec *spec_resolve(struct arena *a, const char *name, const char *spec, const char *where, struct err *err) MUST_USE;
/* "tag", "version", …: npm's word. */
const char *spec_type_name(enum spec_type type);
/* A package of a registry whose version does not matter: "a", "a@", "a@*". */
bool spec_is_any(const struct spec *s);
/* name@ and the spec as it would be saved, fetched or was written, the first there is. */
const char *spec_format(struct arena *a, const struct spec *s);
