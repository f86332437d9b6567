/* SPDX-License-Identifier: MIT */
#include "install/linked.h"

#include "base/arena.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/install.h"
#include "install/reify.h"
#include "install/shared.h"
#include "resolver/diff.h"
#include "resolver/inventory.h"
#include "resolver/isolated.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <string.h>

/* ---- only what was asked for ---- */

static void add_marked(struct vec *set, struct node *n)
{
	if (n->mark == n->tree->mark)
		return;
	n->mark = n->tree->mark;
	vec_add(set, n);
}

static void add_edges(struct vec *set, struct node *n)
{
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i))
		add_marked(set, ((struct edge *)i->value)->to);
}

static bool is_chosen(const struct ideal_options *o, const char *name)
{
	for (size_t i = 0; i < o->workspace_count; i++)
		if (streq(o->workspaces[i], name))
			return true;
	return false;
}

/* Marks what is to be touched: chosen workspaces or the root's own dependencies, with all they lead to. */
static bool mark_chosen(struct reify *r)
{
	const struct install_options *o = r->options;
	struct node *root = r->laid->root;
	struct vec set;

	if (!o->no_workspaces && !o->ideal.workspace_count)
		return false;
	vec_init(&set, r->arena);
	root->tree->mark++;
	for (size_t i = 0; !o->no_workspaces && i < root->fs_children.count; i++) {
		struct node *n = root->fs_children.items[i];

		if (is_chosen(&o->ideal, n->name))
			add_marked(&set, n->links_in.items[0]);
	}
	if (o->no_workspaces || o->ideal.include_workspace_root)
		add_edges(&set, root);
	for (size_t i = 0; i < set.count; i++) {
		struct node *n = set.items[i];

		if (n->is_link)
			add_marked(&set, n->target);
		add_edges(&set, node_target(n));
	}
	return true;
}

/* ---- what is missing ---- */

/* Does the link lead to where it has to? */
static bool leads_right(struct reify *r, const struct node *n)
{
	const char *there = fs_readlink(r->arena, n->path), *real;

	if (there && streq(path_resolve(r->arena, path_dir(r->arena, n->path), there), n->realpath))
		return fs_exists(n->realpath);
	real = fs_realpath(r->arena, n->path);
	return real && streq(real, fs_realpath(r->arena, n->realpath));
}

static bool has_bins(const struct reify *r, const struct node *n)
{
	const struct vec *bins = &isolated_of(n)->bins;

	for (size_t i = 0; r->options->lifecycle.bin_links && i < bins->count; i++)
		if (!fs_exists(bins->items[i]))
			return false;
	return true;
}

/* Its folder in the store is still a link to what others share, and is going to be the project's own. */
static bool is_shared_still(struct reify *r, const struct node *n)
{
	const char *store = n ? isolated_of(n)->store : NULL;

	return store && fs_lstat(path_join(r->arena, r->root, store)).kind == FS_LINK;
}

static enum diff_action action_of(struct reify *r, const struct node *n)
{
	const struct install_options *o = r->options;

	/* ci empties node_modules first. */
	if (o->ci && !o->dry_run)
		return DIFF_ADD;
	if (n->shared)
		return shared_stands(r, n) ? DIFF_NONE : DIFF_ADD;
	if (n->is_link ? !leads_right(r, n) : !fs_exists(n->path))
		return DIFF_ADD;
	if (is_shared_still(r, n->is_link ? isolated_of(n)->owner : n))
		return DIFF_ADD;
	return has_bins(r, n) ? DIFF_NONE : DIFF_CHANGE;
}

static struct diff *diff_node(struct reify *r, struct node *actual, struct node *ideal, enum diff_action action)
{
	struct diff *d = ARENA_NEW(r->arena, struct diff);

	*d = (struct diff){.actual = actual, .ideal = ideal, .action = action};
	vec_init(&d->children, r->arena);
	vec_init(&d->leaves, r->arena);
	vec_init(&d->unchanged, r->arena);
	vec_init(&d->removed, r->arena);
	return d;
}

static void add_to_do(struct reify *r, struct node *n, enum diff_action action)
{
	struct diff *d = diff_node(r, action == DIFF_ADD ? NULL : n, n, action);

	d->parent = r->diff;
	vec_add(&d->leaves, d);
	vec_add(&r->diff->children, d);
	vec_add(&r->diff->leaves, d);
}

void linked_add(struct reify *r, struct node *n)
{
	for (size_t i = 0; i < r->diff->children.count; i++)
		if (VEC_AT(&r->diff->children, struct diff, i)->ideal == n)
			return;
	add_to_do(r, n, DIFF_ADD);
}

/* Links in a directory that is shared are a part of it. */
static bool is_inside_shared(const struct node *n)
{
	return isolated_of(n)->owner && isolated_of(n)->owner->shared;
}

static void compare_all(struct reify *r)
{
	struct node *root = r->laid->root;
	bool filtered = mark_chosen(r);

	r->diff = diff_node(r, root, root, DIFF_NONE);
	for (struct map_entry *i = map_first(&root->children.map); i; i = map_next(&root->children.map, i)) {
		struct node *n = i->value;
		enum diff_action action;

		if ((filtered && n->mark != root->tree->mark) || is_inside_shared(n))
			continue;
		action = action_of(r, n);
		if (action == DIFF_NONE)
			vec_add(&r->diff->unchanged, n);
		else
			add_to_do(r, n, action);
	}
}

int linked_compare(struct reify *r, struct err *err)
{
	r->laid = isolated_make(r->ideal, r->options->omit, err);
	if (!r->laid)
		return -1;
	shared_plan(r);
	compare_all(r);
	return 0;
}

/* ---- what has to go ---- */

/* One node_modules folder and what belongs there. */
struct folder {
	const char *path;
	struct map valid;	/* names */
	struct map bins;
};

struct sweep {
	struct reify *reify;
	struct map folders;	/* struct folder by path */
	struct map keys;	/* folders in the store */
};

static struct folder *folder_at(struct sweep *s, const char *path)
{
	struct folder *f = map_find(&s->folders, path);

	if (f)
		return f;
	f = ARENA_NEW(s->reify->arena, struct folder);
	f->path = path;
	map_init(&f->valid, s->reify->arena);
	map_init(&f->bins, s->reify->arena);
	map_put(&s->folders, path, f);
	return f;
}

static const char *modules_of(struct sweep *s, const char *dir)
{
	return path_join(s->reify->arena, dir, "node_modules");
}

/* Where a child lies: the innermost node_modules of its location, and what it is called there. */
static void add_valid(struct sweep *s, struct node *n)
{
	struct arena *a = s->reify->arena;
	const char *name = n->location, *at, *slash;
	struct folder *f;

	while ((at = strstr(name, "node_modules/")) && (at == name || at[-1] == '/'))
		name = at + strlen("node_modules/");
	f = folder_at(s, path_resolve(a, s->reify->root, arena_strndup(a, n->location, (size_t)(name - n->location) - 1)));
	slash = strchr(name, '/');
	if (slash && name[0] == '@')
		slash = strchr(slash + 1, '/');
	map_put(&f->valid, slash ? arena_strndup(a, name, (size_t)(slash - name)) : name, n);
	for (size_t i = 0; i < n->manifest->bin.count; i++)
		map_put(&f->bins, n->manifest->bin.items[i].name, n);
}

static bool in_scope(const struct reify *r, const struct node *workspace)
{
	const struct ideal_options *o = &r->options->ideal;

	return !o->workspace_count || is_chosen(o, workspace->name);
}

static bool root_in_scope(const struct reify *r)
{
	return !r->options->ideal.workspace_count || r->options->ideal.include_workspace_root;
}

static void plan(struct sweep *s)
{
	struct reify *r = s->reify;
	struct node *root = r->laid->root;

	folder_at(s, modules_of(s, r->root));
	for (size_t i = 0; i < root->fs_children.count; i++)
		folder_at(s, modules_of(s, VEC_AT(&root->fs_children, struct node, i)->path));
	for (struct map_entry *i = map_first(&root->children.map); i; i = map_next(&root->children.map, i)) {
		struct node *n = i->value;
		const struct isolated *of = isolated_of(n);

		if (of->store)
			map_put(&s->keys, of->store, n);
		else if (!of->undeclared && !cstr_starts(n->location, ISOLATED_STORE "/"))
			add_valid(s, n);
	}
	for (size_t i = 0; i < root->fs_children.count; i++) {
		struct node *n = root->fs_children.items[i];

		if (!in_scope(r, n))
			map_remove(&s->folders, modules_of(s, n->path));
	}
	if (!root_in_scope(r))
		map_remove(&s->folders, modules_of(s, r->root));
}

/* Names in a folder, scopes opened. */
static int list_scoped(struct arena *a, const char *dir, struct vec *out, struct err *err)
{
	struct vec names, scoped;

	vec_init(out, a);
	if (fs_lstat(dir).kind != FS_DIR)
		return 0;
	if (fs_list(a, dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		const char *path = arena_printf(a, "%s/%s", dir, name);

		if (name[0] != '@') {
			vec_add(out, (char *)name);
			continue;
		}
		if (fs_lstat(path).kind != FS_DIR)
			continue;
		if (fs_list(a, path, &scoped, err) < 0)
			return -1;
		for (size_t k = 0; k < scoped.count; k++)
			vec_add(out, arena_printf(a, "%s/%s", name, VEC_AT(&scoped, char, k)));
	}
	return 0;
}

/* A scope's folder goes with the last one in it. */
static int retire_named(struct sweep *s, const char *dir, const char *name, struct err *err)
{
	struct arena *a = s->reify->arena;
	const char *slash = strchr(name, '/');
	const char *scope = slash ? arena_printf(a, "%s/%.*s", dir, (int)(slash - name), name) : NULL;
	struct vec left;

	if (place_retire(s->reify, arena_printf(a, "%s/%s", dir, name), err) < 0)
		return -1;
	if (!scope)
		return 0;
	if (fs_list(a, scope, &left, err) < 0)
		return -1;
	return left.count ? 0 : place_retire(s->reify, scope, err);
}

static int sweep_store(struct sweep *s, struct err *err)
{
	struct arena *a = s->reify->arena;
	const char *store = arena_printf(a, "%s/" ISOLATED_STORE, s->reify->root);
	struct vec names;

	if (list_scoped(a, store, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];

		if (!map_has(&s->keys, arena_printf(a, ISOLATED_STORE "/%s", name)) &&
			retire_named(s, store, name, err) < 0)
			return -1;
	}
	return 0;
}

/* A link into the project, or a package: npm's own. What else lies there is not ours to take. */
static bool is_stale(struct sweep *s, const char *path)
{
	struct arena *a = s->reify->arena;
	enum fs_kind kind = fs_lstat(path).kind;
	const char *to;

	if (kind == FS_DIR)
		return fs_exists(arena_printf(a, "%s/package.json", path));
	to = kind == FS_LINK ? fs_readlink(a, path) : NULL;
	to = to ? path_resolve(a, path_dir(a, path), to) : NULL;
	return to && path_is_in(to, s->reify->root) && !streq(to, s->reify->root);
}

static int sweep_packages(struct sweep *s, const struct folder *f, struct err *err)
{
	struct arena *a = s->reify->arena;
	struct vec names;

	if (list_scoped(a, f->path, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];

		if (name[0] != '.' && !map_has(&f->valid, name) && is_stale(s, arena_printf(a, "%s/%s", f->path, name)) &&
			retire_named(s, f->path, name, err) < 0)
			return -1;
	}
	return 0;
}

static int sweep_bins(struct sweep *s, const struct folder *f, struct err *err)
{
	struct arena *a = s->reify->arena;
	const char *dir = arena_printf(a, "%s/.bin", f->path);
	struct vec names;

	if (fs_lstat(dir).kind != FS_DIR)
		return 0;
	if (fs_list(a, dir, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		const char *path = arena_printf(a, "%s/%s", dir, VEC_AT(&names, char, i));

		if ((!map_has(&f->bins, names.items[i]) || !fs_exists(path)) && place_retire(s->reify, path, err) < 0)
			return -1;
	}
	return 0;
}

int linked_sweep(struct reify *r, struct err *err)
{
	struct sweep s = {.reify = r};

	map_init(&s.folders, r->arena);
	map_init(&s.keys, r->arena);
	plan(&s);
	if (sweep_store(&s, err) < 0)
		return -1;
	for (struct map_entry *i = map_first(&s.folders); i; i = map_next(&s.folders, i))
		if (sweep_packages(&s, i->value, err) < 0 || sweep_bins(&s, i->value, err) < 0)
			return -1;
	return 0;
}

static bool lives_in_store(const struct node *n)
{
	const struct node *at = n->is_link && n->target ? n->target : n;

	return cstr_starts(at->location, ISOLATED_STORE "/");
}

void linked_forget(struct tree *t)
{
	struct vec stored;

	vec_init(&stored, t->arena);
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i))
		if (lives_in_store(i->value))
			vec_add(&stored, i->value);
	for (size_t i = 0; i < stored.count; i++)
		node_set_root(stored.items[i], NULL);
}

int linked_leave(struct reify *r, struct err *err)
{
	const struct install_options *o = r->options;

	if (o->project.global || o->no_workspaces || o->ideal.workspace_count)
		return 0;
	return place_retire(r, arena_printf(r->arena, "%s/" ISOLATED_STORE, r->root), err);
}
