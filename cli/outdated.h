/* SPDX-License-Identifier: MIT
 *
 * What `lode outdated` compares and shows: for each dependency what is there, what its spec would bring now, and what is
 * newest. The command fetches packuments; everything else is here.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"
#include "resolver/pick.h"

struct arena;
struct buf;
struct edge;
struct err;
struct json;
struct node;
struct packument;
struct tree;

struct outdated_options {
	char **args;			/* names; none: direct dependencies of the project and its workspaces */
	int n_args;
	bool all, global;
	unsigned omit;			/* OMIT_* */
	const struct vec *scope;	/* struct node: only what these want; empty: everything */
};

/* A dependency to be looked at, and later what came of it. */
struct outdated {
	struct edge *edge;		/* NULL for a globally installed package */
	struct node *node;		/* NULL when it is missing */
	const char *fetch;		/* the package to ask the registry about */
	const char *wants;		/* version, range or tag; NULL: the default tag */
	const char *name;		/* as shown */
	const char *type;		/* "dependencies", … */
	const char *wanted, *latest;	/* set by outdated_compare */
	const char *homepage;
};

/* struct outdated into out: all that a registry can be asked about. */
void outdated_find(struct tree *t, const struct outdated_options *o, struct vec *out);
/* 1: is outdated, 0: is not, -1: error. o: all but wanted and name. A spec nothing satisfies is not outdated. */
int outdated_compare(struct arena *a, struct outdated *d, const struct packument *p, const struct pick_options *o,
		     struct err *err) MUST_USE;
/* By name, then by who depends on it. */
void outdated_sort(struct vec *list);

void outdated_table(struct buf *out, const struct vec *list, bool long_form);
void outdated_lines(struct buf *out, const struct vec *list, bool long_form);
struct json *outdated_json(struct arena *a, const struct vec *list, bool long_form);
