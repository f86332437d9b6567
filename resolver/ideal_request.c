/* SPDX-License-Identifier: MIT
 *
 * What the user asks for, put into package.json's dependency lists (in memory) and into the queue.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/collate.h"
#include "resolver/ideal_int.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/spec.h"

#include <stdio.h>
#include <string.h>

/* In the order in which npm looks for where a package is already. */
static const struct save_list {
	enum save_type type;
	const char *list;
} save_lists[] = {
	{SAVE_DEV, "devDependencies"},
	{SAVE_OPTIONAL, "optionalDependencies"},
	{SAVE_PROD, "dependencies"},
	{SAVE_PEER_OPTIONAL, "peerDependencies"},
	{SAVE_PEER, "peerDependencies"},
};

bool ideal_is_update_name(const char *name, void *ctx)
{
	const struct ideal *id = ctx;

	for (size_t i = 0; i < id->options.update_count; i++)
		if (streq(id->options.update[i], name))
			return true;
	return false;
}

/* ---- editing the dependency lists ---- */

struct edit {
	struct ideal *id;
	struct json *pkg;
};

static bool has(const struct json *pkg, const char *list, const char *name)
{
	return json_find(json_find(pkg, list), name) != NULL;
}

static void drop_from(const struct edit *ed, const char *list, const char *name, const char *instead)
{
	struct json *meta = json_find(ed->pkg, "peerDependenciesMeta");

	if (!has(ed->pkg, list, name))
		return;
	if (instead)
		ideal_warn(ed->id, "idealTree",
			arena_printf(ed->id->arena, "Removing %s.%s in favor of %s.%s", list, name, instead, name));
	json_remove(json_find(ed->pkg, list), name);
	if (streq(list, "peerDependencies") && json_is(meta, JSON_OBJECT)) {
		json_remove(meta, name);
		if (!meta->count)
			json_remove(ed->pkg, "peerDependenciesMeta");
	}
	if (!json_count(json_find(ed->pkg, list)))
		json_remove(ed->pkg, list);
}

static enum save_type infer_type(const struct json *pkg, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(save_lists); i++) {
		const struct json *meta = json_find(json_find(pkg, "peerDependenciesMeta"), name);

		if (!has(pkg, save_lists[i].list, name))
			continue;
		if (save_lists[i].type == SAVE_PEER_OPTIONAL && !json_truthy(json_find(meta, "optional")))
			return SAVE_PEER;
		return save_lists[i].type;
	}
	return SAVE_PROD;
}

static const char *list_of(enum save_type type)
{
	for (size_t i = 0; i < ARRAY_LEN(save_lists); i++)
		if (save_lists[i].type == type)
			return save_lists[i].list;
	return "dependencies";
}

/* A package is in one list, but for development copies of peers and optional ones. What was optional counts as that until
 * it is saved, as with npm. */
static void make_room(const struct edit *ed, enum save_type type, const char *name)
{
	switch (type) {
	case SAVE_DEV:
		drop_from(ed, "dependencies", name, "devDependencies");
		break;
	case SAVE_OPTIONAL:
		drop_from(ed, "peerDependencies", name, "optionalDependencies");
		break;
	case SAVE_PEER:
	case SAVE_PEER_OPTIONAL:
		drop_from(ed, "dependencies", name, "peerDependencies");
		drop_from(ed, "optionalDependencies", name, "peerDependencies");
		break;
	default:
		drop_from(ed, "devDependencies", name, "dependencies");
		drop_from(ed, "peerDependencies", name, "dependencies");
	}
}

static void note_peer(const struct edit *ed, enum save_type type, const char *name)
{
	struct arena *a = ed->id->arena;
	const char *spec = json_find_text(json_find(ed->pkg, "peerDependencies"), name);
	struct json *meta = json_find(json_find(ed->pkg, "peerDependenciesMeta"), name);

	if (type == SAVE_PEER && json_truthy(json_find(meta, "optional")))
		json_put_bool(a, meta, "optional", false);
	if (type == SAVE_PEER_OPTIONAL) {
		if (!json_is(meta, JSON_OBJECT)) {
			meta = json_object(a);
			json_put(a, json_object_at(a, ed->pkg, "peerDependenciesMeta"), name, meta);
		}
		json_put_bool(a, meta, "optional", true);
	}
	if (has(ed->pkg, "devDependencies", name) && spec)
		json_put_text(a, json_object_at(a, ed->pkg, "devDependencies"), name, spec);
}

static void note_bundled(const struct edit *ed, const char *name)
{
	struct arena *a = ed->id->arena;
	struct json *old = json_find(ed->pkg, "bundleDependencies"), *list = json_array(a);
	struct vec names;

	vec_init(&names, a);
	vec_add(&names, (void *)name);
	for (uint32_t i = 0; json_is(old, JSON_ARRAY) && i < old->count; i++)
		if (json_text(old->items[i]) && !streq(json_text(old->items[i]), name))
			vec_add(&names, (void *)json_text(old->items[i]));
	vec_sort(&names, collate_compare_items, NULL);
	for (size_t i = 0; i < names.count; i++)
		json_add(a, list, json_string(a, names.items[i]));
	json_put(a, ed->pkg, "bundleDependencies", list);
}

static void add_dep(const struct edit *ed, const struct spec *spec)
{
	const struct ideal_options *o = &ed->id->options;
	enum save_type type = o->save_type == SAVE_INFER ? infer_type(ed->pkg, spec->name) : o->save_type;
	bool peer = type == SAVE_PEER || type == SAVE_PEER_OPTIONAL;
	struct json *list;

	make_room(ed, type, spec->name);
	list = json_object_at(ed->id->arena, ed->pkg, list_of(type));
	if (!streq(spec->raw_spec, "*") || !json_find(list, spec->name))
		json_put_text(ed->id->arena, list, spec->name, spec->raw_spec);
	if (peer)
		note_peer(ed, type, spec->name);
	else if (o->save_bundle)
		note_bundled(ed, spec->name);
}

static void remove_dep(const struct edit *ed, const char *name)
{
	struct json *bundled = json_find(ed->pkg, "bundleDependencies"), *kept;

	for (size_t i = 0; i < ARRAY_LEN(save_lists); i++)
		drop_from(ed, save_lists[i].list, name, NULL);
	if (!json_is(bundled, JSON_ARRAY))
		return;
	kept = json_array(ed->id->arena);
	for (uint32_t i = 0; i < bundled->count; i++)
		if (!streq(json_text(bundled->items[i]), name))
			json_add(ed->id->arena, kept, bundled->items[i]);
	if (kept->count)
		json_put(ed->id->arena, ed->pkg, "bundleDependencies", kept);
	else
		json_remove(ed->pkg, "bundleDependencies");
}

/* ---- what was typed ---- */

/* Relative to the package it is added to, as package.json will have it; a folder by its real path. */
static const struct spec *relative_to(struct ideal *id, const struct spec *spec, const struct node *tree, struct err *err)
{
	const char *target = spec->fetch_spec, *path = tree->path;
	struct spec *out;

	if (spec->type != SPEC_FILE && spec->type != SPEC_DIRECTORY)
		return spec;
	if (spec->type == SPEC_DIRECTORY) {
		const struct ideal_found *f = ideal_find_directory(id, target, tree);

		target = f->realpath ? f->realpath : target;
	}
	out = spec_resolve(id->arena, spec->name, arena_printf(id->arena, "file:%s", path_relative(id->arena, path, target)), path,
		err);
	if (out)
		out->name = spec->name;
	return out;
}

static const struct spec *name_spec(struct ideal *id, struct spec *spec, const struct node *tree, struct err *err)
{
	bool is_tag = spec->raw_spec && spec->raw_spec[0] && spec->type == SPEC_TAG;
	const struct ideal_found *f;

	if (spec->name && !is_tag)
		return spec;
	if (ideal_check_allowed(id, spec, tree, err) < 0)
		return NULL;
	f = ideal_find(id, spec, tree);
	if (!f->manifest || !f->manifest->name) {
		if (f->err)
			*err = *f->err;
		err_set(err, ERR_EGENERIC, "'%s' has no package.json that names it", spec->raw);
		return NULL;
	}
	if (is_tag)
		return spec_parse(id->arena, arena_printf(id->arena, "%s@%s", f->manifest->name, f->manifest->version), "/", err);
	spec->name = f->manifest->name;
	return spec;
}

/* Specs as typed. */
struct typed {
	const char *const *specs;
	size_t count;
};

static int add_all(struct ideal *id, struct node *tree, const struct typed *words, struct json *pkg, struct err *err)
{
	const struct ideal_options *o = &id->options;
	struct edit ed = {id, pkg};

	for (size_t i = 0; i < words->count; i++) {
		struct spec *typed = spec_parse(id->arena, words->specs[i], o->where ? o->where : tree->path, err);
		const struct spec *spec = typed ? name_spec(id, typed, tree, err) : NULL;

		spec = spec ? relative_to(id, spec, tree, err) : NULL;
		if (!spec)
			return -1;
		vec_add(&id->added, (void *)spec);
		add_dep(&ed, spec);
	}
	return 0;
}

/* npm's lockfile also lists what was added as optional under dependencies, as versions before 7 did. */
static void repeat_optional(struct ideal *id, struct node *tree, size_t first)
{
	struct json *pkg = tree->manifest->raw;

	for (size_t i = first; i < id->added.count; i++) {
		const char *name = VEC_AT(&id->added, struct spec, i)->name;
		const char *spec = json_find_text(json_find(pkg, "optionalDependencies"), name);
		enum save_type type = id->options.save_type;

		if (type == SAVE_OPTIONAL || (type == SAVE_INFER && spec && !has(pkg, "devDependencies", name)))
			json_put_text(id->arena, json_object_at(id->arena, pkg, "dependencies"), name, spec);
	}
}

/* Nothing says which global packages are wanted, but that they are there. */
static void want_globals(struct ideal *id, struct node *tree)
{
	const struct ideal_options *o = &id->options;
	const struct json *wanted = o->global_updates;
	struct json *pkg;

	if (!wanted)
		return;
	pkg = tree->manifest->raw ? json_copy(id->arena, tree->manifest->raw) : json_object(id->arena);
	for (uint32_t i = 0; i < wanted->count; i++)
		json_put_text(id->arena, json_object_at(id->arena, pkg, "dependencies"), wanted->members[i].key,
			json_text(wanted->members[i].value));
	node_set_manifest(tree, manifest_from_json(id->arena, pkg));
	for (size_t i = 0; i < o->update_count; i++)
		if (json_find(wanted, o->update[i]))
			vec_add(&id->explicit_edges, node_edge(tree, o->update[i]));
}

/* What was added since is to be what was asked for. */
static void note_explicit(struct ideal *id, const struct node *tree, size_t first)
{
	for (size_t i = first; i < id->added.count; i++) {
		struct edge *e = node_edge(tree, VEC_AT(&id->added, struct spec, i)->name);

		if (e)
			vec_add(&id->explicit_edges, e);
	}
}

static int apply_to(struct ideal *id, struct node *tree, struct err *err)
{
	const struct ideal_options *o = &id->options;
	size_t first = id->added.count;
	struct json *pkg;

	want_globals(id, tree);
	if (o->add_count || o->rm_count) {
		pkg = tree->manifest->raw ? json_copy(id->arena, tree->manifest->raw) : json_object(id->arena);
		for (size_t i = 0; i < o->rm_count; i++)
			remove_dep(&(struct edit){id, pkg}, o->rm[i]);
		if (add_all(id, tree, &(struct typed){(const char *const *)o->add, o->add_count}, pkg, err) < 0)
			return -1;
		node_set_manifest(tree, manifest_from_json(id->arena, pkg));
		repeat_optional(id, tree, first);
	}
	note_explicit(id, tree, first);
	ideal_queue(id, tree);
	return 0;
}

int ideal_add_to(struct ideal *id, struct node *tree, const char *const *specs, size_t n, struct err *err)
{
	struct json *pkg = tree->manifest->raw ? json_copy(id->arena, tree->manifest->raw) : json_object(id->arena);
	size_t first = id->added.count;

	if (add_all(id, tree, &(struct typed){specs, n}, pkg, err) < 0)
		return -1;
	node_set_manifest(tree, manifest_from_json(id->arena, pkg));
	repeat_optional(id, tree, first);
	note_explicit(id, tree, first);
	ideal_queue(id, tree);
	return 0;
}

/* Wherever a package that is to be updated is, those who want it are looked at again. */
static void queue_updates(struct ideal *id)
{
	for (struct map_entry *i = inventory_first(id->tree->root); i; i = inventory_next(id->tree->root, i)) {
		struct node *n = i->value;

		if (!ideal_is_update_name(n->name, id) || node_is_top(n) || node_in_dep_bundle(n))
			continue;
		for (size_t k = 0; k < n->edges_in.count; k++)
			ideal_queue(id, VEC_AT(&n->edges_in, struct edge, k)->from);
	}
}

static struct node *workspace_named(struct ideal *id, const char *name)
{
	const char *path = id->project->workspaces ? map_find(id->project->workspaces, name) : NULL;
	struct node *n = path ? inventory_find(id->project, path_relative(id->arena, id->project->realpath, path)) : NULL;

	if (!path)
		ideal_warn(id, "workspaces", arena_printf(id->arena, "%s in filter set, but not in workspaces", name));
	return n;
}

static int check_names(const char *const *names, size_t n, const char *verb, struct err *err)
{
	struct arena a = ARENA_INIT;

	for (size_t i = 0; i < n && err->code == ERR_OK; i++) {
		const struct spec *spec = spec_parse(&a, names[i], "/", err);

		if (spec && !streq(spec->raw, spec->name)) {
			err_set(err, ERR_EGENERIC, "%s arguments must only contain package names, eg:\n    lode %s %s", verb,
				streq(verb, "Update") ? "update" : "rm", spec->name ? spec->name : "<pkg>");
			snprintf(err->name, sizeof(err->name), "%s", streq(verb, "Update") ? "EUPDATEARGS" : "ERMARGS");
		}
	}
	arena_release(&a);
	return err->code == ERR_OK ? 0 : -1;
}

int ideal_request(struct ideal *id, struct err *err)
{
	const struct ideal_options *o = &id->options;

	if (check_names(o->update, o->update_count, "Update", err) < 0 || check_names(o->rm, o->rm_count, "Remove", err) < 0)
		return -1;
	if (o->update_count && !o->global)
		queue_updates(id);
	if (ideal_request_fixes(id, err) < 0)
		return -1;
	if (!o->workspace_count)
		return apply_to(id, id->project, err);
	for (size_t i = 0; i < o->workspace_count; i++) {
		struct node *ws = workspace_named(id, o->workspaces[i]);

		if (ws && apply_to(id, ws, err) < 0)
			return -1;
	}
	return o->include_workspace_root ? apply_to(id, id->project, err) : 0;
}
