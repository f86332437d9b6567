/* SPDX-License-Identifier: MIT
 *
 * Which names a package may have (validate-npm-package-name 8): new ones strictly, old ones with warnings.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

#define NAME_MAX_MESSAGES 12

struct name_check {
	bool valid_new;			/* may be published today: no error, no warning */
	bool valid_old;			/* exists in the registry and may be installed: no error */
	uint32_t n_errors, n_warnings;
	const char *errors[NAME_MAX_MESSAGES];		/* npm's sentences, static or in the arena */
	const char *warnings[NAME_MAX_MESSAGES];
};

struct arena;

/* NULL is npm's null ("name cannot be null"). */
struct name_check name_validate(struct arena *a, const char *name);
/* valid_old, without making the messages. */
bool name_is_valid(const char *name);
/* "@scope" of "@scope/name", without the slash; len 0 when there is none. Nothing is validated. */
struct str name_scope(const char *name);
/* "name" of "@scope/name" and of "name"; borrowed. */
const char *name_unscoped(const char *name);
