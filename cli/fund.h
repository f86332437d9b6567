/* SPDX-License-Identifier: MIT
 *
 * Who in a tree asks for funding, as npm's libnpmfund tells it: a package is shown below the nearest package above it that
 * asks too; each name and version counts once, as far as the root's dependencies reach.
 */
#pragma once

#include "base/base.h"

struct arena;
struct buf;
struct json;
struct node;
struct vec;

/* {length, name, version, funding, dependencies: {name: {version, funding, dependencies}}}.
 * only: the packages that may be shown (struct node); NULL or empty: all. */
struct json *fund_read(struct arena *a, struct node *root, const struct vec *only);
/* Its length alone. */
uint32_t fund_count(struct arena *a, struct node *root);

/* What `lode fund` draws of fund_read's: addresses, with the packages that name each. */
struct fund_look {
	bool unicode;
	bool color;
};
void fund_draw(struct buf *out, struct arena *a, const struct json *tree, const struct fund_look *look);

/* The ways a package.json's "funding" names, those that can be used: objects with a "url". */
void fund_ways(struct arena *a, const struct json *funding, struct vec *out);
