/* SPDX-License-Identifier: MIT
 *
 * The project's patches: "patchedDependencies" of its package.json, and the files that names.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct cli;
struct err;
struct json;
struct patch_target;

/* A copy, empty when there are none. */
int patch_list_read(struct cli *cli, struct json **out, struct err *err) MUST_USE;
int patch_list_write(struct cli *cli, struct json *patched, struct err *err) MUST_USE;
/* Takes a rule out. The file it named, NULL when another rule names that, too. */
const char *patch_list_drop(struct json *patched, const char *key);
/* Writes a package's patch into the setting patches-dir and adds its rule. The file as the rule names it; NULL: EPATCHUNSAFE … */
const char *patch_list_keep(struct cli *cli, const struct patch_target *t, struct str diff, struct json *patched, struct err *err);
/* Deletes a patch's file. EPATCHUNSAFE for one outside the project. */
int patch_list_delete(struct cli *cli, const char *path, struct err *err) MUST_USE;
/* Applies the rules to what is installed. */
int patch_list_install(struct cli *cli, struct err *err) MUST_USE;
/* Puts the rules into the lockfile alone: node_modules stays, and a rule may be for a version that is not there yet. */
int patch_list_lock(struct cli *cli, struct err *err) MUST_USE;
