/* SPDX-License-Identifier: MIT */
#include "resolver/pkgjson.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/url.h"
#include "resolver/bins.h"
#include "resolver/pkgjson_parts.h"
#include "resolver/semver.h"

#define NO_README "ERROR: No README data found!"

static bool is_encoded(struct arena *a, const char *text)
{
	return streq(url_encode_component(a, text), text);
}

static bool is_scoped_name(struct arena *a, const char *name)
{
	struct str project;
	struct str scope = str_cut(str_from(name + 1), '/', &project);
	if (*name != '@' || !scope.len || !project.len || str_find(project, '/') >= 0)
		return false;
	return is_encoded(a, str_dup(a, scope)) && is_encoded(a, str_dup(a, project));
}

static bool name_fits(struct arena *a, const char *name, unsigned steps)
{
	if (*name == '.' || (!is_scoped_name(a, name) && !is_encoded(a, name)))
		return false;
	if ((steps & PKGJSON_STRICT) && !(steps & PKGJSON_LEGACY_CASE) && !streq(name, cstr_lower(a, name)))
		return false;
	return !cstr_eq_nocase(name, "node_modules") && !cstr_eq_nocase(name, "favicon.ico");
}

static int fix_name(struct arena *a, struct json *pkg, unsigned steps, struct err *err)
{
	const struct json *value = json_find(pkg, "name");
	bool strict = steps & PKGJSON_STRICT;
	if (!json_truthy(value) && !strict) {
		json_put_text(a, pkg, "name", "");
		return 0;
	}
	if (!json_is(value, JSON_STRING))
		return err_set(err, ERR_EGENERIC, "name field must be a string.");
	const char *name = strict ? value->text : str_dup(a, str_trim(str_from(value->text)));
	if (!name_fits(a, name, steps)) {
		struct buf quoted = BUF_INIT(4096);
		json_format_string(&quoted, name, strlen(name));
		err_set(err, ERR_EGENERIC, "Invalid name: %s", buf_text(&quoted));
		buf_release(&quoted);
		return -1;
	}
	json_put_text(a, pkg, "name", name);
	return 0;
}

static int fix_version(struct arena *a, struct json *pkg, unsigned steps, struct err *err)
{
	const struct json *value = json_find(pkg, "version");
	unsigned flags = steps & PKGJSON_STRICT ? 0 : SEMVER_LOOSE;
	struct semver v;
	if (!json_truthy(value)) {
		json_put_text(a, pkg, "version", "");
		return 0;
	}
	const char *text = json_text(value);
	if (!text || !semver_valid(str_from(text), flags) || !semver_clean(&v, str_from(text), flags))
		return err_set(err, ERR_EGENERIC, "Invalid version: \"%s\"", text ? text : "");
	json_put_text(a, pkg, "version", semver_format(a, &v));
	return 0;
}

static void drop_attributes(struct json *pkg)
{
	for (uint32_t i = pkg->count; i-- > 0;)
		if (*pkg->members[i].key == '_')
			json_remove(pkg, pkg->members[i].key);
}

static const char *text_of(const struct json *pkg, const char *key)
{
	const char *text = json_find_text(pkg, key);
	return text ? text : "";
}

static void put_id(struct arena *a, struct json *pkg, const char *id)
{
	if (*text_of(pkg, "name") && *text_of(pkg, "version"))
		json_put_text(a, pkg, "_id", id);
}

static void rename_bundled(struct arena *a, struct json *pkg)
{
	struct json *bundled = json_find(pkg, "bundledDependencies");
	if (bundled && !json_find(pkg, "bundleDependencies"))
		json_put(a, pkg, "bundleDependencies", bundled);
	json_remove(pkg, "bundledDependencies");
}

static struct json *keys_of(struct arena *a, const struct json *obj)
{
	struct json *list = json_array(a);
	for (uint32_t i = 0; json_is(obj, JSON_OBJECT) && i < obj->count; i++)
		json_add(a, list, json_string(a, obj->members[i].key));
	return list;
}

static void list_bundle(struct arena *a, struct json *pkg, unsigned steps)
{
	const struct json *bundle = json_find(pkg, "bundleDependencies");
	bool no = json_is(bundle, JSON_BOOL) && !json_is_true(bundle);
	if (json_is(bundle, JSON_ARRAY))
		return;
	if (no && !(steps & PKGJSON_BUNDLE_DELETE_FALSE))
		json_put(a, pkg, "bundleDependencies", json_array(a));
	else if (json_is_true(bundle))
		json_put(a, pkg, "bundleDependencies", keys_of(a, json_find(pkg, "dependencies")));
	else if (json_is(bundle, JSON_OBJECT))
		json_put(a, pkg, "bundleDependencies", keys_of(a, bundle));
	else
		json_remove(pkg, "bundleDependencies");
}

static void check_overrides(struct json *pkg)
{
	const struct json *overrides = json_find(pkg, "overrides");
	if (!json_is(overrides, JSON_OBJECT) || !overrides->count)
		json_remove(pkg, "overrides");
}

/* It was once the custom to list them in both, for an npm that did not know optional ones. */
static void dedupe_optional(struct json *pkg)
{
	struct json *all = json_find(pkg, "dependencies");
	const struct json *optional = json_find(pkg, "optionalDependencies");
	if (!json_is(all, JSON_OBJECT) || (!json_is(optional, JSON_OBJECT) && !json_is(optional, JSON_ARRAY)))
		return;
	for (uint32_t i = 0; json_is(optional, JSON_OBJECT) && i < optional->count; i++)
		json_remove(all, optional->members[i].key);
	if (!all->count)
		json_remove(pkg, "dependencies");
}

/* After "./node_modules/.bin/" at the start, in any mixture of slashes. */
static const char *skip_bin_dir(const char *script)
{
	const char *p = script;
	if (*p == '.' && (p[1] == '/' || p[1] == '\\'))
		p += 2;
	if (!cstr_starts(p, "node_modules") || (p[12] != '/' && p[12] != '\\'))
		return script;
	p += 13;
	/* npm's pattern takes any character for the dot. */
	bool bin = *p && *p != '\n' && *p != '\r' && cstr_starts(p + 1, "bin") && (p[4] == '/' || p[4] == '\\');
	return bin ? p + 5 : script;
}

static void fix_scripts(struct arena *a, struct json *pkg, unsigned steps)
{
	struct json *scripts = json_find(pkg, "scripts");
	if (json_is(scripts, JSON_ARRAY) || json_is(scripts, JSON_NULL))
		return;
	if (!json_is(scripts, JSON_OBJECT)) {
		json_remove(pkg, "scripts");
		return;
	}
	for (uint32_t i = scripts->count; i-- > 0;) {
		struct json_member *m = &scripts->members[i];
		if (!json_text(m->value))
			json_remove(scripts, m->key);
		else if (steps & PKGJSON_SCRIPT_PATH)
			m->value = json_string(a, skip_bin_dir(json_text(m->value)));
	}
}

static void wrap_funding(struct arena *a, struct json *pkg)
{
	struct json *funding = json_find(pkg, "funding");
	if (!json_text(funding) || !*json_text(funding))
		return;
	struct json *wrapped = json_object(a);
	json_put(a, wrapped, "url", funding);
	json_put(a, pkg, "funding", wrapped);
}

static void fix_mans(struct arena *a, struct json *pkg)
{
	struct json *man = json_find(pkg, "man"), *out = json_array(a);
	if (json_text(man) && *json_text(man))
		json_add(a, out, json_string(a, bins_secure_path(a, json_text(man))));
	for (uint32_t i = 0; json_is(man, JSON_ARRAY) && i < man->count; i++)
		if (json_text(man->items[i]))
			json_add(a, out, json_string(a, bins_secure_path(a, json_text(man->items[i]))));
	if (out->count)
		json_put(a, pkg, "man", out);
	else
		json_remove(pkg, "man");
}

/* What npm does before the rest because it may look at the disk. */
static int early_steps(struct arena *a, struct json *pkg, unsigned steps, struct err *err)
{
	const struct json *main_file = json_find(pkg, "main");
	if ((steps & PKGJSON_README) && !json_truthy(json_find(pkg, "readme")))
		json_put_text(a, pkg, "readme", NO_README);
	if (steps & PKGJSON_MANS)
		fix_mans(a, pkg);
	if (steps & PKGJSON_BIN)
		bins_normalize_strictly(a, pkg);
	if ((steps & PKGJSON_TYPES) && json_truthy(main_file) && !json_is(main_file, JSON_STRING))
		return err_set(err, ERR_EGENERIC, "The \"main\" attribute must be of type string.");
	return 0;
}

static void shape_steps(struct arena *a, struct json *pkg, unsigned steps, const char *id)
{
	if (steps & PKGJSON_ATTRIBUTES)
		drop_attributes(pkg);
	if (steps & PKGJSON_ID)
		put_id(a, pkg, id);
	if (steps & PKGJSON_BUNDLED)
		rename_bundled(a, pkg);
	if (steps & PKGJSON_BUNDLE)
		list_bundle(a, pkg, steps);
	if (steps & PKGJSON_OVERRIDES)
		check_overrides(pkg);
	if (steps & PKGJSON_OPTIONAL_DEDUPE)
		dedupe_optional(pkg);
	if (steps & (PKGJSON_SCRIPTS | PKGJSON_SCRIPT_PATH))
		fix_scripts(a, pkg, steps);
	if (steps & PKGJSON_FUNDING)
		wrap_funding(a, pkg);
}

int pkgjson_normalize(struct arena *a, struct json *pkg, unsigned steps, struct err *err)
{
	if (early_steps(a, pkg, steps, err) < 0)
		return -1;
	/* npm makes the id of what was written, before it is cleaned. */
	const char *id = steps & PKGJSON_ID ? cstr_join(a, text_of(pkg, "name"), '@', text_of(pkg, "version")) : NULL;
	if ((steps & (PKGJSON_NAME | PKGJSON_DATA)) && fix_name(a, pkg, steps, err) < 0)
		return -1;
	if ((steps & (PKGJSON_VERSION | PKGJSON_DATA)) && fix_version(a, pkg, steps, err) < 0)
		return -1;
	shape_steps(a, pkg, steps, id);
	if (steps & (PKGJSON_REPOSITORY | PKGJSON_DATA))
		pkgjson_fix_repository(a, pkg);
	if (steps & (PKGJSON_DEPENDENCIES | PKGJSON_DATA))
		pkgjson_fix_dependencies(a, pkg);
	if (steps & PKGJSON_DATA)
		pkgjson_normalize_data(a, pkg);
	return 0;
}
