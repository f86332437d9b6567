/* SPDX-License-Identifier: MIT
 *
 * Before resolving: an old lockfile's missing metadata. Afterwards: flags, what is not needed, what cannot be here.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/flags.h"
#include "resolver/ideal_int.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/platform.h"
#include "resolver/spec.h"

void ideal_warn(struct ideal *id, const char *title, const char *text)
{
	struct ideal_event e = {.kind = IDEAL_WARN, .title = title, .text = text};

	if (id->options.event)
		id->options.event(&e, id->options.event_ctx);
}

/* ---- old lockfiles ---- */

static const struct spec *locked_spec(struct ideal *id, struct node *n)
{
	const char *resolved = node_resolved(n), *version = node_version(n);
	bool by_resolved = resolved && (!version[0] || cstr_starts(resolved, "file:"));
	struct err err = ERR_INIT;

	if (!by_resolved && !version[0])
		return NULL;
	return spec_resolve(id->arena, n->name, by_resolved ? resolved : version, path_dir(id->arena, n->path), &err);
}

/* The lockfile is to get the integrity, but the package is still one without: it is installed again. */
static struct manifest *with_integrity(struct ideal *id, const struct ideal_found *f)
{
	struct json *raw;

	if (!f->integrity)
		return f->manifest;
	raw = json_copy(id->arena, f->manifest->raw);
	json_put_text(id->arena, raw, "_integrity", f->integrity);
	return manifest_from_json(id->arena, raw);
}

static void inflate_node(struct ideal *id, struct node *n)
{
	const struct spec *spec = locked_spec(id, n);
	const struct ideal_found *f = spec ? ideal_find(id, spec, n) : NULL;

	if (f && f->manifest)
		node_set_manifest(n, n->integrity ? f->manifest : with_integrity(id, f));
	else
		ideal_warn(id, "old lockfile", arena_printf(id->arena, "Could not fetch metadata for %s@%s", n->name, node_version(n)));
}

/* Lockfiles before version 2 do not say what packages depend on, in full; it is fetched, once. */
int ideal_inflate(struct ideal *id, struct err *err)
{
	struct tree *t = id->tree;
	bool old = t->loaded_from_disk && t->original_lockfile_version < 2 && !id->options.global;
	struct vec nodes;

	(void)err;
	if (!t->ancient_lockfile && !old)
		return 0;
	ideal_warn(id, t->ancient_lockfile ? "ancient lockfile" : "old lockfile",
		"\nThe package-lock.json file was created with an old version of npm,\nso supplemental metadata must be fetched "
		"from the registry.\n\nThis is a one-time fix-up, please be patient...\n");
	vec_init(&nodes, id->arena);
	id->brief = true;	/* as npm, which leaves out licenses here */
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		const struct spec *spec;

		if (node_is_project_root(n) || !cstr_starts(n->location, "node_modules"))
			continue;
		vec_add(&nodes, n);
		spec = locked_spec(id, n);
		if (spec)
			ideal_hint(id, spec, n, false);
	}
	for (size_t i = 0; i < nodes.count; i++)
		inflate_node(id, nodes.items[i]);
	id->brief = false;
	flags_reset(t->root);
	flags_calc(t->root, true);
	return 0;
}

/* ---- flags, extraneous and failed nodes ---- */

static void prune(struct ideal *id)
{
	for (struct map_entry *i = inventory_first(id->tree->root); i; i = inventory_next(id->tree->root, i)) {
		struct node *n = i->value;

		if (n->flags.extraneous)
			node_set_parent(n, NULL);
	}
}

static void fix_flags(struct ideal *id)
{
	struct tree *t = id->tree;

	if (t->loaded_from_disk && id->mutated)
		flags_reset(t->root);
	if (!t->loaded_from_disk || id->mutated)
		flags_calc(t->root, true);
	else
		node_unset_flags(t->root);
	if (!id->options.no_prune && t->loaded_from_disk && (id->mutated || t->flags_suspect))
		prune(id);
}

static void make_inert(struct node *n)
{
	struct vec set;

	vec_init(&set, n->tree->arena);
	optional_set(n, &set);
	for (size_t i = 0; i < set.count; i++)
		VEC_AT(&set, struct node, i)->inert = true;
}

static int drop_failed(struct ideal *id, struct err *err)
{
	for (size_t i = 0; i < id->failures.count; i++) {
		struct node *n = id->failures.items[i];
		const struct err *why = n->errors.count ? n->errors.items[0] : NULL;

		/* A candidate that was not placed in the end is nobody's loss, but npm fails on it, unless it is optional. */
		if (n->flags.optional) {
			if (n->root == id->tree->root)
				make_inert(n);
			continue;
		}
		if (!why)
			continue;
		*err = *why;
		return -1;
	}
	return 0;
}

/* ---- engines and platforms ---- */

static struct json *engine_current(struct ideal *id)
{
	struct json *v = json_object(id->arena);

	if (id->options.node_version)
		json_put_text(id->arena, v, "node", id->options.node_version);
	if (id->options.npm_version)
		json_put_text(id->arena, v, "npm", id->options.npm_version);
	return v;
}

static const char *bare(const char *version)
{
	return version && version[0] == 'v' ? version + 1 : version;
}

/* force: the runtime's version does not matter, but npm's does. */
static bool engine_ok(struct ideal *id, const struct node *n, bool force)
{
	const struct json *engines = n->manifest->engines;
	const char *range = json_find_text(engines, "node"), *npm = bare(id->options.npm_version);
	const char *node = force ? NULL : bare(id->options.node_version);
	const struct map_entry *known;

	if (force || !range || json_find(engines, "npm"))
		return platform_engine_ok(engines, npm, node);
	/* A project has a thousand packages, and they know some dozens of ranges. */
	known = map_entry(&id->engines, range);
	if (!known) {
		map_put(&id->engines, range, platform_engine_ok(engines, npm, node) ? id : NULL);
		known = map_entry(&id->engines, range);
	}
	return known->value;
}

static const char *json_line(struct ideal *id, const struct json *v)
{
	struct buf b = BUF_INIT((size_t)1 << 16);
	const char *text;

	json_format(&b, v, NULL);
	text = buf_dup(id->arena, &b);
	buf_release(&b);
	return text;
}

static int engine_note(struct ideal *id, const struct node *n, struct err *err)
{
	err_note(err, "Not compatible with your version of node/npm: %s", node_id(n));
	err_note(err, "Required: %s", json_line(id, n->manifest->engines));
	err_note(err, "Actual:   %s", json_line(id, engine_current(id)));
	return -1;
}

static int check_engine(struct ideal *id, struct node *n, struct err *err)
{
	struct json *data;
	struct ideal_event e = {.kind = IDEAL_WARN_ENGINE};

	if ((node_is_root(n) && json_find(n->manifest->raw, "devEngines")) ||
	    engine_ok(id, n, id->options.force))
		return 0;
	if (id->options.engine_strict) {
		err_set(err, ERR_EBADENGINE, "Unsupported engine");
		return engine_note(id, n, err);
	}
	data = json_object(id->arena);
	json_put_text(id->arena, data, "package", node_id(n));
	json_put(id->arena, data, "required", json_copy(id->arena, n->manifest->engines));
	json_put(id->arena, data, "current", engine_current(id));
	e.data = data;
	if (id->options.event)
		id->options.event(&e, id->options.event_ctx);
	return 0;
}

/* A list as people read it: a,b. */
static const char *joined(struct ideal *id, const struct json *v)
{
	const char *text = json_text(v);

	for (uint32_t i = 0; json_is(v, JSON_ARRAY) && i < v->count; i++)
		text = text ? arena_printf(id->arena, "%s,%s", text, json_text(v->items[i])) : json_text(v->items[i]);
	return text;
}

static int platform_error(struct ideal *id, const struct node *n, struct err *err)
{
	const struct {
		const char *key, *host;
	} parts[] = {{"cpu", id->host.cpu}, {"os", id->host.os}, {"libc", id->host.libc}};
	struct json *wanted = json_object(id->arena), *current = json_object(id->arena);

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const char *valid = joined(id, json_find(n->manifest->raw, parts[i].key));

		if (!valid)
			continue;
		json_put_text(id->arena, wanted, parts[i].key, valid);
		if (parts[i].host)
			json_put_text(id->arena, current, parts[i].key, parts[i].host);
		err_note(err, "Valid %s:  %s", parts[i].key, valid);
		err_note(err, "Actual %s: %s", parts[i].key, parts[i].host ? parts[i].host : "undefined");
	}
	err_set(err, ERR_EBADPLATFORM, "Unsupported platform for %s: wanted %s (current: %s)", node_id(n),
		json_line(id, wanted), json_line(id, current));
	return -1;
}

static int check_required(struct ideal *id, struct node *n, struct err *err)
{
	if (check_engine(id, n, err) < 0)
		return -1;
	if (id->options.force || platform_ok(n->manifest, &id->host))
		return 0;
	return platform_error(id, n, err);
}

static int check_node(struct ideal *id, struct node *n, struct err *err)
{
	if (!n->flags.optional && !node_should_omit(n, id->options.omit) && check_required(id, n, err) < 0)
		return -1;
	if (n->flags.optional && !n->inert && (!engine_ok(id, n, false) || !platform_ok(n->manifest, &id->platform)))
		make_inert(n);
	return 0;
}

static int check_all(struct ideal *id, struct err *err)
{
	/* A root alone is in no inventory. */
	if (!inventory_count(id->tree->root))
		return check_node(id, id->tree->root, err);
	for (struct map_entry *i = inventory_first(id->tree->root); i; i = inventory_next(id->tree->root, i)) {
		if (check_node(id, i->value, err) < 0)
			return -1;
	}
	return 0;
}

int ideal_finish(struct ideal *id, struct err *err)
{
	fix_flags(id);
	if (drop_failed(id, err) < 0 || check_all(id, err) < 0)
		return -1;
	ideal_warn_extensions(id);
	return 0;
}
