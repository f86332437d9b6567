/* SPDX-License-Identifier: MIT
 *
 * The project's .npm-extension.mjs or .cjs: its own code that repairs the manifests of packages before anyone looks at their
 * dependencies. It exports transformManifest(manifest, context), which may change four fields and nothing else.
 *
 * The code runs in one helper process, in the bundled runtime; manifests go there and back as lines of JSON (base/talk.h).
 * Which package was changed, and in what, is recorded in the lockfile, with the file's hash (npmext_hash): `ci` compares the hash and
 * runs nothing.
 */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "base/str.h"
#include "resolver/pkgext.h"

struct arena;
struct err;
struct manifest;
struct project_options;
struct talk;
struct tree;
struct vec;

struct npmext {
	struct arena *arena;
	const char *root;	/* the project */
	const char *path;	/* of the file; NULL: there is none */
	const char *format;	/* "mjs", "cjs" */
	struct str bytes;
	struct talk *talk;	/* NULL until npmext_load */
	struct map done;	/* package to struct extended */
};

/* ENPMEXTENSIONPATH (the setting extension-file), ENPMEXTENSIONDUP (two of them). file may be NULL. */
int npmext_find(struct npmext *x, struct arena *a, const char *root, const char *file, struct err *err) MUST_USE;
/* Starts the code: ENPMEXTENSIONSHAPE, or what it failed with. Nothing when there is none. */
int npmext_load(struct npmext *x, struct err *err) MUST_USE;
void npmext_close(struct npmext *x);
/* As the lockfile has it; NULL when there is no file. Needs the digest library. */
const char *npmext_hash(struct arena *a, const struct npmext *x);

/* m, or a changed copy. identity: packages of one identity are asked about once; NULL: ask again. ENPMEXTENSION…: what came back makes no
 * sense. x may have no file. */
int npmext_apply(struct npmext *x, struct manifest *m, const char *identity, struct extended *out, struct err *err) MUST_USE;
/* What a lockfile remembers of packageExtensions and .npm-extension, for a tree that was read from disk. */
int npmext_restore(struct tree *t, const struct project_options *o, struct err *err) MUST_USE;
/* Has a folder such a file? */
bool npmext_exists(struct arena *a, const char *dir);
/* Adds the names such a file may have. */
void npmext_places(struct vec *names);

/* The helper's code: argv is path, format, root, and the hash that makes a changed file another module. */
extern const char npmext_script[];
