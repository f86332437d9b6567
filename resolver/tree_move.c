/* SPDX-License-Identifier: MIT
 *
 * Moving nodes: between roots, under parents, over others. The order of the steps is npm's; the inventory, the
 * parents and the edges agree again only at the end of node_set_root.
 */
#include "base/arena.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"
#include "resolver/tree_int.h"

#include <string.h>

struct inventory *root_inventory(struct node *root)
{
	if (!root->inventory) {
		root->inventory = inventory_make(root->tree->arena);
		if (root->path && root->location)
			inventory_add(root->inventory, root);
	}
	return root->inventory;
}

void node_delist(struct node *n)
{
	struct node *root = n->root;

	n->tree->queue_moved |= n->queued;
	if (!root->realpath || !n->path)
		return;
	if (root->inventory)
		inventory_delete(root->inventory, n);
	vec_remove(&root->tops, n);
}

/* Nearly every path is below the root; only the others need real work. */
static const char *location_of(struct node *root, const char *path)
{
	size_t len = strlen(root->realpath);

	if (strncmp(path, root->realpath, len) == 0 && path[len] == '/')
		return path + len + 1;
	if (strcmp(path, root->realpath) == 0)
		return "";
	return path_relative(root->tree->arena, root->realpath, path);
}

/* A root that is alone has no inventory: most nodes are alone for a moment only. */
void node_relist(struct node *n)
{
	n->location = location_of(n->root, n->path);
	if (n->root != n || n->inventory)
		inventory_add(root_inventory(n->root), n);
}

/* The package name a path ends in, when it is directly in a node_modules folder; borrowed. */
static const char *name_in_node_modules(const char *path)
{
	const char *base = path_base(path);
	const char *from = base;

	if (base > path + 1) {
		const char *slash = base - 2;

		while (slash > path && *slash != '/')
			slash--;
		if (slash[0] == '/' && slash[1] == '@')
			from = slash + 1;
	}
	if (from == path)
		return NULL;
	if ((size_t)(from - path) < strlen("node_modules/") ||
	    strncmp(from - strlen("node_modules/"), "node_modules/", strlen("node_modules/")) != 0)
		return NULL;
	return from - path == (ptrdiff_t)strlen("node_modules/") || from[-(ptrdiff_t)strlen("node_modules/") - 1] == '/' ?
		from : NULL;
}

/* n->path becomes path, with everything below it. */
static void change_path(struct node *n, const char *path)
{
	struct arena *a = n->tree->arena;
	const char *old = n->path;
	const char *name = name_in_node_modules(path);

	node_delist(n);
	n->path = path;
	if (name && !streq(n->name, name))
		n->name = name;
	if (!n->is_link) {
		n->realpath = path;
		for (size_t i = 0; i < n->links_in.count; i++) {
			struct node *link = VEC_AT(&n->links_in, struct node, i);

			node_delist(link);
			link->realpath = path;
			node_relist(link);
		}
	}
	for (size_t i = 0; i < n->fs_children.count; i++) {
		struct node *child = VEC_AT(&n->fs_children, struct node, i);

		change_path(child, path_resolve(a, path, path_relative(a, old, child->path)));
	}
	for (struct map_entry *c = map_first(&n->children.map); c; c = map_next(&n->children.map, c)) {
		struct node *child = c->value;

		change_path(child, arena_printf(a, "%s/node_modules/%s", path, child->name));
	}
	node_relist(n);
}

static void break_links(struct node *n)
{
	for (size_t i = 0; i < n->links_in.count; i++)
		VEC_AT(&n->links_in, struct node, i)->target = NULL;
	vec_clear(&n->links_in);
}

/* The link has no target for the time being; what it was. */
static struct node *break_target(struct node *link)
{
	struct node *target = link->target;

	if (target) {
		vec_remove(&target->links_in, link);
		if (target->root == link)
			node_delist(target);
	}
	link->target = NULL;
	return target;
}

static void leave_parents(struct node *n, struct node *root)
{
	if (n->parent && n->parent->root != root) {
		name_map_remove(&n->parent->children, n->name);
		n->parent = NULL;
	}
	if (n->fs_parent && n->fs_parent->root != root) {
		vec_remove(&n->fs_parent->fs_children, n);
		n->fs_parent = NULL;
	}
}

static void become_child(struct node *n, struct node *parent)
{
	struct node *old = node_child(parent, n->name);

	if (old && old != n)
		node_set_root(old, NULL);
	if (n->parent) {
		struct node *before = n->parent;

		name_map_remove(&before->children, n->name);
		node_reload_named(before, n->name);
	}
	name_map_put(&parent->children, n->name, n);
	n->parent = parent;
	/* a link has no target yet: find_same_place sees to it */
	if (!n->is_link)
		node_reload_named(parent, n->name);
}

static void become_fs_child(struct node *n, struct node *parent)
{
	if (n->fs_parent)
		vec_remove(&n->fs_parent->fs_children, n);
	if (vec_find(&parent->fs_children, n) < 0)
		vec_add(&parent->fs_children, n);
	n->fs_parent = parent;
}

static bool is_child_location(const char *parent_location, const struct node *child)
{
	size_t len = strlen(parent_location);
	const char *rest = child->location;

	if (len) {
		if (strncmp(rest, parent_location, len) != 0 || rest[len] != '/')
			return false;
		rest += len + 1;
	}
	return cstr_starts(rest, "node_modules/") && streq(rest + strlen("node_modules/"), child->name);
}

/* The nearest directory above n that is a node of root's becomes its parent. */
static void find_parent(struct node *n, struct node *root)
{
	struct arena *a = root->tree->arena;

	for (const char *p = path_dir(a, n->path), *last = NULL; !last || !streq(p, last); last = p, p = path_dir(a, p)) {
		const char *loc = location_of(root, p);
		struct node *parent = streq(p, n->path) ? NULL : inventory_find(root, loc);

		if (!parent || parent->is_link)
			continue;
		if (is_child_location(loc, n))
			become_child(n, parent);
		else
			become_fs_child(n, parent);
		return;
	}
}

/* Where a directory's parent begins with this text: npm compares text and not path parts. */
static bool dir_starts(struct arena *a, const char *path, const char *prefix)
{
	return cstr_starts(path_dir(a, path), prefix);
}

static bool should_be_fs_child(struct node *child, struct node *n)
{
	struct arena *a = n->tree->arena;

	return child != n && !child->parent && dir_starts(a, child->path, n->path) &&
	       (!child->fs_parent || child->fs_parent == n || dir_starts(a, n->path, child->fs_parent->path));
}

/* One of root's top nodes: is it below n, which came later? */
static void adopt(struct node *n, struct node *root, struct node *child)
{
	bool is_child = is_child_location(n->location, child);

	if (!is_child && !should_be_fs_child(child, n))
		return;
	if (n->is_link) {
		node_set_root(child, NULL);
		return;
	}
	if (child->fs_parent)
		vec_remove(&child->fs_parent->fs_children, child);
	child->fs_parent = NULL;
	if (is_child) {
		name_map_put(&n->children, child->name, child);
		child->parent = n;
		vec_remove(&root->tops, child);
	} else {
		vec_add(&n->fs_children, child);
		child->fs_parent = n;
	}
}

static void adopt_tops(struct node *n, struct node *root)
{
	for (size_t i = 0; i < root->tops.count;) {
		struct node *child = VEC_AT(&root->tops, struct node, i);

		adopt(n, root, child);
		if (i < root->tops.count && root->tops.items[i] == child)
			i++;
	}
}

static void join(struct node *link, struct node *target)
{
	link->target = target;
	link->manifest = target->manifest;
	if (vec_find(&target->links_in, link) < 0)
		vec_add(&target->links_in, link);
	if (link->parent)
		node_reload_named(link->parent, link->name);
}

/* Links to n, or what the link n points at: whatever has the same real path. */
static void find_same_place(struct node *n, struct node *root)
{
	const struct vec *same = inventory_at_realpath(root, n->realpath);

	for (size_t i = 0; same && i < same->count; i++) {
		struct node *other = VEC_AT(same, struct node, i);

		if (other == n)
			continue;
		if (n->is_link) {
			struct node *target = node_target(other);

			if (target)
				join(n, target);
			return;
		}
		if (other->is_link)
			join(other, n);
	}
}

static void attach(struct node *n, struct node *root)
{
	struct node *current;

	root_inventory(root);
	current = inventory_find(root, location_of(root, n->path));
	if (current)
		node_set_root(current, NULL);
	n->root = root;
	node_relist(n);
	find_parent(n, root);
	vec_remove(&root->tops, n);
	if (!n->parent)
		vec_add(&root->tops, n);
	adopt_tops(n, root);
	find_same_place(n, root);
}

static void reload_edges(struct node *n, struct node *root)
{
	for (size_t i = 0; i < n->edges_in.count;) {
		struct edge *e = VEC_AT(&n->edges_in, struct edge, i);

		if (e->from->root != root)
			edge_reload(e, false);
		if (i < n->edges_in.count && n->edges_in.items[i] == e)
			i++;
	}
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		struct edge *e = i->value;

		if (!e->to || e->to->root != root)
			edge_reload(e, false);
	}
}

/* Each once. No marks: n is in another tree by now than they are. */
static void collect_family(struct node *n, struct vec *family)
{
	for (size_t i = 0; i < n->fs_children.count; i++)
		vec_add(family, n->fs_children.items[i]);
	for (struct map_entry *i = map_first(&n->children.map); i; i = map_next(&n->children.map, i))
		vec_add(family, i->value);
	for (struct map_entry *i = inventory_first(n); i; i = inventory_next(n, i)) {
		struct node *other = i->value;

		if (other != n && other->parent != n && other->fs_parent != n)
			vec_add(family, other);
	}
}

/* Everything that was under n or in its inventory comes along. */
static void move_family(struct node *n, struct node *root)
{
	struct vec *family = tree_scratch(n->tree);

	collect_family(n, family);
	n->tree->moving += family->count > 0;
	for (size_t i = 0; i < family->count; i++) {
		struct node *child = family->items[i];

		if (child->root == root)
			continue;
		node_delist(child);
		child->parent = NULL;
		name_map_remove(&n->children, child->name);
		child->fs_parent = NULL;
		vec_remove(&n->fs_children, child);
		break_links(child);
	}
	for (size_t i = 0; i < family->count; i++) {
		struct node *child = family->items[i];

		if (child->root != root)
			node_set_root(child, root);
	}
	n->tree->moving -= family->count > 0;
	tree_scratch_done(n->tree, family);
}

void node_set_root(struct node *n, struct node *root)
{
	struct node *target = NULL;

	while (root && root->root != root)
		root = root->root;
	if (!root)
		root = n;
	node_delist(n);
	if (!n->path || !root->realpath || !root->path) {
		n->root = root;
		return;
	}
	node_change_tree(n, root->tree);
	n->root = n;
	break_links(n);
	if (n->is_link)
		target = break_target(n);
	leave_parents(n, root);
	if (root == n)
		node_relist(n);
	else
		attach(n, root);
	reload_edges(n, root);
	move_family(n, root);
	if (target && !n->target && root != n)
		node_set_root(target, root);
}

static void forget_parents(struct node *n)
{
	if (n->parent) {
		name_map_remove(&n->parent->children, n->name);
		n->parent = NULL;
	}
	if (n->fs_parent) {
		vec_remove(&n->fs_parent->fs_children, n);
		n->fs_parent = NULL;
	}
}

void node_set_parent(struct node *n, struct node *parent)
{
	const char *path;

	if (!parent) {
		if (n->parent)
			node_set_root(n, NULL);
		return;
	}
	if (parent->is_link)
		parent = parent->target;
	if (n == parent || n->parent == parent)
		return;
	path = path_join(n->tree->arena, parent->path, arena_printf(n->tree->arena, "node_modules/%s", n->name));
	forget_parents(n);
	if (!n->path || !streq(path, n->path))
		change_path(n, path);
	node_set_root(n, parent->root);
}

void node_set_fs_parent(struct node *n, struct node *fs_parent)
{
	struct arena *a = n->tree->arena;
	struct node *old_parent = n->parent;
	const char *old_name = n->name;
	const char *path;

	if (!fs_parent) {
		if (n->fs_parent)
			node_set_root(n, NULL);
		return;
	}
	if (fs_parent->is_link)
		fs_parent = fs_parent->target;
	if (n == fs_parent || streq(fs_parent->realpath, n->realpath) || n->fs_parent == fs_parent)
		return;
	path = n->fs_parent ? path_resolve(a, fs_parent->path, path_relative(a, n->fs_parent->path, n->path)) : n->path;
	if (streq(path, path_join(a, fs_parent->path, arena_printf(a, "node_modules/%s", n->name)))) {
		node_set_parent(n, fs_parent);
		return;
	}
	forget_parents(n);
	if (!streq(path, n->path))
		change_path(n, path);
	if (old_parent)
		node_reload_named(old_parent, old_name);
	node_set_root(n, fs_parent->root);
}

void node_replace(struct node *n, struct node *old)
{
	struct vec *kids = tree_scratch(n->tree);

	node_delist(n);
	if (old->parent && node_child(old->parent, n->name) == old) {
		n->path = path_join(n->tree->arena, old->parent->path,
				    arena_printf(n->tree->arena, "node_modules/%s", n->name));
	} else {
		n->path = old->path;
		n->name = old->name;
	}
	if (!n->is_link)
		n->realpath = n->path;
	node_relist(n);
	for (struct map_entry *i = map_first(&old->children.map); i; i = map_next(&old->children.map, i))
		vec_add(kids, i->value);
	for (size_t i = 0; !n->is_link && i < kids->count; i++)
		node_set_parent(kids->items[i], n);
	tree_scratch_done(n->tree, kids);
	if (!n->is_link && old->is_link && old->target)
		node_set_root(old->target, NULL);
	if (!node_is_root(old))
		node_set_root(n, old->root);
}

/* A link made before it has a place: its target decides where it points. */
static void join_unplaced(struct node *link, struct node *target)
{
	if (target->path)
		link->realpath = target->path;
	else
		target->path = target->realpath = link->realpath;
	node_set_root(target, link->root);
	link->target = target;
	if (vec_find(&target->links_in, link) < 0)
		vec_add(&target->links_in, link);
	node_set_manifest(link, target->manifest);
}

void link_set_target(struct node *link, struct node *target)
{
	if (target == link->target)
		return;
	if (!target) {
		vec_remove(&link->target->links_in, link);
		if (link->path)
			node_delist(link);
		link->target = NULL;
		if (link->path)
			node_relist(link);
		return;
	}
	if (!link->path) {
		join_unplaced(link, target);
		return;
	}
	node_delist(link);
	node_set_manifest(link, target->manifest);
	link->realpath = target->path;
	node_relist(link);
	node_set_root(target, link->root);
}
