/* SPDX-License-Identifier: MIT */
#include "install/actual.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/npmext.h"
#include "install/shared.h"
#include "install/project.h"
#include "lockfile/lockfile.h"
#include "lockfile/virtual.h"
#include "resolver/flags.h"
#include "resolver/inventory.h"
#include "resolver/isolated.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <string.h>

/* Reading the disk. */
struct disk {
	struct arena *arena;
	struct tree *tree;
	const struct project *project;
	struct map nodes;	/* path to struct node: every place once, whatever links lead there */
	struct map loaded;	/* real paths whose node_modules was read */
	struct map tops;	/* real paths that may lie in another package's folder */
	struct map ways;	/* see shared_ways() */
	struct map listings;	/* directory to struct map of names in its node_modules */
};

/* What projects share counts as lying in the project. */
static const char *real_path(const struct disk *d, const char *path)
{
	const char *real = fs_realpath(d->arena, path);
	return real ? shared_way(d->arena, &d->ways, real) : NULL;
}

/* What the lockfile remembers of where the package at this place came from, as long as it is the same version. */
static void remember_origin(const struct disk *d, struct node_options *o)
{
	const char *root = d->project->options.path;
	const char *location = path_relative(d->arena, root, o->path);
	const struct json *entry = lockfile_entry(d->project->on_disk, location);
	const char *version = json_find_text(entry, "version");
	const char *own = o->manifest ? o->manifest->version : NULL;
	if (!entry || (version && *version && own && *own && !streq(version, own)))
		return;
	const char *resolved = json_find_text(entry, "resolved");
	if (resolved && cstr_starts(resolved, "file:"))
		resolved = arena_printf(d->arena, "file:%s", path_resolve(d->arena, root, resolved + 5));
	if (resolved && *resolved)
		o->resolved = resolved;
	o->integrity = json_find_text(entry, "integrity");
}

/* In the store of install-strategy=linked: a package's own devDependencies are never there. */
static bool is_in_store(const struct disk *d, const char *path, const char *real)
{
	return strstr(real, "/" ISOLATED_STORE "/") && !streq(path, d->project->options.path);
}

static struct node *add_node(struct disk *d, struct node_options *o)
{
	o->install_links = d->project->options.install_links;
	o->legacy_peer_deps = d->project->options.legacy_peer_deps;
	o->in_store = is_in_store(d, o->path, o->path);
	remember_origin(d, o);
	if (!o->parent)
		map_put(&d->tops, o->path, d);
	return node_make(d->tree, o);
}

static void load_folder(struct disk *d, struct node *n);

/* A link, and unless something is known to be where it leads, its target. */
static struct node *add_link(struct disk *d, struct node_options *o)
{
	o->install_links = d->project->options.install_links;
	o->legacy_peer_deps = d->project->options.legacy_peer_deps;
	o->is_link = true;
	o->in_store = is_in_store(d, o->path, o->realpath);
	o->target = map_find(&d->nodes, o->realpath);
	map_put(&d->tops, o->realpath, d);
	bool known = o->target != NULL;
	struct node *link = node_make(d->tree, o);
	if (!known && link->target) {
		map_put(&d->nodes, o->realpath, link->target);
		load_folder(d, link->target);
	}
	return link;
}

/* The package at path; real is where it really is, NULL when it has to be looked up. */
static struct node *load_package(struct disk *d, const char *path, const char *real, struct node *parent)
{
	struct node *known = map_find(&d->nodes, path);
	if (known && !known->dummy) {
		if (parent)
			node_set_parent(known, parent);
		return known;
	}
	struct node_options o = {.path = path, .parent = parent, .root = node_target(d->tree->root)};
	struct err error = ERR_INIT;
	struct package_file file = {0};
	if (!real)
		real = real_path(d, path);
	if (!real) {
		err_set(&error, ERR_ENOENT, "no such file or directory '%s'", path);
		o.error = &error;
		return add_node(d, &o);
	}
	if (package_read(d->arena, real, &file, &error) < 0)
		o.error = &error;
	o.manifest = file.manifest;
	o.realpath = real;
	struct node *n = streq(path, real) ? add_node(d, &o) : add_link(d, &o);
	map_put(&d->nodes, path, n);
	return n;
}

/* Names in a node_modules folder, scopes opened; nothing that begins with a dot. */
static void list_packages(struct disk *d, const char *folder, struct vec *out)
{
	struct err ignored = ERR_INIT;
	struct vec names;
	vec_init(&names, d->arena);
	if (fs_list(d->arena, folder, &names, &ignored) < 0)
		return;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		struct vec scoped;
		if (name[0] != '@') {
			if (name[0] != '.')
				vec_add(out, (void *)name);
			continue;
		}
		vec_init(&scoped, d->arena);
		if (fs_list(d->arena, path_join(d->arena, folder, name), &scoped, &ignored) < 0)
			continue;
		for (size_t s = 0; s < scoped.count; s++)
			if (VEC_AT(&scoped, char, s)[0] != '.')
				vec_add(out, arena_printf(d->arena, "%s/%s", name, VEC_AT(&scoped, char, s)));
	}
}

/* Where a name in a folder really is; the folder's own real path is known, so most need one look. */
static const char *real_child(const struct disk *d, const char *real_folder, const char *name)
{
	const char *direct = path_join(d->arena, real_folder, name);
	const char *slash = strchr(name, '/');
	if (slash) {
		const char *scope = arena_strndup(d->arena, name, (size_t)(slash - name));
		if (fs_lstat(path_join(d->arena, real_folder, scope)).kind == FS_LINK)
			return real_path(d, direct);
	}
	return fs_lstat(direct).kind == FS_LINK ? real_path(d, direct) : direct;
}

/* Everything below a package: its node_modules, and theirs. */
static void load_folder(struct disk *d, struct node *n)
{
	if (n->is_link || map_has(&d->loaded, n->realpath))
		return;
	map_put(&d->loaded, n->realpath, n);
	const char *folder = path_join(d->arena, n->realpath, "node_modules");
	struct fs_stat st = fs_lstat(folder);
	const char *real = st.kind == FS_LINK ? fs_realpath(d->arena, folder) : folder;
	struct vec names, kids;
	vec_init(&names, d->arena);
	vec_init(&kids, d->arena);
	if (st.kind == FS_NONE || !real)
		return;
	list_packages(d, folder, &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *path = path_join(d->arena, folder, names.items[i]);
		vec_add(&kids, load_package(d, path, real_child(d, real, names.items[i]), n));
	}
	for (size_t i = 0; i < kids.count; i++)
		load_folder(d, kids.items[i]);
}

static const struct map *listing(struct disk *d, const char *dir)
{
	struct map *known = map_find(&d->listings, dir);
	if (known)
		return known;
	struct vec names;
	known = ARENA_NEW(d->arena, struct map);
	map_init(known, d->arena);
	map_put(&d->listings, dir, known);
	vec_init(&names, d->arena);
	list_packages(d, path_join(d->arena, dir, "node_modules"), &names);
	for (size_t i = 0; i < names.count; i++)
		map_put(known, names.items[i], d);
	return known;
}

/* `name` is in dir's node_modules: load it, unless dir is a package whose folder was read anyway. */
static void load_found(struct disk *d, const char *dir, const char *name)
{
	struct node *holder = map_find(&d->nodes, dir);
	if (!holder) {
		holder = node_make(d->tree, &(struct node_options){
			.path = dir, .root = node_target(d->tree->root), .dummy = true});
		map_put(&d->nodes, dir, holder);
	}
	const char *path = path_join(d->arena, path_join(d->arena, dir, "node_modules"), name);
	struct node *known = map_find(&d->nodes, path);
	if (!holder->dummy || (known && !known->dummy))
		return;
	load_folder(d, load_package(d, path, NULL, holder));
}

/* The nearest folder that holds both: how far up a link's target may look for its packages. */
static const char *common_dir(struct arena *a, const char *x, const char *y)
{
	while (!path_is_in(y, x))
		x = path_dir(a, x);
	return x;
}

static void find_missing_of(struct disk *d, struct node *n)
{
	const char *limit = common_dir(d->arena, n->realpath, d->project->options.path);
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		const struct edge *e = i->value;
		if (e->to && !e->to->dummy && e->to->parent == n)
			continue;
		const char *dir = path_dir(d->arena, n->realpath);
		while (path_is_in(dir, limit) && !map_has(listing(d, dir), e->name) && !streq(dir, "/"))
			dir = path_dir(d->arena, dir);
		if (path_is_in(dir, limit) && map_has(listing(d, dir), e->name))
			load_found(d, dir, e->name);
	}
}

/* What is found has dependencies too: until nothing new comes. */
static void find_missing(struct disk *d, struct node *root)
{
	struct map done;
	struct vec round;
	map_init(&done, d->arena);
	vec_init(&round, d->arena);
	do {
		vec_clear(&round);
		for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i))
			if (!map_has(&done, i->key))
				vec_add(&round, i->value);
		for (size_t i = 0; i < round.count; i++) {
			struct node *n = round.items[i];
			map_put(&done, n->location, n);
			find_missing_of(d, n);
		}
	} while (round.count);
}

/* Link targets outside node_modules that lie in another package's folder see that one's packages. */
static void set_fs_parents(struct disk *d)
{
	for (struct map_entry *i = map_first(&d->tops); i; i = map_next(&d->tops, i)) {
		struct node *n = map_find(&d->nodes, i->key);
		if (!n || n->parent || n->fs_parent || n == node_target(d->tree->root))
			continue;
		for (const char *dir = path_dir(d->arena, i->key); !streq(dir, "/"); dir = path_dir(d->arena, dir)) {
			struct node *above = map_find(&d->nodes, dir);
			if (!above)
				continue;
			node_set_fs_parent(n, above);
			break;
		}
	}
}

/* Nothing asks for what is installed globally, yet all of it is wanted. */
static void want_all_children(struct disk *d, struct node *root)
{
	struct json *raw = json_object(d->arena), *list = json_object(d->arena);
	for (struct map_entry *i = map_first(&root->children.map); i; i = map_next(&root->children.map, i)) {
		const struct node *kid = i->value;
		json_put_text(d->arena, list, kid->name,
			      kid->is_link ? arena_printf(d->arena, "file:%s", kid->realpath) : "*");
	}
	json_put(d->arena, raw, "dependencies", list);
	node_set_manifest(root, manifest_from_json(d->arena, raw));
}

/* As npm, only now: it makes all edges of the root anew, which shows in the order of dependents. */
static void set_workspaces(struct tree *t, const struct project *p)
{
	if (p->workspaces->count)
		node_set_workspaces(node_target(t->root), p->workspaces);
}

static bool is_declared(const struct manifest *m, const char *name)
{
	return dep_list_find(&m->dependencies, name) || dep_list_find(&m->dev_dependencies, name) ||
	       dep_list_find(&m->optional_dependencies, name) || dep_list_find(&m->peer_dependencies, name);
}

static struct node *fs_child_at(const struct node *root, const char *path)
{
	for (size_t i = 0; i < root->fs_children.count; i++) {
		struct node *n = root->fs_children.items[i];

		if (streq(n->path, path))
			return n;
	}
	return NULL;
}

/* With install-strategy=linked a workspace that the root does not itself depend on has no link on disk: it is thought of,
 * so that the root's edge leads to it. */
static void link_workspaces(struct tree *t, const struct project *p)
{
	struct node *root = node_target(t->root);
	for (struct map_entry *i = map_first(p->workspaces); p->options.linked && i; i = map_next(p->workspaces, i)) {
		if (is_declared(root->manifest, i->key) || node_child(root, i->key))
			continue;
		struct node *target = fs_child_at(root, i->value);
		if (target)
			node_make(t, &(struct node_options){
				.name = i->key,
				.path = path_join(t->arena, path_join(t->arena, root->path, "node_modules"), i->key),
				.realpath = target->realpath,
				.is_link = true,
				.target = target,
				.parent = root,
				.root = root,
			});
	}
}

static void load_workspaces(struct disk *d)
{
	struct map *workspaces = d->project->workspaces;
	set_workspaces(d->tree, d->project);
	for (struct map_entry *i = map_first(workspaces); i; i = map_next(workspaces, i))
		if (!map_has(&d->nodes, i->value))
			load_folder(d, load_package(d, i->value, NULL, NULL));
	link_workspaces(d->tree, d->project);
}

static void load_disk(struct disk *d, const struct actual_options *o)
{
	struct node *root = node_target(d->tree->root);
	map_init(&d->nodes, d->arena);
	map_init(&d->loaded, d->arena);
	map_init(&d->tops, d->arena);
	map_init(&d->listings, d->arena);
	shared_ways(d->arena, root->path, &d->ways);
	map_put(&d->nodes, root->path, root);
	load_folder(d, root);
	if (!d->project->options.global)
		load_workspaces(d);
	if (!o->ignore_missing)
		find_missing(d, root);
	set_fs_parents(d);
	if (d->project->options.global)
		want_all_children(d, root);
}

static struct manifest *read_target(const char *dir, void *ctx)
{
	struct err ignored = ERR_INIT;
	struct package_file file;
	return package_read(ctx, dir, &file, &ignored) < 0 ? NULL : file.manifest;
}

static void mark_store(struct tree *t)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		n->in_store = !n->is_link && cstr_starts(n->location, ISOLATED_STORE "/");
	}
}

/* True when the hidden lockfile told everything. */
static bool load_hidden(struct arena *a, struct tree *t, const struct project *p, struct err *err)
{
	struct lockfile *lf = hidden_lockfile_read(a, p->options.path);
	struct virtual_options o = {
		.read_manifest = read_target,
		.ctx = a,
		.install_links = p->options.install_links,
		.legacy_peer_deps = p->options.legacy_peer_deps,
	};
	if (!lf || virtual_load(t, lf, &o, err) < 0)
		return false;
	mark_store(t);
	set_workspaces(t, p);
	link_workspaces(t, p);
	return true;
}

/* The root without its workspaces. */
static struct tree *bare_root(struct arena *a, const struct project *p, struct err *err)
{
	struct project bare = *p;
	bare.workspaces = ARENA_NEW(a, struct map);
	map_init(bare.workspaces, a);
	return project_root(a, &bare, err);
}

static struct tree *finish(struct tree *t)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i))
		((struct node *)i->value)->flags.extraneous = true;
	flags_calc(t->root, true);
	tree_spread_overrides(t->root);
	return t;
}

struct tree *actual_load_hidden(struct arena *a, const struct project *p)
{
	struct err ignored = ERR_INIT;
	struct tree *t = p->options.global ? NULL : bare_root(a, p, &ignored);

	return t && load_hidden(a, t, p, &ignored) ? finish(t) : NULL;
}

struct tree *actual_load(struct arena *a, const struct project *p, const struct actual_options *o, struct err *err)
{
	struct disk d = {.arena = a, .project = p};
	struct tree *t = o->force_disk ? NULL : actual_load_hidden(a, p);

	if (t)
		return t;
	t = bare_root(a, p, err);
	if (!t)
		return NULL;
	d.tree = t;
	t->lock_packages = p->on_disk->packages;
	project_watch(p, t);
	load_disk(&d, o);
	if (!p->options.global && npmext_restore(t, &p->options, err) < 0)
		return NULL;
	return finish(t);
}
