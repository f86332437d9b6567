/* SPDX-License-Identifier: MIT
 *
 * Putting a candidate into the tree: as high as it can go, with its peers, pruning what it makes superfluous.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"
#include "resolver/ideal.h"

struct can_place;
struct edge;
struct err;
struct json;
struct node;

/* What is the same for all placing of a run. */
struct place_rules {
	const struct ideal_options *options;
	bool (*is_update_name)(const char *name, void *ctx);	/* was it asked for by name */
	void *ctx;
	const struct json **explanation;	/* gets the reason of an ERESOLVE */
};

struct placing {
	const struct place_rules *rules;
	struct placing *parent;		/* when it is placed as a peer of another */
	struct edge *edge;
	struct node *dep;		/* the candidate, in its virtual root */
	bool explicit_request;
	struct node *current;		/* what the edge had before */
	struct can_place *can;		/* NULL: it did not have to, or could not be placed */
	struct can_place *can_self;
	struct node *placed;		/* NULL: nothing was */
	struct vec children;		/* struct placing: its peers */
	struct vec evaluate;		/* struct node: whose dependencies must be looked at again */
};

/* NULL on ERESOLVE. parent may be NULL. */
struct placing *place_dep(const struct place_rules *rules, struct edge *e, struct node *dep, bool explicit_request,
			  struct err *err) MUST_USE;
