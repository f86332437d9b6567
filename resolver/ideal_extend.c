/* SPDX-License-Identifier: MIT
 *
 * The project's packageExtensions and .npm-extension: what they make of a manifest, and of what the lockfile already has.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/ideal_int.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/pkgext.h"

static void forget(struct ideal *id, struct node *n)
{
	for (size_t k = 0; k < n->edges_in.count; k++)
		ideal_queue(id, VEC_AT(&n->edges_in, struct edge, k)->from);
	node_set_parent(n, NULL);
}

int ideal_extend(struct ideal *id, struct manifest *m, const char *identity, struct extended out[2], struct err *err)
{
	out[0] = (struct extended){m, NULL};
	if (id->options.transform && !id->options.ignore_extension &&
	    id->options.transform(m, identity, &out[0], id->options.transform_ctx, err) < 0)
		return -1;
	return pkgext_apply(id->arena, id->extensions, out[0].manifest, &out[1], err);
}

/* Would today's code change what the lockfile remembers of a package? */
static int is_transformed(struct ideal *id, const struct node *n, bool *is, struct err *err)
{
	struct extended out = {NULL, NULL};

	*is = n->npm_extension != NULL;
	if (*is || !id->options.transform)
		return 0;
	if (id->options.transform(n->manifest, NULL, &out, id->options.transform_ctx, err) < 0)
		return -1;
	*is = out.applied != NULL;
	return 0;
}

/* Packages that another extension file made, or that this one changes, are looked up again. */
static int load_npm_extension(struct ideal *id, struct err *err)
{
	struct node *root = id->tree->root;
	const char *locked = id->tree->npm_extension_hash;

	if (id->options.ignore_extension)
		return 0;
	id->tree->npm_extension_hash = id->options.npm_extension_hash;
	if (!id->tree->loaded_from_disk || streq(locked, id->options.npm_extension_hash))
		return 0;
	for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i)) {
		struct node *n = i->value;
		bool is;

		if (node_is_project_root(n) || node_is_workspace(n) || node_is_top(n) || n->is_link)
			continue;
		if (is_transformed(id, n, &is, err) < 0)
			return -1;
		if (is)
			forget(id, n);
	}
	return 0;
}

/* Locked packages that other rules made, or that these would change, are looked up again. */
static void forget_extended(struct ideal *id)
{
	struct node *root = id->tree->root;

	for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i)) {
		struct node *n = i->value;

		if (node_is_project_root(n) || node_is_workspace(n) || node_is_top(n))
			continue;
		if (!n->extension && !pkgext_matches(id->extensions, node_package_name(n), node_version(n)))
			continue;
		forget(id, n);
	}
}

int ideal_load_extensions(struct ideal *id, struct err *err)
{
	const struct json *rules = json_find(id->project->manifest->raw, "packageExtensions");
	const char *locked = id->tree->package_extensions_hash;
	const char *now = NULL;

	if (load_npm_extension(id, err) < 0)
		return -1;
	if (!rules && !locked)
		return 0;
	id->extensions = pkgext_make(id->arena, rules, err);
	if (err->code != ERR_OK)
		return -1;
	/* Without the digest library nothing is known to be the same as in the lockfile. */
	if (rules)
		now = id->options.hash_extensions ? id->options.hash_extensions(id->arena, rules) : "";
	id->tree->package_extensions_hash = now;
	if (id->tree->loaded_from_disk && !streq(locked, now))
		forget_extended(id);
	return 0;
}

void ideal_warn_extensions(struct ideal *id)
{
	struct node *root = id->tree->root;

	for (struct map_entry *i = id->extensions ? inventory_first(root) : NULL; i; i = inventory_next(root, i)) {
		struct node *n = i->value;

		if (!node_is_workspace(n) || n->is_link)
			continue;
		if (json_find(n->manifest->raw, "packageExtensions"))
			ideal_warn(id, "packageExtensions",
				arena_printf(id->arena, "\"packageExtensions\" in workspace %s is ignored; it is only honored at the "
					"workspace root", n->name));
		if (pkgext_matches(id->extensions, n->name, node_version(n)))
			ideal_warn(id, "packageExtensions",
				arena_printf(id->arena, "selector matches workspace package %s@%s; edit its package.json directly "
					"instead of using packageExtensions", n->name, node_version(n)));
	}
}
