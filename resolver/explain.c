/* SPDX-License-Identifier: MIT
 *
 * Explanations as npm's objects. Values are shared between them, not copied: a tree's explanations would be endless.
 */
#include "resolver/explain.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

/* The nodes on the way here: one is explained once on any way. */
struct way {
	const struct node *node;
	const struct way *before;
};

static struct json *explain_node(struct node *n, struct edge *edge, const struct way *way);
static struct json *explain_edge(struct edge *e, const struct way *way);

static void add_errors(struct json *why, const struct node *n)
{
	struct arena *a = n->tree->arena;
	struct json *list = json_array(a);

	if (!n->errors.count && node_package_name(n) && n->manifest->version)
		return;
	for (size_t i = 0; i < n->errors.count; i++)
		json_add(a, list, json_string(a, VEC_AT(&n->errors, struct err, i)->text));
	if (!n->errors.count)
		json_add(a, list, json_string(a, "invalid package: lacks name and/or version"));
	json_put(a, why, "errors", list);
	if (n->manifest->raw)
		json_put(a, why, "package", n->manifest->raw);
}

static void add_while(struct json *why, const struct node *n)
{
	struct arena *a = n->tree->arena;
	struct json *v;

	if (!n->root->source)
		return;
	v = json_object(a);
	if (n->root->manifest->name)
		json_put_text(a, v, "name", n->root->manifest->name);
	if (n->root->manifest->version)
		json_put_text(a, v, "version", n->root->manifest->version);
	json_put_text(a, v, "path", n->root->source->path);
	json_put(a, why, "whileInstalling", v);
}

static void add_dependents(struct json *why, struct node *n, struct edge *edge, const struct way *way)
{
	struct arena *a = n->tree->arena;
	struct json *list = json_array(a);

	json_put(a, why, "dependents", list);
	if (edge) {
		json_add(a, list, explain_edge(edge, way));
		return;
	}
	for (size_t i = 0; i < n->edges_in.count; i++) {
		struct edge *e = n->edges_in.items[i];

		if (edge_valid(e) || node_is_project_root(e->from))
			json_add(a, list, explain_edge(e, way));
	}
}

static bool is_on(const struct way *way, const struct node *n)
{
	for (; way; way = way->before)
		if (way->node == n)
			return true;
	return false;
}

static struct json *explain_node(struct node *n, struct edge *edge, const struct way *way)
{
	struct arena *a = n->tree->arena;
	struct json *why = json_object(a), *links;
	struct way here = {n, way};
	const char *name;

	if (node_is_project_root(n) && !n->source) {
		json_put_text(a, why, "location", n->path);
		return why;
	}
	if (n->source)
		return node_explain(n->source, edge);
	name = node_is_project_root(n) || node_is_top(n) ? node_package_name(n) : n->name;
	if (name)
		json_put_text(a, why, "name", name);
	if (n->manifest->version)
		json_put_text(a, why, "version", n->manifest->version);
	add_errors(why, n);
	add_while(why, n);
	if (is_on(way, n))
		return why;
	json_put_text(a, why, "location", n->location ? n->location : "");
	json_put_bool(a, why, "isWorkspace", node_is_workspace(n));
	add_dependents(why, n, edge, &here);
	if (!n->links_in.count)
		return why;
	links = json_array(a);
	for (size_t i = 0; i < n->links_in.count; i++)
		json_add(a, links, explain_node(n->links_in.items[i], edge, &here));
	json_put(a, why, "linksIn", links);
	return why;
}

static struct json *known_or_explain(struct node *n, struct edge *edge, const struct way *way)
{
	if (!n->explanation)
		n->explanation = explain_node(n, edge, way);
	return n->explanation;
}

struct json *node_explain(struct node *n, struct edge *edge)
{
	return known_or_explain(n, edge, NULL);
}

/* Did the project make this edge, by a rule or by its code? */
static void add_repair(struct json *why, const struct edge *e, const struct json *applied, const char *key, const char *what)
{
	static const char *const fields[] = {"dependencies", "optionalDependencies", "peerDependencies", "peerDependenciesMeta"};
	struct arena *a = e->from->tree->arena;

	for (size_t i = 0; applied && i < ARRAY_LEN(fields); i++) {
		const struct json *names = json_find(applied, fields[i]);

		for (uint32_t k = 0; k < json_count(names); k++) {
			struct json *by;

			if (!streq(json_text(json_at(names, k)), e->name))
				continue;
			by = json_object(a);
			json_put_text(a, by, what, json_find_text(applied, what));
			json_put_text(a, by, "field", fields[i]);
			json_put(a, why, key, by);
			return;
		}
	}
}

static struct json *explain_edge(struct edge *e, const struct way *way)
{
	struct arena *a;
	struct json *v;

	if (e->explanation || !e->from)
		return e->explanation;
	a = e->from->tree->arena;
	v = json_object(a);
	json_put_text(a, v, "type", edge_type_name(e->type));
	json_put_text(a, v, "name", e->name);
	json_put_text(a, v, "spec", edge_spec(e));
	if (!streq(edge_spec(e), e->raw_spec)) {
		json_put_text(a, v, "rawSpec", e->raw_spec);
		json_put_bool(a, v, "overridden", true);
	}
	if (edge_is_bundled(e))
		json_put_bool(a, v, "bundled", true);
	if (!edge_valid(e))
		json_put_text(a, v, "error", edge_error_name(edge_error(e)));
	json_put(a, v, "from", known_or_explain(e->from, NULL, way));
	add_repair(v, e, e->from->extension, "packageExtensions", "selector");
	add_repair(v, e, e->from->npm_extension, "npmExtension", "extensionPoint");
	e->explanation = v;
	return v;
}

struct json *edge_explain(struct edge *e)
{
	return explain_edge(e, NULL);
}
