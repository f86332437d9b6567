/* SPDX-License-Identifier: MIT
 *
 * package.json's "overrides": a tree of rules. A rule is for one package name (and maybe some versions); its value is
 * the spec to use instead, its children are rules that hold only below it. A node carries the rule set that holds for
 * its dependencies; each edge gets the most specific one for what it points at.
 */
#pragma once

#include "base/base.h"
#include "base/map.h"

struct arena;
struct edge;
struct err;
struct json;

struct override_set {
	struct override_set *parent;
	struct map children;		/* key to struct override_set */
	const char *key;		/* as written; NULL in the root */
	const char *name;
	const char *key_spec;		/* the versions it is for; "*" all */
	const char *value;		/* "*" or a spec or $name */
	struct map *rules;		/* cached: all rules that hold here */
};

/* From the object in package.json; NULL on error (a key without a name). */
struct override_set *override_set_make(struct arena *a, const struct json *overrides, struct err *err);
/* The rule for e, or the set itself when none applies. */
struct override_set *override_edge_rule(struct arena *a, struct override_set *set, const struct edge *e);
bool override_equal(const struct override_set *a, const struct override_set *b);
/* The more specific of two; their common ancestor when they are unrelated but agree; NULL when they conflict. */
struct override_set *override_specific(struct arena *a, struct override_set *x, struct override_set *y);
bool override_conflict(struct arena *a, struct override_set *x, struct override_set *y);
/* All rules that hold in set: key to struct override_set, nearest first. */
const struct map *override_rules(struct arena *a, struct override_set *set);
