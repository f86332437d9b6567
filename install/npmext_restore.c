/* SPDX-License-Identifier: MIT
 *
 * Packages on disk have the manifests they were published with: what the project's rules and its code make of them is worked
 * out again for a tree that was read from there.
 */
#include "install/npmext.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "install/project.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <string.h>

/* Only what was installed: not the project, not a workspace. */
static bool is_installed(const struct node *n)
{
	const char *at;

	if (n->is_link || node_is_project_root(n) || !n->name[0])
		return false;
	at = n->path + strlen(n->path) - strlen(n->name);
	return at > n->path && cstr_ends(arena_strndup(n->tree->arena, n->path, (size_t)(at - n->path)), "/node_modules/");
}

static void spread_to_links(struct tree *t)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;

		if (!n->is_link || !n->target)
			continue;
		if (n->target->extension)
			n->extension = n->target->extension;
		if (n->target->npm_extension)
			n->npm_extension = n->target->npm_extension;
	}
}

static int apply_code(struct npmext *x, struct tree *t, struct err *err)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		struct extended out;

		if (!is_installed(n))
			continue;
		if (npmext_apply(x, n->manifest, arena_printf(t->arena, ":%s@%s", n->manifest->name ? n->manifest->name : "",
							      node_version(n)), &out, err) < 0)
			return -1;
		if (!out.applied)
			continue;
		node_set_manifest(n, out.manifest);
		n->npm_extension = out.applied;
	}
	return 0;
}

static int apply_rules(const struct pkgext *rules, struct tree *t, struct err *err)
{
	for (struct map_entry *i = rules ? inventory_first(t->root) : NULL; i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		struct extended out;

		if (!is_installed(n))
			continue;
		if (pkgext_apply(t->arena, rules, n->manifest, &out, err) < 0)
			return -1;
		if (!out.applied)
			continue;
		node_set_manifest(n, out.manifest);
		n->extension = out.applied;
	}
	return 0;
}

int npmext_restore(struct tree *t, const struct project_options *o, struct err *err)
{
	struct node *root = node_target(t->root);
	struct pkgext *rules;
	struct npmext x;
	int bad = 0;

	if (!o->ignore_extension) {
		bad = npmext_find(&x, t->arena, root->realpath, o->extension_file, err) < 0 || npmext_load(&x, err) < 0 ||
		      (x.path && apply_code(&x, t, err) < 0);
		npmext_close(&x);
	}
	if (bad)
		return -1;
	rules = pkgext_make(t->arena, json_find(root->manifest->raw, "packageExtensions"), err);
	if (err->code != ERR_OK || apply_rules(rules, t, err) < 0)
		return -1;
	spread_to_links(t);
	return 0;
}
