/* SPDX-License-Identifier: MIT
 *
 * What `patch` needs: a published package unpacked somewhere, and what was changed in such a folder.
 */
#pragma once

#include "base/base.h"
#include "base/buf.h"

struct arena;
struct cli;
struct err;

/* A registry's package, in a folder that is made or emptied first. */
int patching_unpack(struct cli *cli, const char *name, const char *version, const char *dest, struct err *err) MUST_USE;
/* The system's folder for temporary files. */
const char *patching_temporary(void);
/* A folder to edit a package in: a new one, or the setting edit-dir. */
int patching_edit_dir(struct cli *cli, const char *name, const char *version, const char **out, struct err *err) MUST_USE;

/* In a folder to edit: an update that did not apply cleanly is to be ended there. It is never part of a patch. */
#define PATCHING_MARK ".npm-patch-update.json"

struct patching {
	struct buf text;		/* the caller's, which gives it a maximum and releases it */
	bool manifest_changed;		/* package.json did, which is left out */
};

/* The diff from one folder to another, without package.json, node_modules and .git. */
int patching_diff(struct arena *a, const char *from, const char *to, struct patching *out, struct err *err) MUST_USE;
