/* SPDX-License-Identifier: MIT
 *
 * What a project grants its dependencies' scripts beyond the sandbox's default (runtime/confine.h), in package.json:
 *
 *	"lode": {"scripts": {
 *		"puppeteer@24.0.0": {"net": true, "write": ["~/.cache/puppeteer"]},
 *		"*": {"time": 600, "memory": "2GB"}
 *	}}
 *
 * Keys are those of allowScripts, and "*" for all. Fields: net; read, write, file (paths: absolute, "~/…", or relative to the
 * project; what is not there yet is made before the script runs: of write a folder, of file an empty file); env (names of variables that look secret and are kept); the limits time and cpu (seconds), memory (bytes, or text
 * with KB, MB, GB), processes. A package gets what all entries that match it grant, and of limits the last one's.
 */
#pragma once

#include "base/base.h"

struct arena;
struct confine_grants;
struct grants;
struct json;
struct node;
struct vec;

/* From a project's package.json, normalised. What is not understood is dropped with a warning (const char *). */
struct grants *grants_make(struct arena *a, const struct json *pkg, const char *root, struct vec *warnings);
/* What a command line grants. */
enum { GRANT_READ, GRANT_WRITE, GRANT_FILE, GRANT_ENV, GRANT_LISTS };

struct grants_given {
	bool net;
	const char *const *lists[GRANT_LISTS];
	size_t counts[GRANT_LISTS];
};

/* Adds that to an entry of lode.scripts (lode: the object "lode"). False when it is there already, or nothing is given. */
bool grants_write(struct arena *a, struct json *lode, const char *key, const struct grants_given *given);
/* A key of allowScripts is gone: what was granted to it goes to the key that took its place, or away (to NULL). */
void grants_move(struct arena *a, struct json *lode, const char *from, const char *to);
/*
 * What a path given to a script means: GRANT_ABSURD opens what no script needs (all of the disk, of the home, of the project, of
 * node_modules), GRANT_RISKY what runs as the user later. why says so: "would let it have all of your home". home may be NULL.
 */
enum grant_sense { GRANT_FINE, GRANT_RISKY, GRANT_ABSURD };
struct grant_judged {
	enum grant_sense sense;
	const char *why;	/* NULL: fine */
};
struct grant_judged grants_judge(struct arena *a, unsigned list, const char *text, const char *root, const char *home);
/* What a package has; grants may be NULL: the default. home is for "~/"; NULL: such paths are dropped. */
const struct confine_grants *grants_of(struct arena *a, const struct grants *g, struct node *node, const char *home);
