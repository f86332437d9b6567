/* SPDX-License-Identifier: MIT
 *
 * A manifest: what one package.json, or one version in a packument, says, parsed once. Trees, lockfiles
 * and installs read these fields and never look for keys in JSON themselves; what they keep but do not
 * understand (funding, license, overrides, scripts…) is in `raw`.
 *
 * `raw` is normalised as npm's @npmcli/package-json does for an install (pkgjson.h, PKGJSON_NORMALIZE):
 * _id made from name and version, bundledDependencies renamed and made a list, what is in
 * optionalDependencies taken out of dependencies, bin made an object with safe names and targets, funding an
 * object, scripts that are no text dropped. Dependency lists keep the order of JSON.parse; an entry whose
 * value is no text is not a dependency.
 *
 * Everything lives in the arena and is borrowed by whoever reads; fields that are missing are NULL, lists empty.
 * A manifest never changes once made, but for code that makes a new one from a changed copy of `raw`, and for what an
 * abbreviated one lacks (install/recorded.h).
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct json;

struct dep {
	const char *name;
	const char *spec;	/* as written; "" is any version */
	bool optional;		/* a peer marked optional in peerDependenciesMeta */
};

struct dep_list {
	struct dep *items;
	size_t count;
};

struct text_list {
	const char **items;
	size_t count;
};

struct bin_entry {
	const char *name;	/* the command, safe as a file name */
	const char *target;	/* inside the package, with no .. */
};

struct bin_list {
	struct bin_entry *items;
	size_t count;
};

/* A list field that npm also takes as one text: os, cpu, libc. */
struct platform_field {
	bool given;		/* present and not empty in JavaScript's sense */
	struct text_list list;
};

struct manifest_dist {
	const char *tarball;
	const char *integrity;
	const char *shasum;
};

struct manifest {
	struct json *raw;
	const char *name;
	const char *version;
	struct dep_list dependencies;
	struct dep_list dev_dependencies;
	struct dep_list optional_dependencies;
	struct dep_list peer_dependencies;
	struct dep_list accept_dependencies;
	struct text_list bundle_dependencies;
	struct text_list workspaces;		/* patterns; from a list or from workspaces.packages */
	const struct json *engines;		/* object or NULL; platform.h reads it */
	struct platform_field os, cpu, libc;
	struct bin_list bin;
	bool has_install_script;		/* says so, or has preinstall, install or postinstall: gypfile says nothing */
	const char *deprecated;			/* the message; NULL when it is not */
	struct manifest_dist dist;
	bool abbreviated;			/* of a document that leaves out license, workspaces and acceptDependencies */
};

/* From the text of a package.json; what names it in the error (EJSONPARSE). NULL on error. */
struct manifest *manifest_parse(struct arena *a, struct str text, const char *what, struct err *err) MUST_USE;
/* From JSON, which is normalised in place and kept as raw. JSON that is no object gives an empty manifest. Never NULL. */
struct manifest *manifest_from_json(struct arena *a, struct json *raw);
/* An object of name to spec as a list; anything else is an empty one. */
struct dep_list dep_list_from_json(struct arena *a, const struct json *obj);
/* NULL when it is not in the list. */
const struct dep *dep_list_find(const struct dep_list *list, const char *name);
