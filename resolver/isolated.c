/* SPDX-License-Identifier: MIT */
#include "resolver/isolated.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/inventory.h"
#include "resolver/isolated_int.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <string.h>

struct maker {
	struct isolated_graph graph;
	struct arena *arena;
	struct tree *tree;
	struct node *root;
	struct map linked;		/* keys whose packages have their links */
	struct vec stack;		/* struct visit */
};

/* A package whose links are being made. */
struct visit {
	struct isolated_dep *dep;
	struct node *from;		/* NULL: it is not there, and has no links */
	const char *modules;		/* where its links go, relative to the project */
	size_t next;
};

const struct isolated *isolated_of(const struct node *n)
{
	return n->extra;
}

/* ---- nodes ---- */

static struct node *raw_node(struct maker *m, const char *location, struct manifest *manifest)
{
	struct node *n = ARENA_NEW(m->arena, struct node);
	struct isolated *i = ARENA_NEW(m->arena, struct isolated);

	n->tree = m->tree;
	n->root = m->root ? m->root : n;
	n->location = location;
	n->path = m->root ? path_join(m->arena, m->root->path, location) : location;
	n->realpath = n->path;
	n->manifest = manifest;
	n->extra = i;
	name_map_init(&n->children, m->arena);
	name_map_init(&n->edges_out, m->arena);
	vec_init(&n->fs_children, m->arena);
	vec_init(&n->links_in, m->arena);
	vec_init(&n->edges_in, m->arena);
	vec_init(&i->bins, m->arena);
	return n;
}

/* Of two at one place the later one counts; they lead to the same. */
static void add_child(struct maker *m, struct node *n)
{
	n->parent = m->root;
	name_map_put(&m->root->children, n->location, n);
	inventory_add(m->root->inventory, n);
}

static void add_edge(struct maker *m, struct node *from, struct node *to, const char *name, bool optional)
{
	struct edge *e = ARENA_NEW(m->arena, struct edge);

	*e = (struct edge){
		.from = from,
		.to = to,
		.name = name,
		.raw_spec = "",
		.type = optional ? EDGE_OPTIONAL : EDGE_PROD,
		.state = EDGE_OK,
	};
	name_map_put(&from->edges_out, name, e);
	vec_add(&to->edges_in, e);
}

static struct node *raw_link(struct maker *m, const char *location, const char *name, struct node *target)
{
	struct node *n = raw_node(m, location, target->manifest);

	n->name = name;
	n->is_link = true;
	n->target = target;
	n->realpath = target->path;
	n->source = target->source;
	return n;
}

/* ---- names that become folders ---- */

/* In the store nothing begins with a dot but what is ours; folders of the project may be called so. */
static bool is_folder_name(const char *s, bool local)
{
	const char *slash = strchr(s, '/');

	if (s[0] == '@' && slash && slash > s + 1)
		s = slash + 1;
	if (!s[0] || strchr(s, '/') || streq(s, ".") || streq(s, ".."))
		return false;
	return local || (s[0] != '.' && !streq(s, "node_modules"));
}

static int check_names(struct isolated_dep *d, struct err *err)
{
	const char *bad = !is_folder_name(d->name, d->is_local) ? d->name : NULL;

	if (!bad && !is_folder_name(d->package_name, d->is_local))
		bad = d->package_name;
	if (!bad && strchr(d->label + strlen(d->package_name), '/'))
		bad = d->label;
	if (!bad)
		return 0;
	return err_set(err, ERR_EINVALIDPACKAGENAME, "'%s' of '%s' cannot be the name of a folder", bad, d->node->location);
}

static int check_all_names(struct maker *m, struct err *err)
{
	const struct map *maps[] = {&m->graph.locals, &m->graph.others};

	for (size_t k = 0; k < ARRAY_LEN(maps); k++) {
		for (struct map_entry *i = map_first(maps[k]); i; i = map_next(maps[k], i))
			if (i->value != m->graph.root && check_names(i->value, err) < 0)
				return -1;
	}
	return 0;
}

/* ---- packages ---- */

static void add_workspace(struct maker *m, struct isolated_dep *d)
{
	const char *name = d->package_name;
	struct node *n = raw_node(m, d->node->location, d->manifest), *link;
	bool declared = map_has(&m->graph.declared, name);
	const char *under = declared ? "" : n->location;

	n->path = n->realpath = d->node->path;
	n->name = name;
	n->resolved = d->node->resolved;
	n->source = d->node;
	vec_add(&m->root->fs_children, n);
	inventory_add(m->root->inventory, n);
	link = raw_link(m, path_join(m->arena, path_join(m->arena, under, "node_modules"), name), name, n);
	((struct isolated *)link->extra)->undeclared = !declared;
	vec_add(&n->links_in, link);
	add_child(m, link);
}

/* npm knows it here only of what was resolved in this run, not of what came from a lockfile. It is but written down:
 * packages are checked against the resolved tree's. */
static const char *told_integrity(const struct node *n)
{
	return n->manifest->dist.integrity ? n->integrity : NULL;
}

static const char *store_folder(struct maker *m, struct isolated_dep *d)
{
	return arena_printf(m->arena, ISOLATED_STORE "/%s", isolated_key(&m->graph, d));
}

static const char *store_location(struct maker *m, struct isolated_dep *d)
{
	return arena_printf(m->arena, "%s/node_modules/%s", store_folder(m, d), d->package_name);
}

static void add_package(struct maker *m, struct isolated_dep *d)
{
	const char *location = store_location(m, d);
	struct node *n;

	if (name_map_find(&m->root->children, location))
		return;
	n = raw_node(m, location, d->manifest);
	n->name = d->package_name;
	n->in_store = true;
	n->flags.optional = d->node->flags.optional;
	n->resolved = d->node->resolved;
	n->source = d->node;
	n->integrity = told_integrity(d->node);
	n->patched = d->node->patched;
	((struct isolated *)n->extra)->store = store_folder(m, d);
	add_child(m, n);
}

/* ---- what the project bundles ---- */

static struct node *bundled_node(struct maker *m, struct node *of)
{
	struct node *n = inventory_find(m->root, of->location);

	if (n)
		return n;
	n = raw_node(m, of->location, isolated_manifest(m->arena, of));
	n->name = of->name;
	n->flags.optional = of->flags.optional;
	n->resolved = of->resolved;
	n->source = of;
	n->integrity = told_integrity(of);
	((struct isolated *)n->extra)->in_bundle = true;
	add_child(m, n);
	return n;
}

static void push_bundled(struct node *from, bool all, struct vec *stack)
{
	for (struct map_entry *i = map_first(&from->edges_out.map); i; i = map_next(&from->edges_out.map, i)) {
		struct edge *e = i->value;

		if (e->to && (all || isolated_bundles(from, e->to->name)))
			vec_add(stack, e);
	}
}

/* Packages that the project or a workspace bundles, with all they need, stay where they are. */
static void add_bundled(struct maker *m)
{
	struct node *root = node_target(m->graph.ideal->root);
	struct vec stack;
	struct map seen;

	vec_init(&stack, m->arena);
	map_init(&seen, m->arena);
	push_bundled(root, false, &stack);
	for (size_t i = 0; i < root->fs_children.count; i++)
		push_bundled(root->fs_children.items[i], false, &stack);
	while (stack.count) {
		struct edge *e = vec_pop(&stack);
		const char *key = arena_printf(m->arena, "%s=>%s", e->from->location, e->to->location);
		struct node *from = inventory_find(m->root, e->from->location), *to;

		if (map_has(&seen, key))
			continue;
		map_put(&seen, key, e);
		to = bundled_node(m, e->to);
		if (from)
			add_edge(m, from, to, to->name, false);
		push_bundled(e->to, true, &stack);
	}
}

/* ---- links ---- */

static void want_bins(struct maker *m, struct node *target, const struct isolated_dep *d, const char *modules)
{
	const struct bin_list *bin = &d->manifest->bin;

	for (size_t i = 0; i < bin->count; i++)
		vec_add(&((struct isolated *)target->extra)->bins,
			arena_printf(m->arena, "%s/%s/.bin/%s", m->root->path, modules, bin->items[i].name));
}

static void add_link(struct maker *m, const struct visit *v, struct isolated_dep *d, bool optional)
{
	const char *location = d->is_local ? d->node->location : store_location(m, d);
	struct node *target = inventory_find(m->root, location), *link;

	if (!target)
		return;
	want_bins(m, target, d, v->modules);
	link = raw_link(m, path_join(m->arena, v->modules, d->name), d->name, target);
	link->store_link = true;
	link->flags.optional = optional;
	((struct isolated *)link->extra)->owner = v->from->in_store ? v->from : NULL;
	add_edge(m, v->from, link, d->name, optional);
	add_edge(m, link, target, d->name, false);
	add_child(m, link);
}

static void begin(struct maker *m, struct isolated_dep *d)
{
	const char *key = isolated_key(&m->graph, d);
	struct visit *v;

	if (map_has(&m->linked, key))
		return;
	map_put(&m->linked, key, d);
	v = ARENA_NEW(m->arena, struct visit);
	v->dep = d;
	if (d->is_local) {
		v->from = inventory_find(m->root, d->node->location);
		v->modules = path_join(m->arena, d->node->location, "node_modules");
	} else {
		v->from = inventory_find(m->root, store_location(m, d));
		v->modules = arena_printf(m->arena, "%s/node_modules", store_folder(m, d));
	}
	if (v->from)
		vec_add(&m->stack, v);
}

/* Local ones, then those from the store, then optional ones; what each of them leads to comes before its own link. */
static struct isolated_dep *dep_at(const struct isolated_dep *d, size_t i, bool *optional)
{
	const struct vec *lists[] = {&d->local, &d->external, &d->optional};

	for (size_t k = 0; k < ARRAY_LEN(lists); k++) {
		*optional = k == 2;
		if (i < lists[k]->count)
			return lists[k]->items[i];
		i -= lists[k]->count;
	}
	return NULL;
}

static void link_from(struct maker *m, struct isolated_dep *start)
{
	begin(m, start);
	while (m->stack.count) {
		struct visit *v = m->stack.items[m->stack.count - 1];
		size_t depth = m->stack.count;
		bool optional;
		struct isolated_dep *d = dep_at(v->dep, v->next, &optional);

		if (!d) {
			vec_pop(&m->stack);
			continue;
		}
		begin(m, d);
		if (m->stack.count > depth)
			continue;
		add_link(m, v, d, optional);
		v->next++;
	}
}

/* ---- the whole ---- */

static void make_root(struct maker *m)
{
	struct node *of = node_target(m->graph.ideal->root);
	struct node *n = raw_node(m, of->path, m->graph.root->manifest);

	n->name = of->name;
	n->location = "";
	n->source = of;
	n->inventory = inventory_make(m->arena);
	m->root = m->tree->root = n;
	inventory_add(n->inventory, n);
}

struct tree *isolated_make(struct tree *ideal, unsigned omit, struct err *err)
{
	struct maker m = {.arena = ideal->arena};

	isolated_graph_make(&m.graph, ideal, omit);
	if (check_all_names(&m, err) < 0)
		return NULL;
	m.tree = tree_make(m.arena);
	map_init(&m.linked, m.arena);
	vec_init(&m.stack, m.arena);
	make_root(&m);
	for (size_t i = 0; i < m.graph.workspaces.count; i++)
		add_workspace(&m, m.graph.workspaces.items[i]);
	for (size_t i = 0; i < m.graph.external.count; i++)
		add_package(&m, m.graph.external.items[i]);
	add_bundled(&m);
	link_from(&m, m.graph.root);
	for (size_t i = 0; i < m.graph.workspaces.count; i++)
		link_from(&m, m.graph.workspaces.items[i]);
	return m.tree;
}
