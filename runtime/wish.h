/* SPDX-License-Identifier: MIT
 *
 * What a project says about the Node that is to run it. There are four places, in this order:
 *
 *	devEngines.runtime	package.json: the nearest that says it, from the package's folder up to the project's
 *	engines.node		the same
 *	.node-version		the nearest one, likewise
 *	.nvmrc			the same
 *
 * The first that says something is binding. Those after it narrow the choice where one version can satisfy them as well, and
 * do not count where none can.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct err;
struct json;
struct range;

enum wish_source { WISH_DEV_ENGINES, WISH_ENGINES, WISH_NODE_VERSION, WISH_NVMRC };

/* devEngines.runtime's onFail; not said: the runtime is fetched, and an error if that fails. */
enum wish_on_fail { ON_FAIL_DOWNLOAD, ON_FAIL_ERROR, ON_FAIL_WARN, ON_FAIL_IGNORE };

struct wish {
	enum wish_source source;
	const char *file;		/* where it stands, absolute */
	const char *what;		/* for messages: "devEngines.runtime", ".nvmrc" */
	const char *text;		/* as written: "lts/iron" */
	const struct range *range;
	enum wish_on_fail on_fail;
	bool counts;			/* it is binding, or narrows the choice */
};

struct wishes {
	struct vec list;		/* of struct wish, in order */
	const struct range *range;	/* what all that count allow; NULL when nothing is wished */
	const char *key;		/* what they say, as the record knows them: "22", ">=18 & 20" */
};

/* Of the package in dir, which is in the project at root; both absolute and normal. A package.json that cannot be read says
 * nothing here. EINVALIDPIN and what the file system says: a pin file that cannot be used. */
int wishes_find(struct arena *a, const char *dir, const char *root, struct wishes *out, struct err *err) MUST_USE;
/* The same of a package.json that is given: what wishes_find adds of each of them. */
void wishes_add_package(struct arena *a, struct wishes *w, const struct json *pkg, const char *file);
/* Decides which of them count. */
void wishes_narrow(struct arena *a, struct wishes *w);
/* Does everything that counts allow this version ("22.1.0")? */
bool wishes_allow(const struct wishes *w, const char *version);
/* The first that counts: what is told when it cannot be had. */
const struct wish *wishes_first(const struct wishes *w);

/* What may be done to get a runtime that is not there. */
enum wish_force {
	WISH_SOFT,	/* only engines.node: fetched if that can be; else the bundled one has to do */
	WISH_STAY,	/* devEngines says to warn or to ignore: not fetched */
	WISH_ERROR,	/* devEngines says error: not fetched either, and an error */
	WISH_HARD,	/* fetched, or an error */
};

enum wish_force wishes_force(const struct wishes *w);
