/* SPDX-License-Identifier: MIT
 *
 * Who sees whom under install-strategy=linked.
 */
#include "base/arena.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/isolated_int.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

bool isolated_bundles(const struct node *n, const char *name)
{
	const struct text_list *list = &n->manifest->bundle_dependencies;

	for (size_t i = 0; i < list->count; i++)
		if (streq(list->items[i], name))
			return true;
	return false;
}

struct manifest *isolated_manifest(struct arena *a, struct node *n)
{
	struct manifest *m = n->manifest, *copy;

	if (!json_find(m->raw, "bundleDependencies"))
		return m;
	copy = ARENA_NEW(a, struct manifest);
	*copy = *m;
	copy->raw = json_copy(a, m->raw);
	json_remove(copy->raw, "bundleDependencies");
	copy->bundle_dependencies = (struct text_list){0};
	return copy;
}

/* The last part of a name, and the scope before it: what a folder may be made of. */
static const char *folder_name(struct arena *a, const char *name)
{
	const char *base = path_base(name);
	const char *above = path_base(path_dir(a, name));

	return above[0] == '@' ? arena_printf(a, "%s/%s", above, base) : base;
}

/* A patched package is another one: it has a folder of its own. */
static const char *origin_of(struct isolated_graph *g, const struct node *n)
{
	const char *patch = json_find_text(n->patched, "integrity");
	const char *resolved = n->resolved && n->resolved[0] ? n->resolved : "null";

	return patch ? arena_printf(g->arena, "%s::patch:%s", resolved, patch) : resolved;
}

static struct isolated_dep *dep_of(struct isolated_graph *g, struct node *n, bool local)
{
	struct map *known = local ? &g->locals : &g->others;
	struct isolated_dep *d = map_find(known, n->location);
	const char *name = node_package_name(n);

	if (d)
		return d;
	d = ARENA_NEW(g->arena, struct isolated_dep);
	*d = (struct isolated_dep){
		.node = n,
		.manifest = isolated_manifest(g->arena, n),
		.name = local && name ? name : n->name,
		.package_name = folder_name(g->arena, name ? name : n->path),
		.resolved = origin_of(g, n),
		.is_local = local,
	};
	d->label = arena_printf(g->arena, "%s@%s", d->package_name, local ? "undefined" : node_version(n));
	vec_init(&d->local, g->arena);
	vec_init(&d->external, g->arena);
	vec_init(&d->optional, g->arena);
	map_put(known, n->location, d);
	vec_add(&g->queue, d);
	return d;
}

/* ---- what one package sees ---- */

/* One package's dependencies while they are sorted: nodes that links were followed to. */
struct sorting {
	struct isolated_graph *g;
	struct isolated_dep *dep;
	struct vec needed, optional;	/* struct node */
	struct vec linked;		/* struct node: targets of links to folders */
	struct map names;		/* of the edges that count */
};

static bool is_left_out(const struct isolated_graph *g, const struct node *n, const struct edge *e)
{
	if (!g->omit || !(node_is_project_root(n) || node_is_workspace(n)))
		return false;
	return (e->type == EDGE_DEV && (g->omit & OMIT_DEV)) || (edge_is_optional(e) && (g->omit & OMIT_OPTIONAL)) ||
	       (edge_is_peer(e) && (g->omit & OMIT_PEER));
}

/* Every workspace has an edge from the root; only those that package.json names count. */
static bool is_implied(const struct isolated_graph *g, const struct node *from, const struct node *to)
{
	const char *name = node_package_name(to);

	return node_is_project_root(from) && node_is_workspace(to) && !(name && map_has(&g->declared, name));
}

static void sort_edges(struct sorting *s)
{
	struct node *n = s->dep->node;

	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		const struct edge *e = i->value;
		struct node *to = e->to ? node_target(e->to) : NULL;

		if (!to || isolated_bundles(n, e->to->name) || is_left_out(s->g, n, e))
			continue;
		map_put(&s->names, e->name, to);
		if (e->to->is_link)
			vec_add(&s->linked, to);
		if (edge_is_optional(e))
			vec_add(&s->optional, to);
		else if (!is_implied(s->g, n, to))
			vec_add(&s->needed, to);
	}
}

/* With legacy-peer-deps peers have no edges; those that are there are seen all the same. */
static void add_legacy_peers(struct sorting *s)
{
	struct node *n = s->dep->node;
	const struct dep_list *peers = &n->manifest->peer_dependencies;

	for (size_t i = 0; n->legacy_peer_deps && i < peers->count; i++) {
		struct node *to = map_has(&s->names, peers->items[i].name) ? NULL : node_resolve(n, peers->items[i].name);

		if (to && to != n && !to->inert && node_target(to))
			vec_add(&s->needed, node_target(to));
	}
}

static bool is_local(const struct sorting *s, const struct node *n)
{
	return node_is_workspace(n) || vec_find(&s->dep->node->fs_children, n) >= 0 || vec_find(&s->linked, n) >= 0;
}

static bool has_name(const struct vec *nodes, const char *name)
{
	for (size_t i = 0; i < nodes->count; i++)
		if (streq(VEC_AT(nodes, const struct node, i)->name, name))
			return true;
	return false;
}

/* Peers that only peerDependenciesMeta tells of have no edges either. */
static void add_meta_peers(struct sorting *s)
{
	struct node *n = s->dep->node;
	const struct json *meta = json_find(n->manifest->raw, "peerDependenciesMeta");
	size_t before = s->optional.count;

	for (uint32_t i = 0; json_is(meta, JSON_OBJECT) && i < meta->count; i++) {
		const char *name = meta->members[i].key;
		struct vec known = {.items = s->optional.items, .count = before};
		struct node *to;

		if (!json_truthy(json_find(meta->members[i].value, "optional")) || has_name(&s->needed, name) ||
			has_name(&known, name))
			continue;
		to = node_resolve(n, name);
		to = to ? node_target(to) : NULL;
		if (to && to != n && !to->inert && !is_local(s, to))
			vec_add(&s->optional, to);
	}
}

static void fill(struct isolated_graph *g, struct isolated_dep *d)
{
	struct sorting s = {.g = g, .dep = d};

	vec_init(&s.needed, g->arena);
	vec_init(&s.optional, g->arena);
	vec_init(&s.linked, g->arena);
	map_init(&s.names, g->arena);
	sort_edges(&s);
	add_legacy_peers(&s);
	add_meta_peers(&s);
	for (size_t i = 0; i < s.needed.count; i++) {
		struct node *n = s.needed.items[i];

		if (is_local(&s, n))
			vec_add(&d->local, dep_of(g, n, true));
		else if (!n->inert)
			vec_add(&d->external, dep_of(g, n, false));
	}
	for (size_t i = 0; i < s.optional.count; i++)
		if (!VEC_AT(&s.optional, struct node, i)->inert)
			vec_add(&d->optional, dep_of(g, s.optional.items[i], false));
}

/* ---- what is reached ---- */

static void add_workspace(struct isolated_graph *g, struct node *n)
{
	struct isolated_dep *d = dep_of(g, n, true);

	if (vec_find(&g->workspaces, d) < 0)
		vec_add(&g->workspaces, d);
}

static void add_reached(struct isolated_graph *g, struct node *n, const struct map *beside)
{
	struct node *target = node_target(n);

	if (!target || map_has(beside, n->location) || map_has(beside, target->location))
		return;
	if (n->is_link)
		add_workspace(g, target);
	else if (!node_is_project_root(n) && !node_is_workspace(n) && !n->inert)
		vec_add(&g->external, dep_of(g, n, false));
}

static void push_dependencies(struct isolated_graph *g, struct node *n, struct vec *stack)
{
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		struct node *to = ((struct edge *)i->value)->to;

		if (to && !isolated_bundles(n, to->name) && !node_should_omit(to, g->omit))
			vec_add(stack, to);
	}
}

/* In npm's order, the last one first: of packages that are one in the store the first that is met speaks for all. */
static void reach(struct isolated_graph *g)
{
	struct node *root = node_target(g->ideal->root);
	struct map beside, seen;
	struct vec stack;

	map_init(&beside, g->arena);
	map_init(&seen, g->arena);
	vec_init(&stack, g->arena);
	vec_add(&stack, root);
	for (size_t i = 0; i < root->fs_children.count; i++) {
		struct node *n = root->fs_children.items[i];

		map_put(&beside, n->location, n);
		vec_add(&stack, n);
		if (!n->flags.extraneous)
			add_workspace(g, n);
	}
	while (stack.count) {
		struct node *n = vec_pop(&stack);

		if (map_has(&seen, n->location))
			continue;
		map_put(&seen, n->location, n);
		push_dependencies(g, n, &stack);
		add_reached(g, n, &beside);
	}
}

static void declare(struct isolated_graph *g, const struct dep_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		map_put(&g->declared, list->items[i].name, g);
}

static void find_declared(struct isolated_graph *g)
{
	const struct manifest *m = node_target(g->ideal->root)->manifest;

	map_init(&g->declared, g->arena);
	declare(g, &m->dependencies);
	if (!(g->omit & OMIT_DEV))
		declare(g, &m->dev_dependencies);
	if (!(g->omit & OMIT_OPTIONAL))
		declare(g, &m->optional_dependencies);
	if (!(g->omit & OMIT_PEER))
		declare(g, &m->peer_dependencies);
}

void isolated_graph_make(struct isolated_graph *g, struct tree *ideal, unsigned omit)
{
	*g = (struct isolated_graph){.arena = ideal->arena, .ideal = ideal, .omit = omit};
	map_init(&g->locals, g->arena);
	map_init(&g->others, g->arena);
	vec_init(&g->queue, g->arena);
	vec_init(&g->workspaces, g->arena);
	vec_init(&g->external, g->arena);
	find_declared(g);
	g->root = dep_of(g, node_target(ideal->root), true);
	reach(g);
	while (g->queue.count)
		fill(g, vec_pop(&g->queue));
}
