/* SPDX-License-Identifier: MIT */
#include "install/laid.h"

#include "base/arena.h"
#include "base/path.h"
#include "base/str.h"
#include "cache/store.h"
#include "install/bins.h"
#include "install/reify.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <string.h>

#define MODULES "node_modules/"

/* Below the node_modules of the project; NULL: elsewhere. */
static const char *below_modules(const char *location)
{
	return cstr_starts(location, MODULES) ? location + strlen(MODULES) : NULL;
}

/* What does not say where it comes from is the registry's, too (omit-lockfile-registry-resolved). */
static bool is_of_registry(const struct place *p)
{
	return p->integrity && (!p->resolved || cstr_starts(p->resolved, "https://") || cstr_starts(p->resolved, "http://"));
}

static bool add_package(struct laid *out, const struct reify *r, struct place *p)
{
	const struct fetch_package *f = stage_fetched(p->reify, p->node);
	struct laid_package *l = ARENA_NEW(r->arena, struct laid_package);

	*l = (struct laid_package){below_modules(p->node->location), p->integrity, f && f->package ? f->package->n_entries : 0};
	vec_add(&out->packages, l);
	/* What it brings without saying so may be in the way of what else is to lie there. */
	if (l->weight && f->package->has_bundled && !p->node->manifest->bundle_dependencies.count)
		return false;
	return l->path && l->weight && is_of_registry(p) && !p->node->patched && !p->node->shared;
}

static void add_bins(struct laid *out, struct map *seen, const struct reify *r, const struct node *n)
{
	const char *modules = bins_node_modules(r->arena, n->location);
	const char *dir = streq(modules, "node_modules") ? ".bin" : path_join(r->arena, below_modules(modules), ".bin");

	if (map_has(seen, dir))
		return;
	map_put(seen, dir, out);
	vec_add(&out->bins, (char *)dir);
}

/* False: there is something that a package of a registry does not bring. */
static bool find_bins(struct laid *out, const struct reify *r)
{
	const struct node *root = node_target(r->ideal->root);
	struct map seen;

	map_init(&seen, r->arena);
	for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i)) {
		const struct node *n = i->value;

		if (n == root || n->inert)
			continue;
		if (n->is_link || !below_modules(n->location))
			return false;
		if (n->manifest->bin.count)
			add_bins(out, &seen, r, n);
	}
	return true;
}

const struct laid *laid_of(const struct reify *r)
{
	struct laid *out = ARENA_NEW(r->arena, struct laid);

	vec_init(&out->packages, r->arena);
	vec_init(&out->bins, r->arena);
	for (size_t i = 0; i < r->places.count; i++) {
		struct place *p = r->places.items[i];

		if (!p->dropped && !p->node->inert && !add_package(out, r, p))
			return NULL;
	}
	return out->packages.count && find_bins(out, r) ? out : NULL;
}
