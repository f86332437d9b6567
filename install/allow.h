/* SPDX-License-Identifier: MIT
 *
 * Which packages may run their install scripts: npm 12's allowScripts policy. A policy is a list of specs, each allowed
 * or denied; a package that matches a denied one is denied, else one that matches an allowed one is allowed, else it is
 * unreviewed, which blocks its scripts too, but is reported.
 *
 * A registry package is matched by the name and version in the URL it was resolved to, never by what its own
 * package.json claims. Without such a URL (omit-lockfile-registry-resolved) its name is that of the edges to it and its
 * version unknown: an allowed version then never matches, a denied one always does.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct json;
struct node;
struct vec;

enum allow_verdict { ALLOW_UNREVIEWED, ALLOW_YES, ALLOW_NO };

struct allow_policy;

/* From a package.json's allowScripts object. NULL when nothing usable is in it. Entries with ranges or tags are dropped,
 * a warning (const char *, without prefix) for each is added to warnings. label names the source in them: "package.json",
 * ".npmrc", "CLI flag". root is the project's directory, for relative file: keys. */
struct allow_policy *allow_from_json(struct arena *a, const struct json *field, const char *root, struct vec *warnings);
/* From a list of names (const char *): all allowed. */
struct allow_policy *allow_from_names(struct arena *a, const struct vec *names, const char *label, const char *root,
				      struct vec *warnings);

/* The settings that go around the policy belong to the caller: ignore-scripts, dangerously-allow-all-scripts. */
enum allow_verdict allow_decide(const struct allow_policy *policy, struct node *node);

/* Does a key of a policy mean this package, at this version? One that cannot be parsed means none. */
bool allow_key_matches(struct arena *a, const char *key, const char *root, struct node *node);
/* As allow_key_matches, but whatever the version or commit. */
bool allow_key_targets(struct arena *a, const char *key, const char *root, struct node *node);
/* Where a package came from, as a key may write it: a URL, a path, a commit. "" when that is not known. */
const char *allow_source(struct arena *a, struct node *node);

/* One script that would run, in npm's order: preinstall, install, postinstall, prepare. */
struct allow_script {
	const char *event;
	const char *command;
};

/* A package whose scripts are blocked because nothing was decided about it. */
struct allow_pending {
	struct node *node;
	const char *path;
	const char *name, *version;	/* the trusted ones, for people; version may be NULL */
	struct vec *scripts;		/* of struct allow_script */
};

/* The install scripts a node has: its own, `prepare` when it is not from a registry, "node-gyp rebuild" where it applies.
 * Looks on the disk for nodes a lockfile only says hasInstallScript of. */
struct vec *allow_scripts_of(struct arena *a, struct node *node);
/* Adds a struct allow_pending to out when the node has install scripts nobody decided about. */
void allow_collect(struct arena *a, const struct allow_policy *policy, struct node *node, struct vec *out);
/* "name@version", or the name alone, for people. */
const char *allow_pending_id(struct arena *a, const struct allow_pending *p);
/* "preinstall: a; install: b", for people. */
const char *allow_scripts_text(struct arena *a, const struct vec *scripts);
/* The names of those, apart by commas, as the allow-scripts setting takes them. */
const char *allow_names_text(struct arena *a, const struct vec *pending);
/* What can be done about it under strict-allow-scripts, in a project or globally. */
const char *allow_remedy(struct arena *a, const struct vec *pending, bool global);
/* ESTRICTALLOWSCRIPTS, listing them; remedy is the sentence at its end. Always -1. */
int allow_strict_error(const struct vec *pending, const char *remedy, struct err *err);

/* The identity a registry package is matched by. NULL name: none that can be trusted; NULL version: unknown. */
struct allow_identity {
	const char *name, *version;
};

struct allow_identity allow_identify(struct arena *a, const struct node *node);
