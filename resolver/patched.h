/* SPDX-License-Identifier: MIT
 *
 * The project's "patchedDependencies": which patch is meant for which package. A key is a name, or name@range; where several
 * fit, an exact version wins over ranges, the narrowest range over wider ones, and both over the name alone.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct json;

struct patch_rule {
	const char *key;		/* as in package.json */
	const char *name;
	const char *spec;		/* behind the '@'; NULL: every version */
	const char *path;		/* of the patch file; NULL when it is no text */
	bool used;
};

struct patch_rules {
	struct arena *arena;
	struct patch_rule *items;
	size_t count;
};

void patch_rules_read(struct arena *a, const struct json *patched, struct patch_rules *out);
/* *found: the rule for a package, NULL when there is none. EPATCHAMBIGUOUS when ranges overlap and none is the narrower. */
int patch_rules_find(const struct patch_rules *rules, const char *name, const char *version, struct patch_rule **found,
		     struct err *err) MUST_USE;
/* Is the text behind the '@' one version and not a range? */
bool patch_rule_is_exact(const struct patch_rule *r);
/* Is the rule for this version, whatever other rules there are? */
bool patch_rule_fits(struct arena *a, const struct patch_rule *r, const char *version);
