/* SPDX-License-Identifier: MIT */
#include "lockfile/virtual.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "lockfile/lockfile.h"
#include "lockfile/place.h"
#include "lockfile/resolved.h"
#include "lockfile/wspattern.h"
#include "resolver/flags.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

/* Loading under way. */
struct loader {
	struct arena *arena;
	struct tree *tree;
	struct lockfile *lock;
	const struct virtual_options *o;
	struct map nodes;	/* location to struct node, as in the lockfile; "" is the root */
};

static bool flag(const struct json *entry, const char *key)
{
	return json_truthy(json_find(entry, key));
}

static struct json *object_or_null(const struct json *entry, const char *key)
{
	struct json *v = json_find(entry, key);
	return json_is(v, JSON_OBJECT) ? v : NULL;
}

/* Names that the root has edges for and the lockfile has not accounted for yet. */
static void root_names(const struct node *root, struct map *names, struct arena *a)
{
	map_init(names, a);
	for (struct map_entry *i = map_first(&root->edges_out.map); i; i = map_next(&root->edges_out.map, i))
		map_put(names, ((struct edge *)i->value)->name, i->value);
}

/* Does root want `name` just like the lockfile says? Then it is accounted for. */
static bool edge_agrees(const struct node *root, struct map *names, enum edge_type type, const char *name,
			const char *spec)
{
	const struct edge *e = node_edge(root, name);
	if (!e || e->type != type || !streq(edge_spec(e), spec))
		return false;
	map_remove(names, name);
	return true;
}

static bool peer_is_optional(const struct json *entry, const char *name)
{
	return flag(json_find(json_find(entry, "peerDependenciesMeta"), name), "optional");
}

/* One dependency list of the lockfile's root entry against the edges. */
static bool list_agrees(const struct node *root, struct map *names, const struct json *entry, enum edge_type type)
{
	static const char *const keys[] = {
		[EDGE_PROD] = "dependencies", [EDGE_DEV] = "devDependencies", [EDGE_OPTIONAL] = "optionalDependencies",
		[EDGE_PEER] = "peerDependencies", [EDGE_PEER_OPTIONAL] = "peerDependencies",
	};
	const struct json *list = json_find(entry, keys[type]);
	if (!json_is(list, JSON_OBJECT))
		return true;
	for (uint32_t i = 0; i < list->count; i++) {
		const char *name = list->members[i].key;
		bool peer = type == EDGE_PEER || type == EDGE_PEER_OPTIONAL;
		if (peer && peer_is_optional(entry, name) != (type == EDGE_PEER_OPTIONAL))
			continue;
		if (type == EDGE_PROD && json_find(json_find(entry, "optionalDependencies"), name))
			continue;
		if (!edge_agrees(root, names, type, name, json_text(list->members[i].value)))
			return false;
	}
	return true;
}

/* Does package.json still say what the lockfile was made from? */
static bool root_agrees(struct loader *l, struct node *root)
{
	static const enum edge_type types[] = {EDGE_DEV, EDGE_OPTIONAL, EDGE_PEER, EDGE_PEER_OPTIONAL, EDGE_PROD};
	const struct json *entry = lockfile_entry(l->lock, "");
	struct map names;
	root_names(root, &names, l->arena);
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (!list_agrees(root, &names, entry, types[i]))
			return false;
	struct map *workspaces = ws_patterns_locked(l->arena, l->lock);
	for (struct map_entry *i = map_first(workspaces); i; i = map_next(workspaces, i)) {
		const char *spec = arena_printf(l->arena, "file:%s", (const char *)i->value);
		if (!edge_agrees(root, &names, EDGE_WORKSPACE, i->key, spec))
			return false;
	}
	return names.count == 0;
}

static struct node *load_node(struct loader *l, const char *location, struct json *entry)
{
	struct node *root = node_target(l->tree->root);
	const char *path = path_resolve(l->arena, root->realpath, location);
	const char *name = json_find_text(entry, "name");
	if (!name || !*name)
		json_put_text(l->arena, entry, "name", name_from_folder(l->arena, path));
	struct node_flags flags = {
		.extraneous = flag(entry, "extraneous"),
		.dev_optional = flag(entry, "devOptional") || flag(entry, "dev") || flag(entry, "optional"),
		.peer = flag(entry, "peer"),
		.optional = flag(entry, "optional"),
		.dev = flag(entry, "dev"),
	};
	struct node *n = node_make(l->tree, &(struct node_options){
		.path = path,
		.root = root,
		.manifest = manifest_from_json(l->arena, entry),
		.integrity = json_find_text(entry, "integrity"),
		.resolved = resolved_normal(l->arena, json_find_text(entry, "resolved"), l->lock->path, path, false),
		.flags = &flags,
		.install_links = l->o->install_links,
		.legacy_peer_deps = l->o->legacy_peer_deps,
	});
	n->patched = object_or_null(entry, "patched");
	n->extension = object_or_null(entry, "packageExtensionsApplied");
	n->npm_extension = object_or_null(entry, "npmExtensionApplied");
	return n;
}

static int missing_target(const char *target, const char *location, struct err *err)
{
	err_set(err, ERR_EMISSINGTARGET, "Missing target in lock file: \"%s\" is referenced by \"%s\" but does not exist.",
		target, location);
	err_note(err, "To fix:\n1. rm package-lock.json\n2. npm install");
	return -1;
}

static int load_link(struct loader *l, const char *location, const struct json *entry, struct err *err)
{
	const char *resolved = json_find_text(entry, "resolved");
	const char *target_path = path_resolve(l->arena, l->lock->path, resolved ? resolved : ".");
	const char *target_location = path_relative(l->arena, l->lock->path, target_path);
	struct node *target = resolved ? map_find(&l->nodes, target_location) : NULL;
	if (!target || target->is_link)
		return missing_target(resolved ? target_location : "", location, err);
	struct node_flags flags = target->flags;
	struct node *link = node_make(l->tree, &(struct node_options){
		.path = path_resolve(l->arena, l->lock->path, location),
		.realpath = target_path,
		.is_link = true,
		.target = target,
		.root = target->root,
		.manifest = target->manifest,
		.flags = &flags,
		.install_links = l->o->install_links,
		.legacy_peer_deps = l->o->legacy_peer_deps,
	});
	map_put(&l->nodes, location, link);
	if (target->parent || target == node_target(l->tree->root) || !l->o->read_manifest)
		return 0;
	struct manifest *m = l->o->read_manifest(target_path, l->o->ctx);
	if (m)
		node_set_manifest(target, m);
	return 0;
}

static int load_entries(struct loader *l, struct err *err)
{
	const struct json *packages = l->lock->packages;
	map_put(&l->nodes, "", node_target(l->tree->root));
	for (uint32_t i = 0; i < packages->count; i++) {
		const struct json_member *m = &packages->members[i];
		if (m->key[0] && !flag(m->value, "link"))
			map_put(&l->nodes, m->key, load_node(l, m->key, m->value));
	}
	for (uint32_t i = 0; i < packages->count; i++) {
		const struct json_member *m = &packages->members[i];
		if (m->key[0] && flag(m->value, "link") && load_link(l, m->key, m->value, err) < 0)
			return -1;
	}
	return 0;
}

/* v1 marks the bundled ones themselves; from v2 on it is their parent that lists them. */
static void assign_bundles(struct loader *l)
{
	for (struct map_entry *i = map_first(&l->nodes); i; i = map_next(&l->nodes, i)) {
		struct node *n = i->value, *parent = n->parent;
		if (!i->key[0] || !parent || !flag(n->manifest->raw, "inBundle"))
			continue;
		if (flag(parent->manifest->raw, "inBundle") || !node_edge(parent, n->name))
			continue;
		struct json *raw = parent->manifest->raw;
		struct json *list = json_find(raw, "bundleDependencies");
		if (!json_is(list, JSON_ARRAY)) {
			list = json_array(l->arena);
			json_put(l->arena, raw, "bundleDependencies", list);
		}
		/* A tree may have been made of this lockfile before. */
		if (!json_has_text(list, n->name))
			json_add(l->arena, list, json_string(l->arena, n->name));
		parent->manifest = manifest_from_json(l->arena, raw);
	}
}

static void mark_tree(struct tree *t, const struct lockfile *lf)
{
	t->lock_data = lf->data;
	t->lock_packages = lf->packages;
	t->loaded_from_disk = lf->loaded;
	t->original_lockfile_version = lf->original_version;
	t->ancient_lockfile = lf->ancient;
	t->hidden_lockfile = lf->hidden;
	t->package_extensions_hash = lf->package_extensions_hash;
	t->npm_extension_hash = lf->npm_extension_hash;
}

static void recalculate_flags(struct loader *l)
{
	struct node *root = node_target(l->tree->root);
	for (struct map_entry *i = map_first(&l->nodes); i; i = map_next(&l->nodes, i))
		if (i->value != root)
			node_reset_flags(i->value);
	flags_calc(root, !l->o->for_ideal);
}

int virtual_load(struct tree *t, struct lockfile *lf, const struct virtual_options *o, struct err *err)
{
	struct loader l = {.arena = t->arena, .tree = t, .lock = lf, .o = o};
	struct node *root = node_target(t->root);
	map_init(&l.nodes, t->arena);
	if (o->for_ideal)
		t->flags_suspect = true;
	else
		node_unset_flags(root);
	if (lf->loaded && !lf->ancient && !root_agrees(&l, root))
		t->flags_suspect = true;
	mark_tree(t, lf);
	if (load_entries(&l, err) < 0)
		return -1;
	if (lf->original_version < 2)
		assign_bundles(&l);
	if (t->flags_suspect)
		recalculate_flags(&l);
	return 0;
}
