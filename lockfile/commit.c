/* SPDX-License-Identifier: MIT */
#include "lockfile/commit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "lockfile/asread.h"
#include "lockfile/commit_legacy.h"
#include "lockfile/committed.h"
#include "lockfile/lockfile.h"
#include "lockfile/place.h"
#include "lockfile/resolved.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

/* Fields that go from a package.json into its entry, where they say something. */
static const char *const package_fields[] = {
	"version", "dependencies", "peerDependencies", "peerDependenciesMeta", "optionalDependencies",
	"bundleDependencies", "acceptDependencies", "funding", "engines", "os", "cpu", "libc", "license",
	"hasInstallScript", "bin", "deprecated", "workspaces",
};

static bool says_something(const struct json *v)
{
	if (json_is(v, JSON_OBJECT) || json_is(v, JSON_ARRAY))
		return v->count > 0;
	return json_truthy(v);
}

static void add_package_fields(struct arena *a, struct json *entry, const struct json *package)
{
	for (size_t i = 0; i < ARRAY_LEN(package_fields); i++) {
		struct json *v = json_find(package, package_fields[i]);
		if (streq(package_fields[i], "license") && json_truthy(json_find(v, "type")))
			v = json_find(v, "type");
		if (says_something(v))
			json_put(a, entry, package_fields[i], v);
	}
	const char *integrity = json_find_text(package, "_integrity");
	if (integrity && *integrity)
		json_put_text(a, entry, "integrity", integrity);
}

/* A name is written where the place does not tell it, and for the root, whose folder may be called anything. */
static void add_name(struct arena *a, struct json *entry, struct node *n)
{
	const char *name = node_package_name(n);
	if (!name || !*name)
		return;
	if (n == n->root || !streq(name, n->name) || !streq(name_from_folder(a, n->realpath), name))
		json_put_text(a, entry, "name", name);
}

static void add_node_fields(struct arena *a, struct json *entry, struct node *n)
{
	if (n->integrity && *n->integrity)
		json_put_text(a, entry, "integrity", n->integrity);
	if (node_in_bundle(n))
		json_put_bool(a, entry, "inBundle", true);
	if (node_has_install_script(n))
		json_put_bool(a, entry, "hasInstallScript", true);
	if (n->patched)
		json_put(a, entry, "patched", n->patched);
	if (n->extension)
		json_put(a, entry, "packageExtensionsApplied", n->extension);
	if (n->npm_extension)
		json_put(a, entry, "npmExtensionApplied", n->npm_extension);
}

static const char *const flag_keys[] = {"extraneous", "peer", "dev", "optional", "devOptional"};
enum { EXTRANEOUS = 1, PEER = 2, DEV = 4, OPTIONAL = 8, DEV_OPTIONAL = 16 };

static unsigned flags_of(const struct node_flags *f)
{
	if (f->extraneous)
		return EXTRANEOUS;
	return (f->peer ? PEER : 0) | (f->dev ? DEV : 0) | (f->optional ? OPTIONAL : 0) |
	       (f->dev_optional && !f->dev && !f->optional ? DEV_OPTIONAL : 0);
}

static void add_flags(struct arena *a, struct json *entry, const struct node_flags *f)
{
	unsigned flags = flags_of(f);

	for (size_t i = 0; i < ARRAY_LEN(flag_keys); i++)
		if (flags & 1u << i)
			json_put_bool(a, entry, flag_keys[i], true);
}

bool commit_has_flags(const struct json *entry, const struct node_flags *f)
{
	unsigned flags = flags_of(f);

	for (size_t i = 0; i < ARRAY_LEN(flag_keys); i++)
		if (json_truthy(json_find(entry, flag_keys[i])) != ((flags >> i) & 1))
			return false;
	return true;
}

struct json *commit_entry(struct arena *a, struct node *n, const char *path, const struct commit_options *o)
{
	struct json *entry = json_object(a);
	if (n->is_link) {
		json_put_text(a, entry, "resolved", path_relative(a, path, n->realpath));
		json_put_bool(a, entry, "link", true);
		return entry;
	}
	const struct json *package = n->manifest->raw;
	add_package_fields(a, entry, package);
	add_name(a, entry, n);
	struct json *dev = json_find(package, "devDependencies");
	if (node_is_top(n) && json_truthy(dev))
		json_put(a, entry, "devDependencies", dev);
	add_node_fields(a, entry, n);
	const char *resolved = resolved_normal(a, node_resolved(n), n->path, path, true);
	if (resolved && *resolved && !(o->omit_registry_resolved && node_is_registry_dep(n->source ? n->source : n)))
		json_put_text(a, entry, "resolved", resolved);
	add_flags(a, entry, &n->flags);
	return entry;
}

/* Workspaces and directories that nothing wants any more have no entry, but for those below another package's folder. */
static bool forgotten(const struct node *n, const char *location)
{
	return n->flags.extraneous && !place_in_node_modules(location) && !streq(location, "node_modules") &&
	       (!n->fs_parent || node_is_root(n->fs_parent));
}

const char *commit_location(struct arena *a, const struct lockfile *lf, struct tree *t, struct node *n)
{
	if (n == t->root || n == node_target(t->root) || node_is_root(n) || !n->location[0])
		return NULL;
	const char *location = streq(n->root->realpath, lf->path) ? n->location : path_relative(a, lf->path, n->path);
	const char *version = n->inert ? json_find_text(n->manifest->raw, "version") : "";
	return forgotten(n, location) || (n->inert && !(version && *version)) ? NULL : location;
}

static struct json *commit_packages(struct arena *a, struct lockfile *lf, struct tree *t,
				    const struct commit_options *o)
{
	struct json *packages = json_object(a);
	struct node *root = node_target(t->root);
	bool may_keep = !o->omit_registry_resolved && !o->compact;
	lf->committed = committed_make(a, t);
	struct json *root_entry = commit_entry(a, root, lf->path, o);
	if (t->package_extensions_hash)
		json_put_text(a, root_entry, "packageExtensionsHash", t->package_extensions_hash);
	if (t->npm_extension_hash)
		json_put_text(a, root_entry, "npmExtensionHash", t->npm_extension_hash);
	if (root_entry->count)
		json_put(a, packages, "", root_entry);
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		const char *location = commit_location(a, lf, t, n);
		if (!location)
			continue;
		struct json *kept = may_keep ? as_read_entry(a, lf, location, n) : NULL;
		json_put(a, packages, location, kept ? kept : commit_entry(a, n, lf->path, o));
		committed_add(lf->committed, location, n);
	}
	return packages;
}

/* Does the tree hold what only v4 can tell, so that older programs stop instead of undoing it? */
static bool needs_v4(const struct tree *t, const struct json *packages)
{
	if (t->package_extensions_hash || t->npm_extension_hash)
		return true;
	for (uint32_t i = 0; i < packages->count; i++) {
		const struct json *entry = packages->members[i].value;
		if (json_find(entry, "patched") || json_find(entry, "packageExtensionsApplied") ||
		    json_find(entry, "npmExtensionApplied"))
			return true;
	}
	return false;
}

static void put_root_name(struct arena *a, struct json *data, struct tree *t)
{
	const char *name = node_package_name(t->root);
	json_put_text(a, data, "name", name ? name : t->root->name);
	if (node_version(t->root)[0])
		json_put_text(a, data, "version", node_version(t->root));
}

struct json *lockfile_commit(struct arena *a, struct lockfile *lf, struct tree *t, const struct commit_options *o)
{
	lf->packages = commit_packages(a, lf, t, o);
	json_put(a, lf->data, "packages", lf->packages);
	if (!lf->hidden && lf->version < LOCKFILE_MAX_VERSION && needs_v4(t, lf->packages))
		lf->version = LOCKFILE_MAX_VERSION;
	json_put(a, lf->data, "lockfileVersion", json_number(a, lf->version));
	json_put_bool(a, lf->data, "requires", true);
	if (!lf->hidden && lf->version <= LOCKFILE_VERSION)
		put_root_name(a, lf->data, t);
	json_remove(lf->data, "dependencies");
	if (lf->hidden)
		json_remove(lf->packages, "");
	else if (lf->version <= 2)
		commit_legacy(a, lf, t, o);
	if (lf->version < 2)
		json_remove(lf->data, "packages");
	return lf->data;
}

void lockfile_format_committed(struct arena *a, struct buf *out, const struct lockfile *lf, const struct commit_options *o)
{
	if (o->compact)
		json_format(out, style_sorted(a, lf->data), NULL);
	else
		style_format_lock_marked(a, out, lf->data, lf->style, lf->committed ? &lf->committed->marks : NULL);
}

void lockfile_format(struct arena *a, struct buf *out, struct lockfile *lf, struct tree *t,
		     const struct commit_options *o)
{
	lockfile_commit(a, lf, t, o);
	lockfile_format_committed(a, out, lf, o);
}

struct style commit_style(const struct style *package_json, const struct style *lock)
{
	if (package_json)
		return *package_json;
	return lock ? (struct style){"  ", lock->newline} : STYLE_DEFAULT;
}
