/* SPDX-License-Identifier: MIT
 *
 * From a manifest to edges.
 */
#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"
#include "resolver/tree_int.h"

static void load_one(struct node *n, const struct dep *d, enum edge_type type)
{
	const struct dep *accept = dep_list_find(&n->manifest->accept_dependencies, d->name);
	const struct edge *current = node_edge(n, d->name);

	if (!current || current->type != EDGE_WORKSPACE)
		edge_make(n, type, d->name, d->spec, accept ? accept->spec : NULL);
}

static void load_list(struct node *n, const struct dep_list *list, enum edge_type type)
{
	for (size_t i = 0; i < list->count; i++)
		load_one(n, &list->items[i], type);
}

static void load_peers(struct node *n, bool optional)
{
	const struct dep_list *list = &n->manifest->peer_dependencies;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].optional == optional)
			load_one(n, &list->items[i], optional ? EDGE_PEER_OPTIONAL : EDGE_PEER);
}

/* Development dependencies count for what one works on, not for what is installed. */
static bool wants_dev(const struct node *n)
{
	const struct node *source = n->source;

	if (!node_is_top(n) || node_is_global_top(n) || !n->path || n->in_store)
		return false;
	return !source || (node_is_top(source) && !node_is_global_top(source) && source->path);
}

/* The order matters: of two kinds for one name the later wins. */
void node_load_deps(struct node *n)
{
	if (n->is_link)
		return;
	if (!n->legacy_peer_deps) {
		load_peers(n, false);
		load_peers(n, true);
	}
	load_list(n, &n->manifest->dependencies, EDGE_PROD);
	load_list(n, &n->manifest->optional_dependencies, EDGE_OPTIONAL);
	if (wants_dev(n))
		load_list(n, &n->manifest->dev_dependencies, EDGE_DEV);
}

static void load_workspaces(struct node *n)
{
	struct arena *a = n->tree->arena;

	if (!n->workspaces)
		return;
	for (struct map_entry *i = map_first(n->workspaces); i; i = map_next(n->workspaces, i))
		edge_make(n, EDGE_WORKSPACE, i->key, arena_printf(a, "file:%s", (const char *)i->value), NULL);
}

void node_set_workspaces(struct node *n, struct map *workspaces)
{
	struct map *old = n->workspaces;

	for (struct map_entry *i = old ? map_first(old) : NULL; i; i = map_next(old, i)) {
		struct edge *e = map_has(workspaces, i->key) ? NULL : node_edge(n, i->key);

		if (e)
			edge_detach(e);
	}
	n->workspaces = workspaces;
	load_workspaces(n);
	node_load_deps(n);
}

void node_set_manifest(struct node *n, struct manifest *m)
{
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i))
		edge_detach(i->value);
	n->explanation = NULL;
	n->manifest = m;
	n->version_cache = NULL;
	load_workspaces(n);
	node_load_deps(n);
	for (size_t i = 0; i < n->edges_in.count;) {
		struct edge *e = VEC_AT(&n->edges_in, struct edge, i);

		edge_reload(e, true);
		if (i < n->edges_in.count && n->edges_in.items[i] == e)
			i++;
	}
}
