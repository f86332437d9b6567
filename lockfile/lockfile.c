/* SPDX-License-Identifier: MIT */
#include "lockfile/lockfile.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "lockfile/conflict.h"
#include "lockfile/legacy.h"

#include <string.h>

static const char *file_name(const struct lockfile_options *o)
{
	return o->hidden ? LOCKFILE_HIDDEN_NAME : LOCKFILE_NAME;
}

struct lockfile *lockfile_none(struct arena *a, const struct lockfile_options *o)
{
	struct lockfile *lf = ARENA_NEW(a, struct lockfile);
	lf->path = o->path;
	lf->hidden = o->hidden;
	lf->version = o->version && !o->hidden ? o->version : LOCKFILE_VERSION;
	lf->style = STYLE_DEFAULT;
	lf->data = json_object(a);
	lf->packages = json_object(a);
	json_put(a, lf->data, "lockfileVersion", json_number(a, lf->version));
	json_put_bool(a, lf->data, "requires", true);
	json_put(a, lf->data, "packages", lf->packages);
	return lf;
}

/* The number in lockfileVersion; 0 when there is none. Anything absurd is too new. */
static int found_version(const struct json *data)
{
	const struct json *v = json_find(data, "lockfileVersion");
	uint64_t text_value;
	double value = 0;
	if (json_is(v, JSON_NUMBER))
		value = v->number;
	else if (json_text(v) && str_to_u64(str_from(json_text(v)), &text_value))
		value = (double)text_value;
	if (!(value > 0))
		return 0;
	return value > LOCKFILE_MAX_VERSION ? LOCKFILE_MAX_VERSION + 1 : (int)value;
}

/* Name of a package as a folder below node_modules: `a` or `@s/a`, nothing hidden. Gives its length, 0 when it is none. */
static size_t folder_name_len(struct str s)
{
	struct str rest, part = str_cut(s, '/', &rest);
	if (!part.len || part.ptr[0] == '.')
		return 0;
	if (part.ptr[0] != '@')
		return part.len;
	struct str name = str_cut(rest, '/', &rest);
	if (part.len < 2 || !name.len || name.ptr[0] == '.')
		return 0;
	return part.len + 1 + name.len;
}

/* Is every part of a location one that may be a folder: normal, and after node_modules a package's name? */
static bool location_ok(struct str loc)
{
	bool climbing = true;
	while (loc.ptr) {
		struct str rest, part = str_cut(loc, '/', &rest);
		if (str_is(part, "..") ? !climbing : (!part.len || str_is(part, ".")))
			return false;
		climbing = str_is(part, "..");
		if (str_is(part, "node_modules")) {
			size_t len = rest.ptr ? folder_name_len(rest) : 0;
			if (!len)
				return false;
			rest = len < rest.len ? str_skip(rest, len + 1) : STR_NULL;
		}
		loc = rest;
	}
	return true;
}

/* Places outside the project are fine when a link of the project leads there, or to a folder above. */
static bool inside_target(struct arena *a, const struct map *targets, const char *location)
{
	for (const char *at = location; !streq(at, ".") && !streq(at, "/"); at = path_dir(a, at))
		if (map_has(targets, at))
			return true;
	return false;
}

static void find_targets(struct arena *a, const struct lockfile *lf, struct map *targets)
{
	map_init(targets, a);
	for (uint32_t i = 0; i < lf->packages->count; i++) {
		const struct json *entry = lf->packages->members[i].value;
		const char *to = json_find_text(entry, "resolved");
		if (to && json_truthy(json_find(entry, "link")))
			map_put(targets, path_relative(a, lf->path, path_resolve(a, lf->path, to)), (void *)lf);
	}
}

static int check_entries(struct arena *a, struct lockfile *lf, const char *name, struct err *err)
{
	struct map targets = {0};
	for (uint32_t i = 0; i < lf->packages->count; i++) {
		const struct json_member *m = &lf->packages->members[i];
		if (!json_is(m->value, JSON_OBJECT))
			return err_set(err, ERR_EGENERIC, "%s: the entry of '%s' is not an object", name, m->key);
		if (m->key[0] && (path_is_absolute(m->key) || !location_ok(str_from(m->key))))
			return err_set(err, ERR_EGENERIC, "%s: '%s' is no place for a package", name, m->key);
		if (!cstr_starts(m->key, ".."))
			continue;
		if (!targets.arena)
			find_targets(a, lf, &targets);
		if (!inside_target(a, &targets, m->key))
			return err_set(err, ERR_EGENERIC, "%s: '%s' is outside the project", name, m->key);
	}
	return 0;
}

static int read_packages(struct arena *a, struct lockfile *lf, const struct lockfile_options *o, struct err *err)
{
	struct json *packages = json_find(lf->data, "packages");
	struct json *dependencies = json_find(lf->data, "dependencies");
	bool given = json_truthy(packages);
	if (given && !json_is(packages, JSON_OBJECT))
		return err_set(err, ERR_EGENERIC, "%s: 'packages' is not an object", file_name(o));
	lf->packages = given ? packages : json_object(a);
	json_put(a, lf->data, "packages", lf->packages);
	if (!given && json_is(dependencies, JSON_OBJECT))
		legacy_read(a, lf, o->manifest);
	return check_entries(a, lf, file_name(o), err);
}

static void read_header(struct lockfile *lf, const struct lockfile_options *o)
{
	lf->original_version = found_version(lf->data);
	if (o->hidden)
		lf->version = LOCKFILE_VERSION;
	else if (o->version)
		lf->version = o->version;
	else if (lf->original_version > 1)
		lf->version = lf->original_version;
	else
		lf->version = LOCKFILE_VERSION;
	lf->ancient = lf->original_version < 2 && !json_truthy(json_find(lf->data, "requires"));
}

struct lockfile *lockfile_parse(struct arena *a, struct str text, const struct lockfile_options *o, struct err *err)
{
	if (!text.len)
		return lockfile_none(a, o);
	struct lockfile *lf = ARENA_NEW(a, struct lockfile);
	lf->path = o->path;
	lf->hidden = o->hidden;
	lf->loaded = true;
	lf->had_conflict = conflict_has_markers(text);
	lf->style = lf->had_conflict ? (struct style){"", ""} : style_detect(a, text);
	lf->data = conflict_parse(a, text, file_name(o), err);
	if (!lf->data)
		return NULL;
	if (!json_is(lf->data, JSON_OBJECT)) {
		err_set(err, ERR_EJSONPARSE, "%s is not an object", file_name(o));
		return NULL;
	}
	read_header(lf, o);
	if (lf->original_version > LOCKFILE_MAX_VERSION) {
		err_set(err, ERR_ELOCKFILEVERSION,
			"Unsupported lockfileVersion in %s. Only versions up to %d are supported; please upgrade",
			file_name(o), LOCKFILE_MAX_VERSION);
		return NULL;
	}
	if (read_packages(a, lf, o, err) < 0)
		return NULL;
	json_put(a, lf->data, "lockfileVersion", json_number(a, lf->version));
	json_put_bool(a, lf->data, "requires", true);
	const struct json *root = lockfile_entry(lf, "");
	lf->package_extensions_hash = json_find_text(root, "packageExtensionsHash");
	lf->npm_extension_hash = json_find_text(root, "npmExtensionHash");
	return lf;
}

struct json *lockfile_entry(const struct lockfile *lf, const char *location)
{
	return json_find(lf->packages, location);
}

int lockfile_check(const struct lockfile *lf, struct err *err)
{
	for (uint32_t i = 0; i < lf->packages->count; i++) {
		const struct json *patched = json_find(lf->packages->members[i].value, "patched");
		if (!json_truthy(patched))
			continue;
		const char *file = json_find_text(patched, "path");
		return err_set(err, ERR_EPATCH, "'%s' is locked with a patch (%s), and patches cannot be applied",
			       lf->packages->members[i].key, file ? file : "unknown");
	}
	return 0;
}
