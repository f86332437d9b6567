/* SPDX-License-Identifier: MIT
 *
 * Making nodes, and what a node says about itself without looking at edges.
 */
#include "base/arena.h"
#include "base/json.h"
#include "base/path.h"
#include "base/err.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/overrides.h"
#include "resolver/tree.h"
#include "resolver/tree_int.h"

#include <string.h>

static const struct node_flags all_flags = {true, true, true, true, true};

/* The last part of a path, with the scope before it. */
static const char *name_from_folder(struct arena *a, const char *dir)
{
	const char *base = path_base(dir);
	const char *scope = base > dir + 1 ? path_base(arena_strndup(a, dir, (size_t)(base - dir - 1))) : "";

	return scope[0] == '@' ? arena_printf(a, "%s/%s", scope, base) : base;
}

static const char *default_name(struct arena *a, const struct node_options *o, const struct manifest *m)
{
	const char *from = o->path ? o->path : m->name && m->name[0] ? m->name : o->realpath;
	const char *name = NULL;

	if (o->name && o->name[0])
		return o->name;
	if (from && from[0])
		name = name_from_folder(a, from);
	if (name && name[0])
		return name;
	return m->name ? m->name : "";
}

static void init_maps(struct node *n, struct arena *a)
{
	name_map_init(&n->children, a);
	name_map_init(&n->edges_out, a);
	vec_init(&n->fs_children, a);
	vec_init(&n->links_in, a);
	vec_init(&n->edges_in, a);
	vec_init(&n->tops, a);
	vec_init(&n->errors, a);
}

static void init_overrides(struct node *n, const struct node_options *o)
{
	const struct json *rules = n->manifest->raw ? json_find(n->manifest->raw, "overrides") : NULL;
	struct err err;

	err_clear(&err);
	n->overrides = o->overrides;
	if (n->overrides || !o->load_overrides || !json_is(rules, JSON_OBJECT) || !rules->count)
		return;
	n->overrides = override_set_make(n->tree->arena, rules, &err);
	if (!n->overrides)
		tree_fail(n->tree, &err);
}

static void init_fields(struct node *n, const struct node_options *o)
{
	struct arena *a = n->tree->arena;
	const struct json *raw = n->manifest->raw;

	n->name = default_name(a, o, n->manifest);
	n->path = o->path ? path_normal(a, o->path) : NULL;
	n->realpath = n->is_link ? path_normal(a, o->realpath ? o->realpath : o->target->path) : n->path;
	n->resolved = o->resolved ? o->resolved : json_find_text(raw, "_resolved");
	n->integrity = o->integrity ? o->integrity : json_find_text(raw, "_integrity");
	n->is_global = o->is_global;
	n->dummy = o->dummy;
	n->in_store = o->in_store;
	n->install_links = o->install_links;
	n->legacy_peer_deps = o->legacy_peer_deps;
	if (o->flags)
		n->flags = *o->flags;
	else if (!o->dummy)
		n->flags = all_flags;
	if (o->error)
		node_add_error(n, o->error);
}

/* A link's target: given, the root itself, or a node of its own with the same manifest. */
static void init_target(struct node *link, const struct node_options *o)
{
	struct node_options target = *o;

	if (o->target) {
		link_set_target(link, o->target);
		return;
	}
	if (link->root->path && streq(link->realpath, link->root->path)) {
		link_set_target(link, link->root);
		return;
	}
	target.is_link = false;
	target.path = link->realpath;
	target.parent = target.fs_parent = NULL;
	target.root = link->root;
	if (!link->target)
		link_set_target(link, node_make(link->tree, &target));
}

static struct node *root_for(const struct node_options *o)
{
	if (o->root || !o->is_link)
		return o->root;
	if (o->parent)
		return o->parent->root;
	if (o->fs_parent)
		return o->fs_parent->root;
	return o->target ? o->target->root : NULL;
}

struct node *node_make(struct tree *t, const struct node_options *o)
{
	struct node *n = ARENA_NEW(t->arena, struct node);

	n->tree = t;
	n->root = n;
	n->is_link = o->is_link;
	n->source = o->source;
	n->manifest = o->source ? o->source->manifest : o->manifest;
	if (!n->manifest)
		n->manifest = manifest_from_json(t->arena, json_object(t->arena));
	init_maps(n, t->arena);
	init_fields(n, o);
	init_overrides(n, o);
	node_set_parent(n, o->parent);
	node_set_fs_parent(n, o->fs_parent);
	if (!o->parent && !o->fs_parent)
		node_set_root(n, root_for(o));
	if (n->is_link)
		init_target(n, o);
	else
		node_load_deps(n);
	return n;
}

void tree_fail(struct tree *t, const struct err *e)
{
	if (t->failure)
		return;
	t->failure = ARENA_NEW(t->arena, struct err);
	*t->failure = *e;
}

void node_add_error(struct node *n, const struct err *e)
{
	struct err *copy;

	for (size_t i = 0; i < n->errors.count; i++) {
		const struct err *old = VEC_AT(&n->errors, struct err, i);

		if (old->code == e->code && streq(old->text, e->text))
			return;
	}
	copy = ARENA_NEW(n->tree->arena, struct err);
	*copy = *e;
	vec_add(&n->errors, copy);
}

void node_reset_flags(struct node *n)
{
	n->flags = all_flags;
}

void node_unset_flags(struct node *n)
{
	n->flags = (struct node_flags){0};
}

struct node *node_target(struct node *n)
{
	return n->is_link ? n->target : n;
}

struct node *node_child(const struct node *n, const char *name)
{
	return name_map_find(&n->children, name);
}

struct edge *node_edge(const struct node *n, const char *name)
{
	return name_map_find(&n->edges_out, name);
}

struct node *node_resolve_parent(const struct node *n)
{
	return n->parent ? n->parent : n->fs_parent;
}

struct node *node_resolve(const struct node *n, const char *name)
{
	struct str key = n ? str_from(name_map_key(&n->children, name)) : STR_NULL;
	uint32_t hash = n ? map_hash(key.ptr, key.len) : 0;

	for (; n; n = node_resolve_parent(n)) {
		struct node *mine = map_find_hashed(&n->children.map, key, hash);

		if (mine)
			return mine;
	}
	return NULL;
}

bool node_is_root(const struct node *n)
{
	return n->root == n;
}

bool node_is_project_root(const struct node *n)
{
	return n->root == n || (n->root->is_link && n->root->target == n);
}

bool node_is_global_top(const struct node *n)
{
	return n->root->is_global && n->parent && node_is_project_root(n->parent);
}

bool node_is_top(const struct node *n)
{
	return !n->parent || node_is_global_top(n);
}

struct node *node_top(struct node *n)
{
	while (!node_is_top(n))
		n = n->parent;
	return n;
}

int node_depth(const struct node *n)
{
	int depth = 0;

	for (; !node_is_top(n); n = n->parent)
		depth++;
	return depth;
}

bool node_is_descendant(const struct node *n, const struct node *of)
{
	for (; n; n = node_resolve_parent(n))
		if (n == of)
			return true;
	return false;
}

const char *node_package_name(const struct node *n)
{
	return n->manifest->name && n->manifest->name[0] ? n->manifest->name : NULL;
}

const char *node_version(const struct node *n)
{
	const struct node *at = n->is_link && n->target ? n->target : n;

	return at->manifest->version ? at->manifest->version : "";
}

bool node_is_workspace(const struct node *n)
{
	const char *name = node_package_name(n);
	const struct edge *e;

	if (node_is_project_root(n) || !name)
		return false;
	e = node_edge(n->root, name);
	return e && e->type == EDGE_WORKSPACE && e->to && (e->to == n || (e->to->is_link && e->to->target == n));
}

const char *node_resolved(const struct node *n)
{
	struct arena *a = n->tree->arena;

	if (!n->is_link)
		return n->resolved;
	if (!n->path || !n->realpath)
		return NULL;
	return arena_printf(a, "file:%s", path_relative(a, path_dir(a, n->path), n->realpath));
}

bool node_has_install_script(const struct node *n)
{
	return n->manifest->has_install_script;
}

const char *node_id(const struct node *n)
{
	const char *name = node_package_name(n);
	const char *mine = n->name;

	if (node_is_project_root(n) && name)
		mine = name;
	if (!node_is_project_root(n) && name && !streq(mine, name))
		return arena_printf(n->tree->arena, "%s@npm:%s@%s", mine, name, node_version(n));
	return arena_printf(n->tree->arena, "%s@%s", mine, node_version(n));
}

bool node_should_omit(struct node *n, unsigned omit)
{
	struct node *top;

	if (!omit)
		return false;
	top = node_top(n);
	if (!node_is_project_root(top) && !node_is_workspace(top))
		return false;
	return (n->flags.peer && (omit & OMIT_PEER)) || (n->flags.dev && (omit & OMIT_DEV)) ||
	       (n->flags.optional && (omit & OMIT_OPTIONAL)) ||
	       (n->flags.dev_optional && (omit & OMIT_OPTIONAL) && (omit & OMIT_DEV));
}
