/* SPDX-License-Identifier: MIT
 *
 * The conformance driver: one JSON object a line in, one a line out, in order:
 *
 *	-> {"id": "x/1", "fn": "satisfies", "args": ["1.2.3", "^1.0.0"], "opts": {"loose": true}, "dir": "/tree"}
 *	<- {"id": "x/1", "result": true} | {"id": …, "error": {"code": …, "message": …}} | {"id": …, "skip": "why"}
 *
 * One file per subject, driver_<subject>.c, registers its functions; no list is kept by hand:
 *
 *	static int satisfies(struct driver_call *c, struct err *err)
 *	{
 *		c->result = json_bool(c->arena, semver_satisfies(driver_text(c, 0), driver_text(c, 1), 0));
 *		return 0;
 *	}
 *
 *	DRIVER_FUNCTIONS(semver, {"satisfies", NULL, satisfies});
 *
 * Where two subjects use one name, `prefix` tells them apart by how the case's id starts; the entry with a matching
 * prefix wins over one with NULL.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

struct driver_call {
	struct arena *arena;		/* released after the answer */
	const char *id;
	const char *fn;
	const struct json *args;	/* NULL or an array */
	const struct json *opts;	/* NULL or an object */
	const char *dir;		/* NULL or a materialised tree */
	struct json *result;		/* set by the handler; NULL answers null */
	const char *skip;		/* set by the handler: skipped, and why */
};

/* 0, or -1 with err set: answered as an error with the error's name as code. */
typedef int driver_fn(struct driver_call *c, struct err *err);

struct driver_entry {
	const char *fn;
	const char *prefix;	/* of the case's id, or NULL */
	driver_fn *run;
};

struct driver_table {
	const struct driver_entry *entries;
	size_t count;
	struct driver_table *next;
};

void driver_register(struct driver_table *t);

#define DRIVER_FUNCTIONS(subject, ...)                                                                                 \
	static const struct driver_entry entries_##subject[] = {__VA_ARGS__};                                          \
	__attribute__((constructor)) static void register_##subject(void)                                              \
	{                                                                                                              \
		static struct driver_table t = {entries_##subject, ARRAY_LEN(entries_##subject), NULL};                \
		driver_register(&t);                                                                                   \
	}                                                                                                              \
	struct driver_entry /* swallows the semicolon */

/* The n-th argument: NULL when there is none; its text, or NULL when it is no string. */
const struct json *driver_arg(const struct driver_call *c, uint32_t n);
const char *driver_text(const struct driver_call *c, uint32_t n);
/* An option by name: truthy, its text or NULL, its value or NULL. */
bool driver_opt(const struct driver_call *c, const char *name);
const char *driver_opt_text(const struct driver_call *c, const char *name);
const struct json *driver_opt_value(const struct driver_call *c, const char *name);
