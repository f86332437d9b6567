/* SPDX-License-Identifier: MIT
 *
 * What the isolated_*.c files share; nobody else includes it.
 */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "base/vec.h"

struct arena;
struct manifest;
struct node;
struct tree;

/* A package with what it gets to see. */
struct isolated_dep {
	struct node *node;		/* of the resolved tree */
	struct manifest *manifest;	/* its own, saying nothing of bundles */
	const char *name;		/* what links to it are called */
	const char *package_name;	/* its folder in the store */
	const char *label, *resolved;	/* name@version and origin, as the hash takes them */
	const char *key;		/* isolated_key() */
	struct vec local;		/* struct isolated_dep: workspaces and linked folders */
	struct vec external;		/* from the store */
	struct vec optional;
	bool is_local;
	uint64_t mark;
};

struct isolated_graph {
	struct arena *arena;
	struct tree *ideal;
	unsigned omit;
	struct map declared;		/* names the root itself depends on */
	struct map locals, others;	/* struct isolated_dep by location; a node may be both */
	struct vec queue;		/* whose lists are still to be filled */
	struct vec *todo;		/* of a walk */
	struct isolated_dep *root;
	struct vec workspaces;		/* struct isolated_dep */
	struct vec external;		/* what is going to be in the store */
	uint64_t mark;
};

void isolated_graph_make(struct isolated_graph *g, struct tree *ideal, unsigned omit);
/* "name@version-hash". */
const char *isolated_key(struct isolated_graph *g, struct isolated_dep *d);
/* Does the package bundle what is called `name`? */
bool isolated_bundles(const struct node *n, const char *name);
/* Its manifest, saying nothing of bundles. */
struct manifest *isolated_manifest(struct arena *a, struct node *n);
