/* SPDX-License-Identifier: MIT */
#include "lockfile/lockfile.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "lockfile/check.h"
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

static int read_packages(struct arena *a, struct lockfile *lf, const struct lockfile_options *o, struct err *err)
{
	struct json *packages = json_find(lf->data, "packages");
	struct json *dependencies = json_find(lf->data, "dependencies");
	bool given = json_truthy(packages);
	if (given && !json_is(packages, JSON_OBJECT))
		return err_set(err, ERR_EGENERIC, "%s: 'packages' is not an object", file_name(o));
	if (!given && json_truthy(dependencies) && !json_is(dependencies, JSON_OBJECT))
		return err_set(err, ERR_EGENERIC, "%s: 'dependencies' is not an object", file_name(o));
	lf->has_packages = given;
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
	lf->text = lf->had_conflict ? STR_NULL : text;
	if (check_has_nul(text)) {
		err_set(err, ERR_EGENERIC, "%s holds a NUL", file_name(o));
		return NULL;
	}
	lf->data = conflict_parse(a, text, file_name(o), err);
	if (!lf->data)
		return NULL;
	/* npm takes a hidden one that is something else for empty. */
	if (o->hidden && !json_is(lf->data, JSON_OBJECT) && !json_is(lf->data, JSON_NULL))
		lf->data = json_object(a);
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

bool lockfile_is_broken(struct str text)
{
	struct str rest = str_starts(text, "\xEF\xBB\xBF") ? str_skip(text, 3) : text;

	rest = str_trim(rest);
	return rest.len && rest.ptr[0] == '{' && !conflict_has_markers(rest);
}

struct json *lockfile_entry(const struct lockfile *lf, const char *location)
{
	return json_find(lf->packages, location);
}
