/* SPDX-License-Identifier: MIT
 *
 * May a candidate go into a target's node_modules, and its peers with it? Nothing changes by asking.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct audit;
struct edge;
struct node;

enum can_place_result {
	PLACE_NONE,
	PLACE_CONFLICT,
	PLACE_OK,
	PLACE_REPLACE,	/* what is there has to go */
	PLACE_KEEP,	/* what is there will do */
};

struct can_place {
	struct node *dep;		/* the candidate, in its virtual root */
	struct node *target;
	struct edge *edge;
	struct can_place *parent;	/* when it is asked as a peer of another candidate */
	struct node *current;		/* what the target has by that name */
	const struct audit *audit;	/* what is vulnerable gives way to what is not, though that be older; NULL */
	bool prefer_dedupe;
	bool explicit_request;
	bool edge_override;		/* the candidate is not what the edge asks for: an override says so */
	bool asked_peers;
	enum can_place_result peers;
	enum can_place_result self;	/* without its peers */
	enum can_place_result result;
	struct vec children;		/* struct can_place: its peers */
};

struct can_place_question {
	struct node *dep, *target;
	struct edge *edge;
	struct can_place *parent;
	const struct vec *peer_path;	/* struct node: candidates on the way here; NULL: none */
	const struct audit *audit;
	bool prefer_dedupe, explicit_request;
};

/* In the tree's arena. */
struct can_place *can_place_ask(const struct can_place_question *q);
/* The first peer, at any depth, that conflicts and has something in its place; NULL. */
struct can_place *can_place_conflict(struct can_place *c);
