/* SPDX-License-Identifier: MIT */
#include "install/settled.h"

#include "base/err.h"
#include "install/install.h"
#include "install/npmext.h"
#include "install/project.h"
#include "install/reify.h"
#include "lockfile/lockfile.h"
#include "resolver/diff.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

/* Something optional that the registry does not have: it is asked again, some day. */
static bool is_lacking(const struct edge *e)
{
	const struct err *why = e->to && e->to->inert && e->to->errors.count ? e->to->errors.items[0] : NULL;

	return e->type == EDGE_OPTIONAL && why && (why->code == ERR_ETARGET || why->code == ERR_E404);
}

/* An edge that does not hold is looked at again by every install. */
static bool all_hold(struct node *n, bool *lacking)
{
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		struct edge *e = i->value;

		if (e->to ? edge_valid(e) : e->type == EDGE_PEER_OPTIONAL)
			continue;
		if (!is_lacking(e))
			return false;
		*lacking = true;
	}
	return true;
}

bool settled_holds(const struct tree *t, bool *lacking)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;

		if (n->flags.extraneous || !all_hold(n, lacking))
			return false;
	}
	return true;
}

static bool has_bundles(const struct tree *t)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		const struct node *n = i->value;

		if (n->manifest->bundle_dependencies.count && !n->inert)
			return true;
	}
	return false;
}

/* The project's own code and what is asked of manifests has to be read each time; other tools' lockfiles are asked, too. */
static bool is_plain(struct arena *a, const struct install_options *o, const struct project *p)
{
	return !o->omit && !o->project.linked && !o->project.extension_file && !npmext_exists(a, o->project.path) &&
	       !p->yarn && p->lockfile->version < LOCKFILE_MAX_VERSION;
}

bool settled(const struct reify *r, const struct project *p, bool *lacking)
{
	*lacking = false;
	return !r->harmed && !r->ran && !r->left_out && !r->brings_modules && !r->was_due && !r->trash &&
	       !r->bundle_missing.count && r->diff && !r->diff->filtered.count && is_plain(r->arena, r->options, p) &&
	       !has_bundles(r->ideal) && settled_holds(r->ideal, lacking);
}
