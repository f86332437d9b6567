/* SPDX-License-Identifier: MIT
 *
 * The project's packageExtensions, as far as they change what the lockfile already has.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/ideal_int.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/pkgext.h"

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
		for (size_t k = 0; k < n->edges_in.count; k++)
			ideal_queue(id, VEC_AT(&n->edges_in, struct edge, k)->from);
		node_set_parent(n, NULL);
	}
}

int ideal_load_extensions(struct ideal *id, struct err *err)
{
	const struct json *rules = json_find(id->project->manifest->raw, "packageExtensions");
	const char *locked = id->tree->package_extensions_hash;
	const char *now = NULL;

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
