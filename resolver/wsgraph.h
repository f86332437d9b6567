/* SPDX-License-Identifier: MIT
 *
 * Which workspaces of a project depend on which: the edges that hold, as an install would link them. Dependencies of
 * every kind count; a spec that a workspace's version does not satisfy, or that another package answers, is no edge.
 *
 *	ws_graph_init(&g, &arena, "/project");
 *	ws_graph_add(&g, "lib", "/project/packages/lib", manifest);
 *	ws_graph_link(&g);
 *	for (size_t i = 0; i < g.packages[0].n_edges; i++) …
 *
 * Packages stand in npm's order of workspaces, and that order breaks every tie. The project itself may be among them.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct manifest;

struct ws_edge {
	size_t to;
	bool dev;	/* only devDependencies ask for it */
};

struct ws_package {
	const char *name;
	const char *path;	/* absolute */
	const char *dir;	/* from the project's folder, "" the project itself */
	const struct manifest *manifest;
	struct ws_edge *edges;	/* each package once, never itself */
	size_t n_edges;
};

struct ws_graph {
	struct arena *arena;
	const char *root;
	struct ws_package *packages;
	size_t count, cap;
	bool linked;		/* some package depends on another */
};

void ws_graph_init(struct ws_graph *g, struct arena *a, const char *root);
void ws_graph_add(struct ws_graph *g, const char *name, const char *path, const struct manifest *manifest);
/* Finds the edges; after the last package. */
void ws_graph_link(struct ws_graph *g);
