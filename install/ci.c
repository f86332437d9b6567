/* SPDX-License-Identifier: MIT */
#include "install/ci.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "install/npmext.h"
#include "install/project.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/pkgext.h"
#include "resolver/tree.h"

#define MAX_TEXT 1500

static void compare_patches(const struct node *n, const struct node *lock, struct buf *out)
{
	if (streq(json_find_text(n->patched, "integrity"), json_find_text(lock->patched, "integrity")) &&
	    streq(json_find_text(n->patched, "path"), json_find_text(lock->patched, "path")))
		return;
	if (n->patched && !lock->patched)
		buf_printf(out, "Invalid: package.json declares a patch for %s@%s that the lock file does not record (it may have been "
			"skipped with --ignore-patch-failures). Fix the patch and reinstall, or remove its patchedDependencies entry\n",
			n->name, node_version(n));
	else if (!n->patched)
		buf_printf(out, "Invalid: lock file records a patch for %s@%s that package.json no longer declares\n", lock->name,
			node_version(lock));
	else
		buf_printf(out, "Invalid: patch for %s@%s does not match the patch recorded in the lock file\n", n->name,
			node_version(n));
}

static void compare(struct node *n, struct node *lock, struct buf *out)
{
	if (!lock) {
		buf_printf(out, "Missing: %s@%s from lock file\n", n->name, node_version(n));
		return;
	}
	if (!streq(node_version(n), node_version(lock)))
		buf_printf(out, "Invalid: lock file's %s@%s does not satisfy %s@%s\n", lock->name, node_version(lock), n->name,
			node_version(n));
	compare_patches(n, lock, out);
}

/* Does what the lockfile says of a package's repair still agree with the rules? */
static void check_rules(const struct pkgext *rules, struct node *n, struct buf *out)
{
	const char *name = node_package_name(n) && *node_package_name(n) ? node_package_name(n) : n->name;
	const char *selector = json_find_text(n->extension, "selector");
	struct err err = ERR_INIT;

	if (node_is_project_root(n) || node_is_workspace(n))
		return;
	if (pkgext_check(rules, name, node_version(n), &err) < 0)
		buf_printf(out, "Invalid: %s\n", err.text);
	if (n->extension && (!pkgext_has(rules, selector) || !pkgext_matches(rules, name, node_version(n))))
		buf_printf(out, "Invalid: stale packageExtensions provenance for %s@%s (selector \"%s\")\n", n->name, node_version(n),
			selector ? selector : "");
}

/* Are the rules of package.json those that the lockfile was made with? */
static void compare_rules(struct arena *a, struct tree *locked, const struct tree *ideal, struct buf *out)
{
	const char *was = locked->package_extensions_hash, *is = ideal->package_extensions_hash;
	struct err err = ERR_INIT;
	struct pkgext *rules;

	if (!streq(was, is)) {
		buf_adds(out, !was ? "Missing: packageExtensions state from lock file\n"
			: !is ? "Invalid: lock file records packageExtensions state but package.json has none\n"
			: "Invalid: packageExtensions in package.json do not match the lock file\n");
		return;
	}
	rules = pkgext_make(a, json_find(node_target(ideal->root)->manifest->raw, "packageExtensions"), &err);
	if (err.code != ERR_OK)
		buf_printf(out, "Invalid: %s\n", err.text);
	for (struct map_entry *i = err.code == ERR_OK ? inventory_first(locked->root) : NULL; i; i = inventory_next(locked->root, i))
		check_rules(rules, i->value, out);
}

/* By its hash alone: the code itself does not run. */
static void compare_extension(struct arena *a, const struct tree *locked, const struct project_options *o, struct buf *out)
{
	const char *was = locked->npm_extension_hash, *is = NULL;
	struct err err = ERR_INIT;
	struct npmext x;
	bool recorded = was && *was;

	if (npmext_find(&x, a, o->path, o->extension_file, &err) < 0)
		buf_printf(out, "Invalid: %s\n", err.text);
	else
		is = npmext_hash(a, &x);
	for (struct map_entry *i = inventory_first(locked->root); i; i = inventory_next(locked->root, i))
		recorded |= ((struct node *)i->value)->npm_extension != NULL;
	if (is && !was)
		buf_adds(out, "Missing: .npm-extension state from lock file\n");
	else if (is && !streq(is, was))
		buf_adds(out, "Invalid: .npm-extension file does not match the lock file\n");
	else if (!is && recorded)
		buf_adds(out, "Invalid: lock file records .npm-extension state but no .npm-extension file is present\n");
}

int ci_check(struct arena *a, struct tree *locked, struct tree *ideal, const struct project_options *o, struct err *err)
{
	struct buf out = BUF_INIT((size_t)1 << 20);

	for (struct map_entry *i = inventory_first(ideal->root); i; i = inventory_next(ideal->root, i))
		compare(i->value, inventory_find(locked->root, i->key), &out);
	compare_rules(a, locked, ideal, &out);
	compare_extension(a, locked, o, &out);
	if (out.len)
		err_set(err, ERR_EUSAGE,
			"`lode ci` can only install packages when your package.json and package-lock.json are in sync. "
			"Please update your lock file with `lode install` before continuing.\n\n%s",
			out.len > MAX_TEXT ? arena_printf(a, "%.*s…\n", MAX_TEXT, buf_text(&out)) : buf_dup(a, &out));
	buf_release(&out);
	return err->code == ERR_OK ? 0 : -1;
}
