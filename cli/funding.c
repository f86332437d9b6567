/* SPDX-License-Identifier: MIT
 *
 * The tree of who asks for funding. The walk goes down by depth, but takes all dependencies of a package before it goes
 * below the first, which decides where a package is shown; with a stack of its own, since trees may be deep.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "base/url.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/fund.h"
#include "cli/summary.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

/* ---- One package's "funding" ---- */

static bool is_address(struct arena *a, const char *text)
{
	struct url u;
	if (!text || !url_parse(a, str_from(text), NULL, &u) || !u.hostname || !*u.hostname)
		return false;
	return streq(u.scheme, "https") || streq(u.scheme, "http");
}

static bool is_valid_one(struct arena *a, const struct json *v)
{
	return is_address(a, json_is(v, JSON_STRING) ? v->text : json_find_text(v, "url"));
}

static bool is_valid(struct arena *a, const struct json *funding)
{
	if (!json_truthy(funding))
		return false;
	if (!json_is(funding, JSON_ARRAY))
		return is_valid_one(a, funding);
	for (uint32_t i = 0; i < funding->count; i++)
		if (!json_truthy(funding->items[i]) || !is_valid_one(a, funding->items[i]))
			return false;
	return true;
}

static struct json *as_object(struct arena *a, struct json *v)
{
	if (!json_is(v, JSON_STRING))
		return v;
	struct json *out = json_object(a);
	json_put(a, out, "url", v);
	return out;
}

static struct json *normal(struct arena *a, struct json *funding)
{
	if (!json_is(funding, JSON_ARRAY))
		return as_object(a, funding);
	struct json *out = json_array(a);
	for (uint32_t i = 0; i < funding->count; i++)
		json_add(a, out, as_object(a, funding->items[i]));
	return out;
}

void fund_ways(struct arena *a, const struct json *funding, struct vec *out)
{
	struct json *v = json_truthy(funding) ? normal(a, (struct json *)funding) : NULL;
	for (uint32_t i = 0; json_is(v, JSON_ARRAY) && i < v->count; i++)
		if (json_truthy(v->items[i]) && is_valid(a, v->items[i]))
			vec_add(out, v->items[i]);
	if (v && !json_is(v, JSON_ARRAY) && is_valid(a, v))
		vec_add(out, v);
}

/* ---- The walk ---- */

/* A package met on the way. */
struct asked {
	struct node *node;
	struct json *shown;	/* version, funding, dependencies */
};

/* The dependencies of one package, under work. */
struct level {
	struct vec items;	/* struct asked */
	size_t at;
	struct json *shown;	/* those that ask, by name */
	struct json *passed;	/* those below ones that do not ask; NULL */
};

struct walk {
	struct arena *arena;
	const struct vec *only;
	struct map seen;
	struct vec levels;
	uint32_t count;
};

static const char *text_or_undefined(const char *text)
{
	return text ? text : "undefined";
}

static bool is_new(struct walk *w, const struct node *n)
{
	const char *version = json_find_text(n->manifest->raw, "version");
	const char *key = arena_printf(w->arena, "%s%s", text_or_undefined(n->manifest->name), text_or_undefined(version));
	if (map_has(&w->seen, key))
		return false;
	map_put(&w->seen, key, w);
	return true;
}

static void take(struct walk *w, struct level *l, struct node *n)
{
	if (n->inert || (w->only && w->only->count && vec_find(w->only, n) < 0) || !is_new(w, n))
		return;
	struct asked *one = ARENA_NEW(w->arena, struct asked);
	struct json *funding = json_find(n->manifest->raw, "funding");
	*one = (struct asked){.node = n, .shown = json_object(w->arena)};
	if (*node_version(n))
		json_put_text(w->arena, one->shown, "version", node_version(n));
	if (is_valid(w->arena, funding)) {
		json_put(w->arena, one->shown, "funding", normal(w->arena, funding));
		w->count++;
	}
	vec_add(&l->items, one);
}

static void go_down(struct walk *w, struct node *n)
{
	struct level *l = ARENA_NEW(w->arena, struct level);
	vec_init(&l->items, w->arena);
	l->shown = json_object(w->arena);
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		const struct edge *e = i->value;
		struct node *to = e->to ? node_target(e->to) : NULL;
		if (to)
			take(w, l, to);
	}
	vec_add(&w->levels, l);
}

static void merge(struct arena *a, struct json *into, const struct json *from)
{
	for (uint32_t i = 0; i < json_count(from); i++)
		json_put(a, into, from->members[i].key, from->members[i].value);
}

/* All dependencies of a level are known: they belong to the package above, if that asks, else further up. */
static struct json *go_up(struct walk *w)
{
	struct level *done = vec_pop(&w->levels);
	if (done->passed)
		merge(w->arena, done->shown, done->passed);
	return done->shown;
}

static void finish(struct walk *w, struct level *l, const struct asked *one, struct json *below)
{
	if (json_count(below))
		json_put(w->arena, one->shown, "dependencies", below);
	if (json_find(one->shown, "funding")) {
		json_put(w->arena, l->shown, text_or_undefined(one->node->manifest->name), one->shown);
	} else if (json_count(below)) {
		l->passed = l->passed ? l->passed : json_object(w->arena);
		merge(w->arena, l->passed, below);
	}
}

static struct json *walk(struct walk *w, struct node *root)
{
	struct json *below = NULL;
	map_init(&w->seen, w->arena);
	vec_init(&w->levels, w->arena);
	go_down(w, root);
	for (;;) {
		struct level *l = w->levels.items[w->levels.count - 1];
		if (l->at == l->items.count) {
			below = go_up(w);
			if (!w->levels.count)
				return below;
			l = w->levels.items[w->levels.count - 1];
			finish(w, l, l->items.items[l->at++], below);
			continue;
		}
		struct asked *one = l->items.items[l->at];
		if (one->node->edges_out.map.count)
			go_down(w, one->node);
		else
			finish(w, l, l->items.items[l->at++], NULL);
	}
}

struct json *fund_read(struct arena *a, struct node *root, const struct vec *only)
{
	struct walk w = {.arena = a, .only = only};
	struct json *below = walk(&w, root), *out = json_object(a), *raw = root->manifest->raw;
	struct json *funding = json_find(raw, "funding");
	const char *name = root->manifest->name;
	json_put(a, out, "length", json_number(a, w.count));
	json_put_text(a, out, "name", name && *name ? name : root->name && *root->name ? root->name : root->path);
	if (json_truthy(json_find(raw, "version")))
		json_put(a, out, "version", json_find(raw, "version"));
	if (json_truthy(funding))
		json_put(a, out, "funding", normal(a, funding));
	json_put(a, out, "dependencies", below);
	return out;
}

uint32_t fund_count(struct arena *a, struct node *root)
{
	struct walk w = {.arena = a};
	walk(&w, root);
	return w.count;
}

uint32_t summary_funding(struct cli *cli, struct node *root)
{
	return fund_count(cli->arena, root);
}
