/* SPDX-License-Identifier: MIT
 *
 * What a tree's packages are licensed under, grouped.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct buf;
struct json;
struct tree;

/* One package by name, with all its versions. */
struct licensed {
	const char *license;		/* "Unknown" when it does not say */
	const char *name;
	struct vec versions, paths;	/* const char * */
	const char *author, *homepage, *description;	/* of the first; NULL */
};

/* Installed packages but for the project, its workspaces and what is omitted (OMIT_*); by license, then by name. only: struct
 * node; NULL or empty for all. */
void licenses_find(struct arena *a, const struct tree *t, unsigned omit, const struct vec *only, struct vec *out);
/* A table; long_form: with homepages. */
void licenses_table(struct buf *out, const struct vec *all, bool long_form);
/* {license: [{name, versions, paths, license, author, homepage, description}]} */
struct json *licenses_json(struct arena *a, const struct vec *all);
