/* SPDX-License-Identifier: MIT
 *
 * A bill of materials of a tree, in the forms that npm writes.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct json;
struct node;

struct sbom {
	struct arena *arena;
	const struct vec *nodes;	/* struct node, links too, sorted by location; the root is among them */
	struct node *root;
	const char *type;		/* "library", …: of the root */
	bool lock_only;
};

struct json *sbom_cyclonedx(const struct sbom *b);
struct json *sbom_spdx(const struct sbom *b);

/* ---- what both share ---- */

/* Of every name@version the first, without links and the root (struct node). */
void sbom_unique(const struct sbom *b, struct vec *out);
bool sbom_has(const struct sbom *b, const struct node *n);
/* A text of license or licenses; NULL. */
const char *sbom_license(struct arena *a, const struct json *manifest);
const char *sbom_purl(struct arena *a, struct node *n);
/* "sha512" and its digest in hexadecimal; NULL when there is none. */
const char *sbom_digest(struct arena *a, const struct node *n, const char **algorithm);
const char *sbom_uuid(struct arena *a);
const char *sbom_now(struct arena *a);
const char *sbom_name(const struct node *n);
const char *sbom_version(const struct node *n);
