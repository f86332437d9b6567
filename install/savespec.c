/* SPDX-License-Identifier: MIT */
#include "install/savespec.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "install/install.h"
#include "install/save.h"
#include "resolver/hosted.h"
#include "resolver/ideal.h"
#include "resolver/manifest.h"
#include "resolver/range.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#include <string.h>

static const char *prefixed(struct save *s, const char *version)
{
	return version && version[0] ? arena_printf(s->arena, "%s%s", s->options->save_prefix, version) : "*";
}

static bool is_subset(struct arena *a, const char *sub, const char *dom)
{
	struct range *x = range_parse(a, str_from(sub), SEMVER_LOOSE), *y = range_parse(a, str_from(dom), SEMVER_LOOSE);

	return x && y && range_subset(x, y);
}

/* A range that allows less than ^version is kept as it was asked for; all else becomes ^version. */
static const char *registry_spec(struct save *s, const struct spec *req, struct node *child, const char *name)
{
	const struct spec *real = req->sub ? req->sub : req;
	const char *asked = real->raw_spec, *range = prefixed(s, node_version(child)), *package = node_package_name(child);

	if (real->type == SPEC_RANGE && !streq(asked, "*") && !is_subset(s->arena, range, asked))
		range = asked;
	if (!package || streq(package, name))
		return range;
	return arena_printf(s->arena, "npm:%s@%s", package, range);
}

static const char *hosted_spec(struct save *s, const struct spec *req)
{
	const char *https = hosted_format(s->arena, req->hosted, HOSTED_HTTPS, NULL);

	/* npm keeps https where that is how the host was named, or where credentials would be lost. */
	if (https && (req->hosted->auth || streq(req->hosted->representation, "https")))
		return cstr_starts(https, "git+") ? https : arena_printf(s->arena, "git+%s", https);
	return hosted_format(s->arena, req->hosted, HOSTED_SHORTCUT, NULL);
}

static const char *local_spec(struct save *s, const struct edge *e, const struct spec *req, const struct node *tree)
{
	const char *path = req->fetch_spec;

	if (e->type == EDGE_WORKSPACE)
		return prefixed(s, node_version(e->to));
	if (cstr_starts(path, "file:"))
		path += strlen("file:");
	return arena_printf(s->arena, "file:%s", path_relative(s->arena, tree->realpath, path));
}

static struct json *list_of(struct save *s, struct json *pkg, const char *key)
{
	struct json *list = json_find(pkg, key);

	if (!json_is(list, JSON_OBJECT)) {
		list = json_object(s->arena);
		json_put(s->arena, pkg, key, list);
	}
	return list;
}

static bool has(const struct json *pkg, const char *list, const char *name)
{
	return json_find(json_find(pkg, list), name) != NULL;
}

static void put_if_there(struct save *s, struct json *pkg, const char *list, const char *name, const char *spec)
{
	if (has(pkg, list, name))
		json_put_text(s->arena, json_find(pkg, list), name, spec);
}

/* A peer or optional range beside a development dependency is only changed when it no longer fits. */
static void put_if_apart(struct save *s, struct json *pkg, const char *list, const char *name, const char *spec)
{
	const char *old = json_find_text(json_find(pkg, list), name);
	struct range *x = range_parse(s->arena, str_from(spec), 0), *y = old ? range_parse(s->arena, str_from(old), 0) : NULL;

	if (!x || !y || !range_intersects(x, y))
		put_if_there(s, pkg, list, name, spec);
}

static void put_by_type(struct save *s, struct json *pkg, const char *name, const char *spec)
{
	static const char *const lists[] = {
		[SAVE_PROD] = "dependencies",
		[SAVE_DEV] = "devDependencies",
		[SAVE_OPTIONAL] = "optionalDependencies",
		[SAVE_PEER] = "peerDependencies",
		[SAVE_PEER_OPTIONAL] = "peerDependencies",
	};
	enum save_type type = s->options->ideal.save_type;

	json_put_text(s->arena, list_of(s, pkg, lists[type]), name, spec);
	if (type == SAVE_PROD && has(pkg, "optionalDependencies", name))
		json_remove(json_find(pkg, "optionalDependencies"), name);
}

static void put_where_it_is(struct save *s, struct json *pkg, const char *name, const char *spec)
{
	put_if_there(s, pkg, "dependencies", name, spec);
	if (has(pkg, "devDependencies", name)) {
		put_if_there(s, pkg, "devDependencies", name, spec);
		put_if_apart(s, pkg, "peerDependencies", name, spec);
		put_if_apart(s, pkg, "optionalDependencies", name, spec);
		return;
	}
	put_if_there(s, pkg, "peerDependencies", name, spec);
	put_if_there(s, pkg, "optionalDependencies", name, spec);
}

/* Reading a manifest takes what is optional out of dependencies. npm's lockfile keeps it where it was just added. */
static struct manifest *manifest_as_it_is(struct save *s, struct json *pkg)
{
	const struct json *before = json_copy(s->arena, json_find(pkg, "dependencies"));
	struct manifest *m = manifest_from_json(s->arena, pkg);
	const struct json *optional = json_find(m->raw, "optionalDependencies");

	for (uint32_t i = 0; before && i < json_count(optional); i++) {
		const char *name = optional->members[i].key, *spec = json_find_text(before, name);

		if (spec)
			json_put_text(s->arena, list_of(s, m->raw, "dependencies"), name, spec);
	}
	return m;
}

int savespec_update(struct save *s, struct node *tree, const char *name, struct vec *updated, struct err *err)
{
	struct edge *e = node_edge(tree, name);
	const char *text;
	struct spec *req;
	struct json *pkg;

	if (!e || !e->to || !node_is_top(tree))
		return 0;
	req = spec_resolve(s->arena, name, edge_spec(e), tree->realpath, err);
	if (!req)
		return -1;
	if (req->registry)
		text = registry_spec(s, req, e->to, name);
	else if (req->hosted)
		text = hosted_spec(s, req);
	else if (req->type == SPEC_DIRECTORY || req->type == SPEC_FILE)
		text = local_spec(s, e, req, tree);
	else
		text = req->save_spec;
	pkg = json_copy(s->arena, tree->manifest->raw);
	if (s->options->ideal.save_type != SAVE_INFER)
		put_by_type(s, pkg, name, text);
	else
		put_where_it_is(s, pkg, name, text);
	node_set_manifest(tree, manifest_as_it_is(s, pkg));
	if (vec_find(updated, tree) < 0)
		vec_add(updated, tree);
	return 0;
}
