/* SPDX-License-Identifier: MIT
 *
 * An audit's report as a document.
 */
#include "resolver/audit.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/advisory.h"
#include "resolver/collate.h"
#include "resolver/inventory.h"
#include "resolver/pick.h"
#include "resolver/tree.h"

static bool is_direct(const struct audit_vuln *v)
{
	for (size_t i = 0; i < v->nodes.count; i++) {
		const struct node *n = v->nodes.items[i];

		for (size_t e = 0; e < n->edges_in.count; e++) {
			const struct node *from = VEC_AT(&n->edges_in, struct edge, e)->from;

			if (node_is_project_root(from) || node_is_workspace(from))
				return true;
		}
	}
	return false;
}

static void put_copy(struct arena *a, struct json *out, const char *key, const struct json *v)
{
	if (v)
		json_put(a, out, key, json_copy(a, v));
}

static struct json *advisory_json(struct arena *a, const struct advisory *v)
{
	struct json *out;

	if (v->through)
		return json_string(a, v->dependency);
	out = json_object(a);
	put_copy(a, out, "source", v->id);
	json_put_text(a, out, "name", v->name);
	json_put_text(a, out, "dependency", v->dependency);
	put_copy(a, out, "title", json_find(v->source, "title"));
	put_copy(a, out, "url", json_find(v->source, "url"));
	json_put_text(a, out, "severity", v->severity);
	put_copy(a, out, "cwe", json_find(v->source, "cwe"));
	put_copy(a, out, "cvss", json_find(v->source, "cvss"));
	json_put_text(a, out, "range", v->range);
	return out;
}

/* A metavuln's dependency, an advisory's number. */
static const char *via_key(struct arena *a, const struct advisory *v)
{
	if (v->through)
		return v->dependency;
	if (json_is(v->id, JSON_NUMBER))
		return arena_printf(a, "%.0f", v->id->number);
	return json_text(v->id) ? json_text(v->id) : "";
}

static int by_via(const void *x, const void *y, void *ctx)
{
	return collate_compare(via_key(ctx, x), via_key(ctx, y));
}

static struct json *via_json(struct arena *a, const struct audit_vuln *v)
{
	struct json *list = json_array(a);
	struct vec sorted;

	vec_init(&sorted, a);
	for (size_t i = 0; i < v->advisories.count; i++)
		vec_add(&sorted, v->advisories.items[i]);
	vec_sort(&sorted, by_via, a);
	for (size_t i = 0; i < sorted.count; i++)
		json_add(a, list, advisory_json(a, sorted.items[i]));
	return list;
}

static struct json *texts_json(struct arena *a, struct vec *texts)
{
	struct json *list = json_array(a);

	vec_sort(texts, collate_compare_items, NULL);
	for (size_t i = 0; i < texts->count; i++)
		json_add(a, list, json_string(a, texts->items[i]));
	return list;
}

static struct json *effects_json(struct arena *a, const struct audit_vuln *v)
{
	struct vec names;

	vec_init(&names, a);
	for (size_t i = 0; i < v->effects.count; i++)
		vec_add(&names, (void *)VEC_AT(&v->effects, struct audit_vuln, i)->name);
	return texts_json(a, &names);
}

static struct json *nodes_json(struct arena *a, const struct audit_vuln *v)
{
	struct vec places;

	vec_init(&places, a);
	for (size_t i = 0; i < v->nodes.count; i++)
		vec_add(&places, (void *)VEC_AT(&v->nodes, struct node, i)->location);
	return texts_json(a, &places);
}

static struct json *fix_json(struct arena *a, const struct audit_fix *f)
{
	struct json *out;

	if (f->kind != AUDIT_FIX_FORCE)
		return json_bool(a, f->kind == AUDIT_FIX_UPDATE);
	out = json_object(a);
	json_put_text(a, out, "name", f->name);
	json_put_text(a, out, "version", f->version);
	if (f->major_known)
		json_put_bool(a, out, "isSemVerMajor", f->major);
	return out;
}

static struct json *vuln_json(struct audit *r, struct audit_vuln *v)
{
	struct arena *a = r->tree->arena;
	struct json *out = json_object(a);

	json_put_text(a, out, "name", v->name);
	json_put_text(a, out, "severity", v->severity);
	json_put_bool(a, out, "isDirect", is_direct(v));
	json_put(a, out, "via", via_json(a, v));
	json_put(a, out, "effects", effects_json(a, v));
	json_put_text(a, out, "range", audit_simple_range(r, v));
	json_put(a, out, "nodes", nodes_json(a, v));
	json_put(a, out, "fixAvailable", fix_json(a, v->fix));
	if (v->blocked_version) {
		struct json *blocked = json_object(a);

		json_put_text(a, blocked, "version", v->blocked_version);
		json_put_text(a, blocked, "before", r->options->before_text);
		json_put(a, out, "fixBlockedByReleaseAge", blocked);
	}
	return out;
}

static void count_up(struct arena *a, struct json *counts, const char *key)
{
	const struct json *now = key ? json_find(counts, key) : NULL;

	if (key)
		json_put(a, counts, key, json_number(a, (now ? now->number : 0) + 1));
}

static struct json *zeros(struct arena *a, const char *const *keys, size_t n)
{
	struct json *out = json_object(a);

	for (size_t i = 0; i < n; i++)
		json_put(a, out, keys[i], json_number(a, 0));
	return out;
}

static struct json *dependencies_json(const struct audit *r)
{
	static const char *const keys[] = {"prod", "dev", "optional", "peer", "peerOptional"};
	struct arena *a = r->tree->arena;
	struct json *out = zeros(a, keys, ARRAY_LEN(keys));

	for (struct map_entry *i = inventory_first(r->tree->root); i; i = inventory_next(r->tree->root, i)) {
		const struct node_flags *f = &((const struct node *)i->value)->flags;

		if (f->dev)
			count_up(a, out, "dev");
		if (f->optional)
			count_up(a, out, "optional");
		if (f->peer)
			count_up(a, out, "peer");
		if (!f->dev && !f->optional && !f->peer)
			count_up(a, out, "prod");
	}
	json_put(a, out, "total", json_number(a, (double)inventory_count(r->tree->root) - 1));
	return out;
}

struct json *audit_json(struct audit *r)
{
	static const char *const levels[] = {"info", "low", "moderate", "high", "critical"};
	struct arena *a = r->tree->arena;
	struct json *out = json_object(a), *all = json_object(a), *meta = json_object(a);
	struct json *counts = zeros(a, levels, ARRAY_LEN(levels));
	struct vec names;

	vec_init(&names, a);
	for (struct map_entry *i = map_first(&r->vulns); i; i = map_next(&r->vulns, i))
		vec_add(&names, (void *)i->key);
	vec_sort(&names, collate_compare_items, NULL);
	for (size_t i = 0; i < names.count; i++) {
		struct audit_vuln *v = audit_find(r, names.items[i]);

		json_put(a, all, v->name, vuln_json(r, v));
		count_up(a, counts, v->severity);
	}
	json_put(a, counts, "total", json_number(a, (double)names.count));
	json_put(a, meta, "vulnerabilities", counts);
	json_put(a, meta, "dependencies", dependencies_json(r));
	json_put(a, out, "auditReportVersion", json_number(a, 2));
	json_put(a, out, "vulnerabilities", all);
	json_put(a, out, "metadata", meta);
	return out;
}
