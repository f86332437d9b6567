/* SPDX-License-Identifier: MIT
 *
 * What `init` puts into a package.json: asked for, or guessed from the folder.
 */
#pragma once

#include "base/base.h"

struct cli;
struct err;
struct json;

/* A package.json in the making. */
struct init {
	struct cli *cli;
	const char *dir;	/* the package's folder, absolute */
	const struct json *pkg;	/* what is there, normalised */
	struct json *fields;	/* what is to be set */
	bool yes;		/* nothing is asked */
	bool canceled;		/* the input ended */
};

/* Fills init->fields in npm's order; stops when it is canceled. */
void init_fields(struct init *in);
/* A line of the answer, or the default; NULL when the input ends. */
const char *init_ask(struct init *in, const char *question, const char *fallback);
