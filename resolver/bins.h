/* SPDX-License-Identifier: MIT
 *
 * A manifest's `bin` made safe (npm-normalize-package-bin): a text becomes an object under the package's name, a list one under
 * its base names; no name holds a slash and no target leaves the package; what is left empty goes away.
 */
#pragma once

struct arena;
struct json;

/* Changes pkg, an object, in place. */
void bins_normalize(struct arena *a, struct json *pkg);
/* The same with a package.json's own stricter rule, that a colon in a target is a slash (pkgjson.h). */
void bins_normalize_strictly(struct arena *a, struct json *pkg);
/* A path from "/" down, without the slash: "../../x/./y" is "x/y". Back slashes and colons count as slashes. */
const char *bins_secure_path(struct arena *a, const char *path);
