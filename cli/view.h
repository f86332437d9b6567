/* SPDX-License-Identifier: MIT
 *
 * What view shows of a package's document: versions chosen, fields looked up, and both as text or JSON.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct err;
struct json;
struct paint;

/* A package looked at. */
struct view {
	struct arena *arena;
	char **fields;			/* what is asked for */
	int n_fields;			/* 0: everything */
	struct json *document;		/* `versions` has become the list of its versions, lowest first */
	struct json *manifests;		/* what `versions` was */
	const char *id;			/* "foo" */
	struct vec chosen;		/* struct json: the document with one version's members over it */
};

/* Chooses the versions that satisfy `wanted` (a tag, a version, a range). E404. */
int view_choose(struct view *v, const char *wanted, struct err *err) MUST_USE;
/* The fields of all chosen versions; NULL: there is nothing to print, or an error. */
struct json *view_json(struct view *v, struct err *err);
const char *view_text(struct view *v, bool color, struct err *err);
/* The page of a version, for a person. */
const char *view_page(const struct view *v, const struct json *manifest, const struct paint *paint, bool unicode);
