/* SPDX-License-Identifier: MIT */
#include "resolver/audit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "resolver/advisory.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/range.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

#include <string.h>

static const struct audit_fix fix_update = {.kind = AUDIT_FIX_UPDATE}, fix_none = {.kind = AUDIT_FIX_NONE};

/* ---- what is asked ---- */

static bool is_audited(const struct audit_options *o, struct node *n)
{
	if (!*node_version(n) || node_is_root(n) || n->is_link || n->links_in.count)
		return false;
	if (o->only && o->only->count && vec_find(o->only, n) < 0)
		return false;
	return !o->omit || !node_should_omit(n, o->omit);
}

struct json *audit_question(struct tree *t, const struct audit_options *o)
{
	struct json *all = json_object(t->arena);

	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		const char *name = node_package_name(n);
		struct json *versions = name ? json_find(all, name) : NULL;
		bool known = false;

		if (!name || !*name || !is_audited(o, n))
			continue;
		if (!versions) {
			versions = json_array(t->arena);
			json_put(t->arena, all, name, versions);
		}
		for (uint32_t v = 0; v < versions->count; v++)
			known |= streq(json_text(versions->items[v]), node_version(n));
		if (!known)
			json_add(t->arena, versions, json_string(t->arena, node_version(n)));
	}
	return all;
}

/* ---- severities ---- */

static int severity_rank(const char *severity)
{
	static const char *const all[] = {"info", "low", "moderate", "high", "critical"};

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (streq(severity, all[i]))
			return (int)i;
	return -1;
}

/* ---- one vulnerable package ---- */

static void add_advisory(struct audit_vuln *v, struct advisory *a)
{
	if (vec_find(&v->advisories, a) < 0)
		vec_add(&v->advisories, a);
	if (severity_rank(a->severity) > severity_rank(v->severity))
		v->severity = a->severity;
}

static void drop_advisory(struct audit_vuln *v, struct advisory *a)
{
	vec_remove(&v->advisories, a);
	v->severity = NULL;
	for (size_t i = 0; i < v->advisories.count; i++)
		add_advisory(v, v->advisories.items[i]);
}

/* The strictest fix wins, up the chain of causes. */
static void set_fix(struct audit_vuln *v, const struct audit_fix *fix, unsigned depth)
{
	v->fix = fix;
	for (size_t i = 0; i < v->via.count && depth < 1000; i++) {
		struct audit_vuln *cause = v->via.items[i];

		if (cause->fix == fix)
			continue;
		if (fix->kind == AUDIT_FIX_NONE || cause->fix->kind == AUDIT_FIX_UPDATE ||
		    (fix->kind == AUDIT_FIX_FORCE && (cause->fix->kind != AUDIT_FIX_FORCE || !cause->fix->major)))
			set_fix(cause, fix, depth + 1);
	}
}

/* ---- making the report ---- */

struct maker {
	struct audit *report;
	struct arena *arena;
	const struct audit_feed *feed;
	struct advisory_book *book;
	struct map by_package;		/* package name to struct vec of struct node */
	struct vec advisories;		/* struct advisory: grows while it is walked */
	struct map seen;		/* name@range */
};

static void index_nodes(struct maker *m)
{
	struct tree *t = m->report->tree;

	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		const char *name = node_package_name(i->value);
		struct vec *nodes = name ? map_find(&m->by_package, name) : NULL;

		if (!name)
			continue;
		if (!nodes) {
			nodes = ARENA_NEW(m->arena, struct vec);
			vec_init(nodes, m->arena);
			map_put(&m->by_package, name, nodes);
		}
		vec_add(nodes, i->value);
	}
}

static const struct packument *packument_of(struct maker *m, const char *name)
{
	return m->feed->packument(m->feed->ctx, name);
}

/* npm's reading of a bare dependency text: NULL when no registry answers it; an alias' own range. */
static const char *registry_range(struct arena *a, const char *spec)
{
	struct err ignored = ERR_INIT;
	const struct spec *s = spec_resolve(a, "x", spec, "/", &ignored);

	if (!s || !s->registry)
		return NULL;
	return s->type == SPEC_ALIAS ? s->sub->raw_spec : spec;
}

static const struct advisory *first_advisory(const struct audit_vuln *v)
{
	return v->advisories.items[0];
}

/* Does every version that satisfies spec lie in the vulnerable range? */
static bool is_stuck(struct maker *m, const struct audit_vuln *v, const char *spec)
{
	const char *wanted = registry_range(m->arena, spec);
	struct range *range = wanted ? range_parse(m->arena, str_from(wanted), 0) : NULL;
	struct range *bad = range ? range_parse(m->arena, str_from(audit_range(m->report, v)), ADVISORY_SEMVER) : NULL;
	const struct advisory *first = first_advisory(v);

	for (size_t i = 0; range && i < first->n_versions; i++)
		if (range_test(range, &first->parsed[i]) && !(bad && range_test(bad, &first->parsed[i])))
			return false;
	return true;
}

static struct pick_options picking(const struct maker *m, const struct audit_vuln *v, const char *wanted)
{
	const struct audit_options *o = m->report->options;

	return (struct pick_options){
		.wanted = wanted,
		.name = v->name,
		.default_tag = o->default_tag,
		.before = PICK_ANY_TIME,
		.node_version = o->node_version,
		.npm_version = o->npm_version,
		.avoid = audit_range(m->report, v),
	};
}

static const struct audit_fix *find_fix(struct maker *m, const struct audit_vuln *v, const char *spec)
{
	const struct packument *p = first_advisory(v)->packument;
	const char *wanted = registry_range(m->arena, spec);
	struct err ignored = ERR_INIT;
	struct audit_fix *fix;
	struct pick got;

	if (!is_stuck(m, v, spec))
		return &fix_update;
	if (!wanted || !p)
		return &fix_none;
	struct pick_options o = picking(m, v, wanted);
	o.avoid_strict = true;
	if (pick_version(m->arena, p, &o, &got, &ignored) < 0)
		return &fix_none;
	fix = ARENA_NEW(m->arena, struct audit_fix);
	*fix = (struct audit_fix){AUDIT_FIX_FORCE, v->name, arena_strdup(m->arena, got.version), got.semver_major, got.outside_range};
	return fix;
}

/* A fix that satisfies what is asked for, but came out too lately to be taken; NULL when none is. */
static const char *find_blocked(struct maker *m, const struct audit_vuln *v, const char *spec)
{
	const struct audit_options *o = m->report->options;
	const struct packument *p = first_advisory(v)->packument;
	struct err ignored = ERR_INIT, none = ERR_INIT;
	struct pick any, windowed;

	if (o->before == PICK_ANY_TIME || !p || (o->age_excluded && o->age_excluded(v->name, o->age_ctx)))
		return NULL;
	struct pick_options free = picking(m, v, registry_range(m->arena, spec)), bound = free;
	bound.before = o->before;
	if (pick_version(m->arena, p, &free, &any, &ignored) < 0)
		return NULL;
	if (pick_version(m->arena, p, &bound, &windowed, &none) == 0 && !windowed.should_avoid)
		return NULL;
	return arena_strdup(m->arena, any.version);
}

/* Somebody at the top asks for it: a project, a workspace. */
static void note_top(struct maker *m, struct audit_vuln *v, struct node *top, const char *spec)
{
	set_fix(v, find_fix(m, v, spec), 0);
	if (v->fix->kind == AUDIT_FIX_UPDATE) {
		v->blocked_version = find_blocked(m, v, spec);
		return;
	}
	if (vec_find(&m->report->tops, v) < 0)
		vec_add(&m->report->tops, v);
	vec_add(&v->tops, top);
}

static void note_dependents(struct maker *m, struct audit_vuln *v, struct advisory *a, struct node *n)
{
	for (size_t i = 0; i < n->edges_in.count; i++) {
		struct edge *e = n->edges_in.items[i];
		const char *name = node_package_name(e->from);
		struct advisory *meta;

		if (node_is_top(e->from) && vec_find(&v->tops, e->from) < 0) {
			note_top(m, v, e->from, edge_spec(e));
			continue;
		}
		if (!name || streq(name, a->name))
			continue;
		meta = advisory_through(m->book, name, a, packument_of(m, name));
		if (advisory_hits(meta, node_version(e->from), edge_spec(e)) && vec_find(&m->advisories, meta) < 0)
			vec_add(&m->advisories, meta);
	}
}

static bool is_new_hit(const struct maker *m, const struct audit_vuln *v, struct advisory *a, struct node *n)
{
	return is_audited(m->report->options, n) && advisory_hits(a, node_version(n), NULL) && vec_find(&v->nodes, n) < 0;
}

/* All dependents' packuments are fetched together. */
static void expect_dependents(struct maker *m, const struct audit_vuln *v, struct advisory *a, const struct vec *nodes)
{
	struct vec names;

	vec_init(&names, m->arena);
	for (size_t i = 0; i < nodes->count; i++) {
		struct node *n = nodes->items[i];

		if (!is_new_hit(m, v, a, n))
			continue;
		for (size_t e = 0; e < n->edges_in.count; e++) {
			const struct node *from = VEC_AT(&n->edges_in, struct edge, e)->from;

			if (!node_is_top(from) && node_package_name(from))
				vec_add(&names, (void *)node_package_name(from));
		}
	}
	if (names.count && m->feed->expect)
		m->feed->expect(m->feed->ctx, &names);
}

static void find_nodes(struct maker *m, struct audit_vuln *v, struct advisory *a)
{
	const struct vec *nodes = map_find(&m->by_package, a->name);

	if (!nodes)
		return;
	expect_dependents(m, v, a, nodes);
	for (size_t i = 0; i < nodes->count; i++) {
		struct node *n = nodes->items[i];

		if (!is_new_hit(m, v, a, n))
			continue;
		vec_add(&v->nodes, n);
		note_dependents(m, v, a, n);
	}
}

static bool is_relevant(const struct audit_vuln *v, struct advisory *a)
{
	for (size_t i = 0; i < v->nodes.count; i++)
		if (advisory_hits(a, node_version(v->nodes.items[i]), NULL))
			return true;
	return false;
}

static void drop_irrelevant(struct audit_vuln *v)
{
	struct vec all = v->advisories;

	vec_init(&v->advisories, all.arena);
	for (size_t i = 0; i < all.count; i++)
		vec_add(&v->advisories, all.items[i]);
	for (size_t i = 0; i < all.count; i++)
		if (!is_relevant(v, all.items[i]))
			drop_advisory(v, all.items[i]);
}

static struct audit_vuln *vuln_for(struct maker *m, struct advisory *a)
{
	struct audit_vuln *v = audit_find(m->report, a->name);

	if (!v) {
		v = ARENA_NEW(m->arena, struct audit_vuln);
		v->name = a->name;
		v->fix = &fix_update;
		vec_init(&v->advisories, m->arena);
		vec_init(&v->via, m->arena);
		vec_init(&v->effects, m->arena);
		vec_init(&v->nodes, m->arena);
		vec_init(&v->tops, m->arena);
		map_put(&m->report->vulns, v->name, v);
	}
	add_advisory(v, a);
	return v;
}

static void take(struct maker *m, struct advisory *a)
{
	struct audit_vuln *v = vuln_for(m, a);
	const char *key = arena_printf(m->arena, "%s@%s", a->name, a->range);

	if (!map_has(&m->seen, key)) {
		find_nodes(m, v, a);
		map_put(&m->seen, key, m);
	}
	if (!v->nodes.count)
		map_remove(&m->report->vulns, v->name);
	else
		drop_irrelevant(v);
}

static void link_causes(struct audit *r)
{
	for (struct map_entry *i = map_first(&r->vulns); i; i = map_next(&r->vulns, i)) {
		struct audit_vuln *v = i->value;

		for (size_t k = 0; k < v->advisories.count; k++) {
			const struct advisory *a = v->advisories.items[k];
			struct audit_vuln *cause = a->through ? audit_find(r, a->dependency) : NULL;

			if (!cause)
				continue;
			if (vec_find(&v->via, cause) < 0)
				vec_add(&v->via, cause);
			if (vec_find(&cause->effects, v) < 0)
				vec_add(&cause->effects, v);
			set_fix(v, v->fix, 0);
		}
	}
}

/* ---- lode's own list of what does not count ---- */

/* By its number, its GHSA name (the end of its URL), or the URL. */
static bool is_ignored(const struct audit_options *o, const struct json *advisory)
{
	const char *url = json_find_text(advisory, "url");
	const char *ghsa = url && strrchr(url, '/') ? strrchr(url, '/') + 1 : url;

	for (uint32_t i = 0; json_is(o->ignore, JSON_ARRAY) && i < o->ignore->count; i++) {
		const struct json *one = o->ignore->items[i];
		const char *text = json_text(one);

		if (json_equal(one, json_find(advisory, "id")) || (text && (cstr_eq_nocase(text, ghsa ? ghsa : "") || streq(text, url))))
			return true;
	}
	return false;
}

static void read_answer(struct maker *m, const struct json *answer)
{
	struct vec names;

	vec_init(&names, m->arena);
	for (uint32_t i = 0; json_is(answer, JSON_OBJECT) && i < answer->count; i++)
		vec_add(&names, (void *)answer->members[i].key);
	if (names.count && m->feed->expect)
		m->feed->expect(m->feed->ctx, &names);
	for (uint32_t i = 0; i < names.count; i++) {
		const struct json *list = answer->members[i].value;

		for (uint32_t k = 0; json_is(list, JSON_ARRAY) && k < list->count; k++) {
			struct advisory *a;

			if (is_ignored(m->report->options, list->items[k])) {
				m->report->ignored++;
				continue;
			}
			a = advisory_of(m->book, names.items[i], list->items[k], packument_of(m, names.items[i]));
			if (vec_find(&m->advisories, a) < 0)
				vec_add(&m->advisories, a);
		}
	}
}

struct audit *audit_make(struct tree *t, const struct audit_options *o, const struct json *answer, const struct audit_feed *feed)
{
	struct audit *r = ARENA_NEW(t->arena, struct audit);
	struct maker m = {.report = r, .arena = t->arena, .feed = feed, .book = advisory_book(t->arena)};

	*r = (struct audit){.tree = t, .options = o};
	map_init(&r->vulns, t->arena);
	vec_init(&r->tops, t->arena);
	map_init(&m.by_package, t->arena);
	map_init(&m.seen, t->arena);
	vec_init(&m.advisories, t->arena);
	read_answer(&m, answer);
	if (m.advisories.count)
		index_nodes(&m);
	for (size_t i = 0; i < m.advisories.count; i++)
		take(&m, m.advisories.items[i]);
	link_causes(r);
	return r;
}
