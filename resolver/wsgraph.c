/* SPDX-License-Identifier: MIT */
#include "resolver/wsgraph.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/manifest.h"
#include "resolver/range.h"
#include "resolver/semver.h"
#include "resolver/spec.h"

#include <string.h>

#define WORKSPACE "workspace:"

struct linking {
	struct ws_graph *graph;
	struct map names, paths;	/* to struct ws_package */
	struct ws_package *from;
	size_t cap;			/* of its edges */
};

void ws_graph_init(struct ws_graph *g, struct arena *a, const char *root)
{
	*g = (struct ws_graph){.arena = a, .root = root};
}

void ws_graph_add(struct ws_graph *g, const char *name, const char *path, const struct manifest *manifest)
{
	if (g->count == g->cap) {
		size_t cap = g->cap ? g->cap * 2 : 16;

		g->packages = arena_grow(g->arena, g->packages, g->cap * sizeof(*g->packages), cap * sizeof(*g->packages));
		g->cap = cap;
	}
	g->packages[g->count++] = (struct ws_package){
		.name = name,
		.path = path,
		.dir = path_relative(g->arena, g->root, path),
		.manifest = manifest,
	};
}

/* Would npm take the workspace for this? Anything goes for "*", the version's absence too. */
static bool satisfies(const struct ws_package *p, const struct spec *s)
{
	const char *version = p->manifest->version;

	if (streq(s->fetch_spec, "*"))
		return true;
	if (!version || !s->fetch_spec)
		return false;
	return s->type == SPEC_VERSION ? streq(version, s->fetch_spec) : semver_satisfies(version, s->fetch_spec, SEMVER_LOOSE);
}

/* "workspace:^1.0.0" of other tools asks as "^1.0.0" does; "workspace:^" takes any version. */
static const char *plain_spec(const char *spec)
{
	if (!cstr_starts(spec, WORKSPACE))
		return spec;
	spec += strlen(WORKSPACE);
	return streq(spec, "^") || streq(spec, "~") ? "*" : spec;
}

static struct ws_package *answer(struct linking *l, const struct dep *d)
{
	struct err ignored = ERR_INIT;
	const struct spec *s = spec_resolve(l->graph->arena, d->name, plain_spec(d->spec), l->from->path, &ignored);
	struct ws_package *p;

	if (s && s->type == SPEC_ALIAS)
		s = s->sub;
	if (!s)
		return NULL;
	if (s->type == SPEC_DIRECTORY)
		return s->fetch_spec ? map_find(&l->paths, s->fetch_spec) : NULL;
	if (s->type != SPEC_VERSION && s->type != SPEC_RANGE)
		return NULL;
	p = s->name ? map_find(&l->names, s->name) : NULL;
	return p && satisfies(p, s) ? p : NULL;
}

static void add_edge(struct linking *l, const struct ws_package *to, bool dev)
{
	struct ws_package *from = l->from;
	size_t at = (size_t)(to - l->graph->packages);

	for (size_t i = 0; i < from->n_edges; i++) {
		if (from->edges[i].to != at)
			continue;
		from->edges[i].dev = from->edges[i].dev && dev;
		return;
	}
	if (from->n_edges == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 4;

		from->edges = arena_grow(l->graph->arena, from->edges, l->cap * sizeof(*from->edges), cap * sizeof(*from->edges));
		l->cap = cap;
	}
	from->edges[from->n_edges++] = (struct ws_edge){at, dev};
	l->graph->linked = true;
}

static void add_edges(struct linking *l, const struct dep_list *list, bool dev)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct ws_package *to = answer(l, &list->items[i]);

		if (to && to != l->from)
			add_edge(l, to, dev);
	}
}

void ws_graph_link(struct ws_graph *g)
{
	struct linking l = {.graph = g};

	map_init(&l.names, g->arena);
	map_init(&l.paths, g->arena);
	for (size_t i = 0; i < g->count; i++) {
		struct ws_package *p = &g->packages[i];

		map_put(&l.paths, p->path, p);
		if (*p->dir && !map_has(&l.names, p->name))	/* no name leads to the project itself */
			map_put(&l.names, p->name, p);
	}
	for (size_t i = 0; i < g->count; i++) {
		const struct manifest *m = g->packages[i].manifest;

		l.from = &g->packages[i];
		l.cap = 0;
		add_edges(&l, &m->dependencies, false);
		add_edges(&l, &m->optional_dependencies, false);
		add_edges(&l, &m->peer_dependencies, false);
		add_edges(&l, &m->dev_dependencies, true);
	}
}
