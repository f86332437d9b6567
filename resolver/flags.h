/* SPDX-License-Identifier: MIT
 *
 * Working out how each node is reachable (struct node_flags), and sets of nodes that belong together.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct edge;
struct node;
struct tree;

/* Every node in root's inventory may again be anything. */
void flags_reset(struct node *root);
/* Walk out from root, unsetting what does not hold; flags must be reset or new. reset_root: root itself is needed. */
void flags_calc(struct node *root, bool reset_root);

/* Does this edge count? */
typedef bool edge_filter(struct edge *e, void *ctx);
/* set grows by everything its members depend on, then shrinks to what nothing outside depends on.
 * Until the next set is gathered its members, and no other nodes, have the mark that is returned. */
uint64_t gather_dep_set(struct vec *set, edge_filter *filter, void *ctx);
/* An optional node that cannot be installed: all nodes that go with it. set must be empty. */
void optional_set(struct node *n, struct vec *set);

/* One way into a group of peers. */
struct peer_entry {
	struct edge *edge;
	struct vec *peers;	/* struct node */
};

/* All entries into peer groups that n is a member of: struct peer_entry in out, in the tree's arena. */
void peer_entry_sets(struct node *n, struct vec *out);
/* The deepest place at or above start where `name` may go. */
struct node *deepest_nesting_target(struct node *start, const char *name);
