/* SPDX-License-Identifier: MIT
 *
 * Saving package.json: what changed is changed, everything else stays as the person wrote it, down to
 * indentation and line ends. Dependency lists come out in npm's order.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct buf;
struct err;
struct json;

/* PackageJson.update: `content`'s dependency lists, scripts and workspaces replace those of pkg (a copy is returned);
 * a list that is empty goes; other keys are put as they are, one whose value is null goes.
 * Errors: ESCRIPTSINVALID, EWORKSPACESINVALID. */
struct json *package_update(struct arena *a, const struct json *pkg, const struct json *content,
			    struct err *err) MUST_USE;
/* The file's new text in the style of the old one; false when it would be the same but for white space at the ends. */
bool package_format(struct arena *a, struct str old_text, const struct json *pkg, struct str *out);
/* Read dir/package.json (missing: {}), update with content, write if it changed. */
int package_save(struct arena *a, const char *dir, const struct json *content, struct err *err) MUST_USE;
