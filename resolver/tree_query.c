/* SPDX-License-Identifier: MIT
 *
 * Questions about a node that depend on its edges: what bundles it, what it could replace.
 */
#include "base/arena.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/flags.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/overrides.h"
#include "resolver/semver.h"
#include "resolver/tree.h"
#include "resolver/tree_int.h"

static bool bundles(const struct node *n, const char *name)
{
	const struct text_list *list = &n->manifest->bundle_dependencies;

	for (size_t i = 0; i < list->count; i++)
		if (streq(list->items[i], name))
			return true;
	return false;
}

/* A bundler is always above: without one there the walk over all dependents is not worth it. */
static bool has_bundler_above(const struct node *n)
{
	for (n = n->parent; n; n = n->parent)
		if (n->manifest->bundle_dependencies.count)
			return true;
	return false;
}

static struct node *find_bundler(struct node *n, struct vec *path)
{
	struct node *bundler;

	if (vec_find(path, n) >= 0)
		return NULL;
	vec_add(path, n);
	if (!n->parent)
		return NULL;
	bundler = find_bundler(n->parent, path);
	if (bundler)
		return bundler;
	if (bundles(n->parent, n->name))
		return n->parent;
	for (size_t i = 0; i < n->edges_in.count; i++)
		if (find_bundler(VEC_AT(&n->edges_in, struct edge, i)->from, path) == n->parent)
			return n->parent;
	return NULL;
}

struct node *node_bundler(struct node *n)
{
	struct vec *path;
	struct node *bundler;

	if (!has_bundler_above(n))
		return NULL;
	path = tree_scratch(n->tree);
	bundler = find_bundler(n, path);
	tree_scratch_done(n->tree, path);
	return bundler;
}

bool node_in_bundle(struct node *n)
{
	return node_bundler(n) != NULL;
}

bool node_in_dep_bundle(struct node *n)
{
	struct node *bundler = node_bundler(n);

	return bundler && bundler != n->root;
}

bool node_satisfies(struct node *n, struct edge *e)
{
	return streq(n->name, e->name) && edge_satisfied_by(e, n);
}

static bool same_package(const struct node *a, const struct node *b)
{
	return node_package_name(a) && node_package_name(b) && streq(node_package_name(a), node_package_name(b)) &&
	       node_version(a)[0] && streq(node_version(a), node_version(b));
}

bool node_matches(struct node *a, struct node *b)
{
	const char *a_resolved, *b_resolved;

	if (a == b)
		return true;
	if (!streq(a->name, b->name))
		return false;
	if (a->is_link)
		return b->is_link && a->target && b->target && node_matches(a->target, b->target);
	if (node_is_project_root(a) && node_is_project_root(b))
		return streq(a->path, b->path);
	if (a->integrity && b->integrity)
		return streq(a->integrity, b->integrity);
	a_resolved = node_resolved(a);
	b_resolved = node_resolved(b);
	return a_resolved && b_resolved ? streq(a_resolved, b_resolved) : same_package(a, b);
}

static bool leads_elsewhere(struct edge *e, void *ctx)
{
	return e->to != ctx && edge_valid(e);
}

static bool overrides_agree(const struct node *old, const struct node *n)
{
	if (!old->edges_out.map.count)
		return true;
	if (!n->overrides)
		return !old->overrides;
	return override_equal(n->overrides, old->overrides);
}

/* A peer that is replaced together with old. */
static bool goes_along(const struct node *old, const struct edge *e, const struct name_map *ignore)
{
	return ignore && !node_is_top(old) && e->from->parent == old->parent && edge_is_peer(e) &&
	       name_map_find(ignore, e->from->name);
}

static bool dependents_accept(struct node *old, struct node *n, const struct name_map *ignore)
{
	struct vec *set = tree_scratch(old->tree);
	uint64_t in_set;
	bool ok = true;

	vec_add(set, old);
	in_set = gather_dep_set(set, leads_elsewhere, old);
	for (size_t i = 0; ok && i < old->edges_in.count; i++) {
		struct edge *e = VEC_AT(&old->edges_in, struct edge, i);

		if (!goes_along(old, e, ignore) && e->from->mark != in_set)
			ok = edge_satisfied_by(e, n);
	}
	tree_scratch_done(old->tree, set);
	return ok;
}

bool node_can_replace(struct node *n, struct node *old, const struct name_map *ignore_peers)
{
	const char *mine = node_package_name(n), *its = node_package_name(old);

	if (!streq(n->name, old->name) || !(mine == its || streq(mine, its)))
		return false;
	return overrides_agree(old, n) && dependents_accept(old, n, ignore_peers);
}

/* An override rule for just this version brought it here. */
bool node_overridden(struct node *n)
{
	if (!n->overrides || !n->overrides->value || !streq(n->overrides->name, n->name))
		return false;
	for (size_t i = 0; i < n->edges_in.count; i++) {
		const struct edge *e = VEC_AT(&n->edges_in, struct edge, i);
		const struct override_set *o = e->overrides;

		if (o && streq(o->name, n->name) && streq(o->value, node_version(n)) &&
		    !override_equal(o, e->from->overrides))
			return true;
	}
	return false;
}

bool node_can_dedupe(struct node *n, bool prefer_dedupe, bool explicit_request)
{
	struct node *above = node_resolve_parent(n);
	struct node *other;
	int order;

	if (node_in_dep_bundle(n))
		return false;
	above = above ? node_resolve_parent(above) : NULL;
	if (!above)
		return false;
	if (!n->edges_in.count)
		return true;
	other = node_resolve(above, n->name);
	if (!other)
		return false;
	if (node_matches(other, n))
		return true;
	if (!node_can_replace(other, n, NULL))
		return false;
	order = semver_compare_text(node_version(other), node_version(n), 0);
	if (prefer_dedupe || order == 0)
		return true;
	return (order > 0 && !node_overridden(n)) || explicit_request;
}

bool node_may_reach(const struct node *n, const char *path, const char *project)
{
	if (!n->parent || node_is_project_root(n) || cstr_starts(n->resolved, "file:"))
		return true;
	return path_is_in(path, project) || path_is_in(path, node_top((struct node *)n)->realpath);
}
