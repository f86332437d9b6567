/* SPDX-License-Identifier: MIT */
#include "resolver/manifest.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/pkgjson.h"

struct dep_list dep_list_from_json(struct arena *a, const struct json *obj)
{
	struct dep_list list = {0};
	if (!json_is(obj, JSON_OBJECT) || !obj->count)
		return list;
	list.items = ARENA_ARRAY(a, struct dep, obj->count);
	for (uint32_t i = 0; i < obj->count; i++)
		if (json_text(obj->members[i].value))
			list.items[list.count++] =
				(struct dep){.name = obj->members[i].key, .spec = json_text(obj->members[i].value)};
	return list;
}

const struct dep *dep_list_find(const struct dep_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (streq(list->items[i].name, name))
			return &list->items[i];
	return NULL;
}

static struct text_list text_list_from_json(struct arena *a, const struct json *arr)
{
	struct text_list list = {0};
	if (!json_is(arr, JSON_ARRAY) || !arr->count)
		return list;
	list.items = ARENA_ARRAY(a, const char *, arr->count);
	for (uint32_t i = 0; i < arr->count; i++)
		if (json_text(arr->items[i]))
			list.items[list.count++] = json_text(arr->items[i]);
	return list;
}

static struct dep_list peers_from_json(struct arena *a, const struct json *raw)
{
	struct dep_list list = dep_list_from_json(a, json_find(raw, "peerDependencies"));
	const struct json *meta = json_find(raw, "peerDependenciesMeta");
	for (size_t i = 0; i < list.count; i++)
		list.items[i].optional = json_truthy(json_find(json_find(meta, list.items[i].name), "optional"));
	return list;
}

static struct platform_field platform_field_from_json(struct arena *a, const struct json *v)
{
	struct platform_field field = {.given = json_truthy(v), .list = text_list_from_json(a, v)};
	if (json_text(v) && field.given) {
		field.list = (struct text_list){ARENA_ARRAY(a, const char *, 1), 1};
		field.list.items[0] = json_text(v);
	}
	return field;
}

static struct bin_list bin_list_from_json(struct arena *a, const struct json *bin)
{
	struct bin_list list = {0};
	if (!json_is(bin, JSON_OBJECT))
		return list;
	list.items = ARENA_ARRAY(a, struct bin_entry, bin->count);
	for (uint32_t i = 0; i < bin->count; i++)
		if (json_text(bin->members[i].value))
			list.items[list.count++] =
				(struct bin_entry){bin->members[i].key, json_text(bin->members[i].value)};
	return list;
}

static bool has_install_script(const struct json *raw)
{
	const struct json *scripts = json_find(raw, "scripts");
	if (json_truthy(json_find(raw, "hasInstallScript")))
		return true;
	if (!json_is(scripts, JSON_OBJECT))
		return false;
	return json_truthy(json_find(scripts, "preinstall")) || json_truthy(json_find(scripts, "install")) ||
	       json_truthy(json_find(scripts, "postinstall"));
}

/* Registries have been seen to say true for it: no message, but deprecated all the same. */
static const char *deprecation(const struct json *v)
{
	if (json_text(v))
		return *json_text(v) ? json_text(v) : NULL;
	return json_truthy(v) ? "this version is deprecated" : NULL;
}

static void read_lists(struct arena *a, struct manifest *m)
{
	const struct json *raw = m->raw, *workspaces = json_find(raw, "workspaces");
	m->dependencies = dep_list_from_json(a, json_find(raw, "dependencies"));
	m->dev_dependencies = dep_list_from_json(a, json_find(raw, "devDependencies"));
	m->optional_dependencies = dep_list_from_json(a, json_find(raw, "optionalDependencies"));
	m->accept_dependencies = dep_list_from_json(a, json_find(raw, "acceptDependencies"));
	m->peer_dependencies = peers_from_json(a, raw);
	m->bundle_dependencies = text_list_from_json(a, json_find(raw, "bundleDependencies"));
	if (json_is(workspaces, JSON_OBJECT))
		workspaces = json_find(workspaces, "packages");
	m->workspaces = text_list_from_json(a, workspaces);
}

static void read_fields(struct arena *a, struct manifest *m)
{
	const struct json *raw = m->raw, *dist = json_find(raw, "dist"), *engines = json_find(raw, "engines");
	m->name = json_find_text(raw, "name");
	m->version = json_find_text(raw, "version");
	m->engines = json_is(engines, JSON_OBJECT) ? engines : NULL;
	m->os = platform_field_from_json(a, json_find(raw, "os"));
	m->cpu = platform_field_from_json(a, json_find(raw, "cpu"));
	m->libc = platform_field_from_json(a, json_find(raw, "libc"));
	m->bin = bin_list_from_json(a, json_find(raw, "bin"));
	m->has_install_script = has_install_script(raw);
	m->deprecated = deprecation(json_find(raw, "deprecated"));
	m->dist.tarball = json_find_text(dist, "tarball");
	m->dist.integrity = json_find_text(dist, "integrity");
	m->dist.shasum = json_find_text(dist, "shasum");
}

struct manifest *manifest_from_json(struct arena *a, struct json *raw)
{
	struct manifest *m = ARENA_NEW(a, struct manifest);
	struct err none;
	err_clear(&none);
	m->raw = json_is(raw, JSON_OBJECT) ? raw : json_object(a);
	/* None of these steps can fail. */
	if (pkgjson_normalize(a, m->raw, PKGJSON_REGISTRY, &none) == 0)
		read_lists(a, m);
	read_fields(a, m);
	return m;
}

struct manifest *manifest_parse(struct arena *a, struct str text, const char *what, struct err *err)
{
	struct json *raw = json_parse_fast(a, text, what, err);
	struct err none = ERR_INIT;
	if (!raw)
		return NULL;
	if (json_is(raw, JSON_OBJECT) && pkgjson_normalize(a, raw, PKGJSON_ATTRIBUTES, &none) < 0)
		return NULL;
	return manifest_from_json(a, raw);
}
