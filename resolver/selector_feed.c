/* SPDX-License-Identifier: MIT
 *
 * :outdated and :vuln: what a registry has to say of packages.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/manifest.h"
#include "resolver/range.h"
#include "resolver/selector.h"
#include "resolver/selector_int.h"
#include "resolver/semver.h"
#include "resolver/tree.h"

/* ---- :outdated ---- */

static bool is_private(const struct node *n)
{
	return json_truthy(json_find(n->manifest->raw, "private"));
}

static bool is_publishable(const struct node *n)
{
	return !node_is_project_root(n) && !is_private(n);
}

static struct json *texts(struct arena *a, const struct vec *list)
{
	struct json *out = json_array(a);

	for (size_t i = 0; i < list->count; i++)
		json_add(a, out, json_string(a, list->items[i]));
	return out;
}

static void keep_greater(const struct vec *all, const struct semver *than, struct vec *out)
{
	for (size_t i = 0; i < all->count; i++) {
		struct semver v;

		if (semver_parse(&v, str_from(all->items[i]), 0) && semver_compare(&v, than) > 0)
			vec_add(out, all->items[i]);
	}
}

static bool differs_by(const struct vec *versions, const struct semver *from, const char *kind)
{
	for (size_t i = 0; i < versions->count; i++) {
		struct semver v;

		if (semver_parse(&v, str_from(versions->items[i]), 0) && streq(semver_diff(from, &v), kind))
			return true;
	}
	return false;
}

/* Newer versions that some dependents' ranges take, or do not take, by dependent; false when there are none. */
static bool note_ranges(const struct sel_results *r, struct node *n, const struct vec *greater, bool inside)
{
	struct arena *a = r->run->arena;
	struct json *list = json_array(a), *context = selector_context(a, n);

	for (size_t i = 0; i < n->edges_in.count; i++) {
		const struct edge *e = n->edges_in.items[i];
		const struct range *range = range_parse(a, str_from(edge_spec(e)), 0);
		struct json *from = json_object(a);
		struct vec fitting;

		vec_init(&fitting, a);
		for (size_t k = 0; k < greater->count; k++)
			if ((range && range_test_text(range, greater->items[k])) == inside)
				vec_add(&fitting, greater->items[k]);
		if (!fitting.count)
			continue;
		json_put_text(a, from, "from", e->from->location);
		json_put(a, from, "versions", texts(a, &fitting));
		json_add(a, list, from);
	}
	if (!list->count)
		return false;
	struct json *outdated = json_find(context, "outdated");
	if (!outdated) {
		outdated = json_object(a);
		json_put(a, context, "outdated", outdated);
	}
	json_put(a, outdated, inside ? "inRange" : "outOfRange", list);
	return true;
}

static bool is_outdated(const struct sel_results *r, struct node *n, const struct vec *versions)
{
	const char *kind = r->at->arg ? r->at->arg : "any";
	struct semver now;
	struct vec greater;

	json_put(r->run->arena, selector_context(r->run->arena, n), "versions", texts(r->run->arena, versions));
	vec_init(&greater, r->run->arena);
	if (!semver_parse(&now, str_from(node_version(n)), 0))
		return false;
	keep_greater(versions, &now, &greater);
	if (!greater.count)
		return false;
	if (streq(kind, "any"))
		return true;
	if (streq(kind, "major") || streq(kind, "minor") || streq(kind, "patch"))
		return differs_by(&greater, &now, kind);
	if (streq(kind, "in-range") || streq(kind, "out-of-range"))
		return note_ranges(r, n, &greater, kind[0] == 'i');
	return false;
}

int sel_choose_outdated(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err)
{
	const struct selector_feed *feed = r->run->feed;
	struct vec names;

	vec_init(&names, r->run->arena);
	for (size_t i = 0; i < items->count; i++)
		if (is_publishable(items->items[i]))
			vec_add(&names, (void *)VEC_AT(items, struct node, i)->name);
	if (feed->expect)
		feed->expect(feed->ctx, &names);
	for (size_t i = 0; i < items->count; i++) {
		struct node *n = items->items[i];
		struct vec versions;

		if (!is_publishable(n))
			continue;
		vec_init(&versions, r->run->arena);
		if (feed->versions(feed->ctx, n->name, &versions, err) < 0)
			return -1;
		if (is_outdated(r, n, &versions))
			vec_add(out, n);
	}
	return 0;
}

/* ---- :vuln ---- */

static bool asks(const struct vec *list, const char *text)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (streq(list->items[i], text))
			return true;
	return false;
}

static bool is_of_kind(struct arena *a, const struct sel_vuln *wish, const struct json *advisory)
{
	const char *severity = json_find_text(advisory, "severity");
	const struct json *cwe = json_find(advisory, "cwe");

	if (wish->severity && !asks(wish->severity, "*") && !asks(wish->severity, severity))
		return false;
	if (asks(wish->cwe, "*"))
		return json_count(cwe) > 0;
	for (size_t i = 0; wish->cwe && i < wish->cwe->count; i++)
		if (!json_has_text(cwe, arena_printf(a, "CWE-%s", VEC_AT(wish->cwe, char, i))))
			return false;
	return true;
}

/* Is it about this version, and asked for? */
static bool applies(const struct sel_results *r, const struct json *advisory, const struct node *n)
{
	const char *vulnerable = json_find_text(advisory, "vulnerable_versions");
	const struct range *bad = vulnerable ? range_parse(r->run->arena, str_from(vulnerable), 0) : NULL;
	const struct range *own = range_parse(r->run->arena, str_from(node_version(n)), 0);

	if (!bad || !own || !range_intersects(bad, own))
		return false;
	for (size_t i = 0; r->at->vulns && i < r->at->vulns->count; i++)
		if (is_of_kind(r->run->arena, r->at->vulns->items[i], advisory))
			return true;
	return !r->at->vulns;
}

static struct json *packages_of(struct arena *a, const struct vec *items)
{
	struct json *out = json_object(a);

	for (size_t i = 0; i < items->count; i++) {
		const struct node *n = items->items[i];
		struct json *versions = json_find(out, n->name);

		if (!is_publishable(n))
			continue;
		if (!versions) {
			versions = json_array(a);
			json_put(a, out, n->name, versions);
		}
		if (!json_has_text(versions, node_version(n)))
			json_add(a, versions, json_string(a, node_version(n)));
	}
	return out;
}

int sel_choose_vuln(const struct sel_results *r, const struct vec *items, struct vec *out, struct err *err)
{
	const struct selector_feed *feed = r->run->feed;
	struct arena *a = r->run->arena;
	struct json *known = NULL;

	if (!items->count)
		return 0;
	if (feed->advisories(feed->ctx, packages_of(a, items), &known, err) < 0)
		return -1;
	for (size_t i = 0; i < items->count; i++) {
		struct node *n = items->items[i];
		const struct json *list = json_find(known, n->name);
		struct json *mine = json_array(a);

		for (uint32_t k = 0; k < json_count(list); k++)
			if (applies(r, json_at(list, k), n))
				json_add(a, mine, json_at(list, k));
		if (!mine->count)
			continue;
		struct json *context = json_object(a);
		json_put(a, context, "advisories", mine);
		n->extra = context;
		vec_add(out, n);
	}
	return 0;
}
