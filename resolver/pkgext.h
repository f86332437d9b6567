/* SPDX-License-Identifier: MIT
 *
 * The project's "packageExtensions": repairs of other people's manifests, by name and version, before their
 * dependencies are looked at. Missing dependencies can be added, peers added or changed; nothing can be taken away.
 */
#pragma once

#include "base/base.h"

struct arena;
struct buf;
struct err;
struct json;
struct manifest;
struct pkgext;

/* NULL without an error when there are none (rules is NULL), NULL with one when they make no sense. */
struct pkgext *pkgext_make(struct arena *a, const struct json *rules, struct err *err) MUST_USE;
/* Does any rule speak of this package? x may be NULL. */
bool pkgext_matches(const struct pkgext *x, const char *name, const char *version);

/* More than one that does is EEXTENSIONCONFLICT. */
int pkgext_check(const struct pkgext *x, const char *name, const char *version, struct err *err) MUST_USE;
/* Is there a rule of this very key? */
bool pkgext_has(const struct pkgext *x, const char *key);

struct extended {
	struct manifest *manifest;
	struct json *applied;		/* which rule and which names, as the lockfile keeps it; NULL: unchanged */
};

/* m or an extended copy. Two rules for one package, or one that contradicts it, are an error. x may be NULL. */
int pkgext_apply(struct arena *a, const struct pkgext *x, struct manifest *m, struct extended *out, struct err *err)
	MUST_USE;
/* The rules in the form whose sha512 the lockfile keeps. */
void pkgext_canonical(struct arena *a, struct buf *out, const struct json *rules);
