/* SPDX-License-Identifier: MIT
 *
 * What the tree_*.c files share; nobody else includes it.
 */
#pragma once

#include "resolver/tree.h"

/* The root's inventory, made when there is none yet. */
struct inventory *root_inventory(struct node *root);
/* Out of its root's inventory and tops: before its path or root changes. */
void node_delist(struct node *n);
/* Location from path and root, and into the inventory: after they changed. */
void node_relist(struct node *n);
/* Check every edge named `name` in n's branch again. */
void node_reload_named(struct node *n, const char *name);

/* The tree's list of edges by name: when an edge gets and loses its dependent. */
void tree_list_edge(struct edge *e);
void tree_unlist_edge(struct edge *e);
/* A node from one tree comes to another: what is on disk into what is to be. */
void node_change_tree(struct node *n, struct tree *t);

void edge_added_in(struct edge *e);
void edge_removed_in(struct edge *e);
void node_overrides_in_added(struct node *n, struct override_set *set);
void node_overrides_in_removed(struct node *n, struct override_set *set);
/* The start of a new set of marked nodes. */
static inline uint64_t tree_new_mark(struct tree *t) { return ++t->mark; }
