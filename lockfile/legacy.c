/* SPDX-License-Identifier: MIT */
#include "lockfile/legacy.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "lockfile/lockfile.h"
#include "lockfile/resolved.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"

#include <string.h>

static const struct spec *resolve(struct arena *a, const char *name, const char *text, const char *where)
{
	struct err ignored = ERR_INIT;
	return text ? spec_resolve(a, name, text, where, &ignored) : NULL;
}

/* What an entry was asked for as, out of version, from and resolved. */
static const struct spec *entry_spec(struct arena *a, const char *name, const struct json *entry, const char *where)
{
	const char *version = json_find_text(entry, "version");
	const char *from = json_find_text(entry, "from");
	const char *resolved = json_find_text(entry, "resolved");
	const struct spec *by_version = resolve(a, name, version, where);
	if (by_version && (json_truthy(json_find(entry, "integrity")) || by_version->type == SPEC_GIT))
		return by_version;
	const struct spec *by_from = from && *from ? resolve(a, name, from, where) : NULL;
	if (by_from && by_from->registry && by_version)
		return by_version;
	if (by_from && !resolved)
		return by_from;
	const struct spec *by_resolved = resolve(a, name, resolved, where);
	return by_resolved ? by_resolved : by_version;
}

static struct json *put_entry(struct arena *a, struct lockfile *lf, const char *location)
{
	struct json *entry = json_object(a);
	json_put(a, lf->packages, location, entry);
	return entry;
}

static void copy_flag(struct arena *a, struct json *to, const struct json *from, const char *key, const char *as)
{
	if (json_truthy(json_find(from, key)))
		json_put_bool(a, to, as, true);
}

/* A version, as far as the spec or the name of the tarball tells it. */
static void guess_version(struct arena *a, struct json *entry, const char *name, const struct spec *s)
{
	const char *tgz_name, *version;
	if (s->type == SPEC_FILE || s->type == SPEC_REMOTE) {
		if (!resolved_version(a, s->name ? s->name : name, s->fetch_spec, &tgz_name, &version) &&
		    !resolved_version(a, s->name ? s->name : name, json_find_text(entry, "resolved"), &tgz_name, &version))
			return;
		json_put_text(a, entry, "version", version);
		if (!streq(tgz_name, name))
			json_put_text(a, entry, "name", tgz_name);
	} else if (s->type == SPEC_ALIAS) {
		json_put_text(a, entry, "name", s->sub->name);
		json_put_text(a, entry, "version", s->sub->fetch_spec);
	} else if (s->type == SPEC_VERSION) {
		json_put_text(a, entry, "version", s->fetch_spec);
	}
}

static void put_resolved(struct arena *a, struct lockfile *lf, struct json *entry, const struct json *lock,
			 const struct spec *s)
{
	const char *resolved = json_find_text(lock, "resolved");
	if (s->registry) {
		if (resolved && *resolved)
			json_put_text(a, entry, "resolved", resolved);
	} else if (s->type == SPEC_FILE) {
		json_put_text(a, entry, "resolved", resolved_normal(a, s->save_spec, lf->path, lf->path, true));
	} else if (s->fetch_spec) {
		json_put_text(a, entry, "resolved", s->fetch_spec);
	}
}

static void put_common(struct arena *a, struct json *entry, const struct json *lock)
{
	const struct json *requires = json_find(lock, "requires");
	if (json_is(requires, JSON_OBJECT))
		json_put(a, entry, "requires", json_copy(a, requires));
	copy_flag(a, entry, lock, "optional", "optional");
	copy_flag(a, entry, lock, "dev", "dev");
	copy_flag(a, entry, lock, "bundled", "inBundle");
	const char *integrity = json_find_text(lock, "integrity");
	if (integrity && *integrity)
		json_put_text(a, entry, "integrity", integrity);
}

/* The entry of a package that is no link. */
static void read_package(struct arena *a, struct lockfile *lf, const char *location, const char *name,
			 const struct json *lock)
{
	struct json *entry = put_entry(a, lf, location);
	const struct spec *s = entry_spec(a, name, lock, lf->path);
	const char *version = json_find_text(lock, "version");
	put_common(a, entry, lock);
	if (!s)
		return;
	if (version && !json_find(entry, "integrity") && s->type == SPEC_GIT) {
		const char *text = s->hosted || !s->save_spec ? s->raw_spec : s->save_spec;
		json_put_text(a, entry, "resolved", resolved_normal(a, text, lf->path, lf->path, false));
		json_remove(entry, "inBundle");
		return;
	}
	if (version && !json_find(entry, "integrity") && s->registry)
		json_put_text(a, entry, "version", version);
	put_resolved(a, lf, entry, lock, s);
	if (!json_find(entry, "version"))
		guess_version(a, entry, name, s);
}

/* One entry; gives the location that its own dependencies lie below. */
static const char *read_entry(struct arena *a, struct lockfile *lf, const char *location, const char *name,
			      const struct json *lock)
{
	const struct spec *s = entry_spec(a, name, lock, lf->path);
	if (!s || s->type != SPEC_DIRECTORY) {
		read_package(a, lf, location, name, lock);
		return location;
	}
	const char *target = path_relative(a, lf->path, s->fetch_spec);
	struct json *link = put_entry(a, lf, location);
	json_put_text(a, link, "resolved", target);
	json_put_bool(a, link, "link", true);
	if (!lockfile_entry(lf, target))
		put_common(a, put_entry(a, lf, target), lock);
	return target;
}

static void read_dependencies(struct arena *a, struct lockfile *lf, const char *location, const struct json *lock)
{
	const struct json *list = json_find(lock, "dependencies");
	for (uint32_t i = 0; json_is(list, JSON_OBJECT) && i < list->count; i++) {
		const char *name = list->members[i].key;
		const struct json *entry = list->members[i].value;
		if (!json_is(entry, JSON_OBJECT))
			continue;
		const char *place = arena_printf(a, "%s%snode_modules/%s", location, *location ? "/" : "", name);
		read_dependencies(a, lf, read_entry(a, lf, place, name, entry), entry);
	}
}

/* The entry that `name` means at a location, walking up. */
static const struct json *find_required(struct arena *a, const struct lockfile *lf, const char *location,
					const char *name)
{
	for (const char *at = location;; at = strchr(at, '/') ? path_dir(a, at) : "") {
		const char *place = arena_printf(a, "%s%snode_modules/%s", at, *at ? "/" : "", name);
		const struct json *found = lockfile_entry(lf, place);
		if (found || !*at)
			return found;
	}
}

static bool is_set(const struct json *entry, const char *key)
{
	return json_truthy(json_find(entry, key));
}

/* `requires` does not tell of what kind a dependency is: that shows from which of both are optional or dev. */
static void sort_requires(struct arena *a, struct lockfile *lf, const char *location, struct json *entry)
{
	const struct json *requires = json_find(entry, "requires");
	for (uint32_t i = 0; requires && i < requires->count; i++) {
		const struct json_member *m = &requires->members[i];
		const struct json *found = find_required(a, lf, location, m->key);
		const char *kind = "dependencies";
		if (is_set(found, "optional") && !is_set(entry, "optional"))
			kind = "optionalDependencies";
		else if (is_set(found, "dev") && !is_set(entry, "dev"))
			kind = "devDependencies";
		if (!json_find(entry, kind))
			json_put(a, entry, kind, json_object(a));
		json_put(a, json_find(entry, kind), m->key, m->value);
	}
	json_remove(entry, "requires");
}

static void read_root(struct arena *a, struct lockfile *lf, const struct manifest *root)
{
	static const char *const fields[] = {
		"version", "dependencies", "peerDependencies", "peerDependenciesMeta", "optionalDependencies",
		"bundleDependencies", "acceptDependencies", "funding", "engines", "os", "cpu", "libc", "license",
		"hasInstallScript", "bin", "deprecated", "workspaces",
	};
	struct json *entry = put_entry(a, lf, "");
	const char *name = json_find_text(lf->data, "name");
	if (name)
		json_put_text(a, entry, "name", name);
	for (size_t i = 0; root && i < ARRAY_LEN(fields); i++) {
		struct json *v = json_find(root->raw, fields[i]);
		bool container = json_is(v, JSON_OBJECT) || json_is(v, JSON_ARRAY);
		if (container ? v->count > 0 : json_truthy(v))
			json_put(a, entry, fields[i], v);
	}
}

void legacy_read(struct arena *a, struct lockfile *lf, const struct manifest *root)
{
	read_root(a, lf, root);
	read_dependencies(a, lf, "", lf->data);
	for (uint32_t i = 0; i < lf->packages->count; i++) {
		const struct json_member *m = &lf->packages->members[i];
		if (m->key[0])
			sort_requires(a, lf, m->key, m->value);
	}
}
