/* SPDX-License-Identifier: MIT */
#include "resolver/overrides.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "resolver/range.h"
#include "resolver/spec.h"
#include "resolver/tree.h"

static struct override_set *make_rule(struct arena *a, const struct json *value, struct err *err);

static int name_rule(struct arena *a, struct override_set *set, const char *key, struct err *err)
{
	struct spec *s = spec_parse(a, key, "/", err);
	struct spec unnamed;

	if (!s)
		return -1;
	if (!s->name || !s->name[0])
		return err_set(err, ERR_EGENERIC, "Override without name: %s", key);
	unnamed = *s;
	unnamed.name = NULL;
	set->key = key;
	set->name = s->name;
	set->key_spec = spec_format(a, &unnamed);
	if (!set->value)
		set->value = set->key_spec;
	return 0;
}

static int add_rule(struct arena *a, struct override_set *set, const struct json_member *m, struct err *err)
{
	struct override_set *child;

	if (streq(m->key, "."))
		return 0;
	child = make_rule(a, m->value, err);
	if (!child || name_rule(a, child, m->key, err) < 0)
		return -1;
	child->parent = set;
	map_put(&set->children, child->key, child);
	return 0;
}

static struct override_set *make_rule(struct arena *a, const struct json *value, struct err *err)
{
	struct override_set *set = ARENA_NEW(a, struct override_set);
	const char *text = json_is(value, JSON_OBJECT) ? json_find_text(value, ".") : json_text(value);

	map_init(&set->children, a);
	if (text)
		set->value = text[0] ? text : "*";
	for (uint32_t i = 0; json_is(value, JSON_OBJECT) && i < value->count; i++)
		if (add_rule(a, set, &value->members[i], err) < 0)
			return NULL;
	return set;
}

struct override_set *override_set_make(struct arena *a, const struct json *overrides, struct err *err)
{
	struct override_set *set = make_rule(a, overrides, err);

	if (set)
		set->value = NULL;
	return set;
}

static bool children_equal(const struct override_set *x, const struct override_set *y)
{
	if (x->children.count != y->children.count)
		return false;
	for (struct map_entry *i = map_first(&x->children); i; i = map_next(&x->children, i)) {
		const struct override_set *mine = i->value, *its = map_find(&y->children, i->key);

		if (!its || !streq(mine->value, its->value) || !children_equal(mine, its))
			return false;
	}
	return true;
}

bool override_equal(const struct override_set *x, const struct override_set *y)
{
	for (; x != y; x = x->parent, y = y->parent) {
		if (!x || !y)
			return false;
		if (!streq(x->key, y->key) || !streq(x->value, y->value) || !children_equal(x, y))
			return false;
	}
	return true;
}

const struct map *override_rules(struct arena *a, struct override_set *set)
{
	if (set->rules)
		return set->rules;
	set->rules = ARENA_NEW(a, struct map);
	map_init(set->rules, a);
	for (struct override_set *at = set; at; at = at->parent) {
		for (struct map_entry *i = map_first(&at->children); i; i = map_next(&at->children, i))
			if (!map_has(set->rules, i->key))
				map_put(set->rules, i->key, i->value);
		if (at->parent && !map_has(set->rules, at->key))
			map_put(set->rules, at->key, at);
	}
	return set->rules;
}

/* false also when one of them is no range. */
static bool intersect(struct arena *a, const char *x, const char *y)
{
	struct range *rx = range_parse(a, str_from(x), 0);
	struct range *ry = range_parse(a, str_from(y), 0);

	return rx && ry && range_intersects(rx, ry);
}

/* The written spec counts, not what an override made of it. Where versions cannot be compared the rule holds. */
static bool rule_applies(struct arena *a, const struct override_set *rule, const struct edge *e)
{
	struct err ignored = ERR_INIT;
	const char *text;
	const struct spec *s;

	if (!streq(rule->name, e->name))
		return false;
	if (streq(rule->key_spec, "*"))
		return true;
	text = e->raw_spec[0] ? e->raw_spec : edge_spec(e);
	s = spec_parse(a, arena_printf(a, "%s@%s", e->name, text), "/", &ignored);
	if (!s)
		return false;
	if (s->type == SPEC_ALIAS)
		s = s->sub;
	if (s->type == SPEC_GIT)
		return s->git_range && intersect(a, s->git_range, rule->key_spec);
	if (s->type == SPEC_RANGE || s->type == SPEC_VERSION)
		return intersect(a, s->fetch_spec, rule->key_spec);
	return true;
}

struct override_set *override_edge_rule(struct arena *a, struct override_set *set, const struct edge *e)
{
	const struct map *rules = override_rules(a, set);

	for (struct map_entry *i = map_first(rules); i; i = map_next(rules, i))
		if (rule_applies(a, i->value, e))
			return i->value;
	return set;
}

/* Do two rules for one package leave no version? Only ranges can be compared. */
static bool rules_clash(struct arena *a, const struct override_set *x, const struct override_set *y)
{
	struct err ignored = ERR_INIT;
	const struct spec *sx, *sy;

	if (override_equal(x, y) || x->value[0] == '$' || y->value[0] == '$')
		return false;
	sx = spec_parse(a, arena_printf(a, "%s@%s", x->name, x->value), "/", &ignored);
	sy = spec_parse(a, arena_printf(a, "%s@%s", y->name, y->value), "/", &ignored);
	if (!sx || !sy)
		return false;
	if ((sx->type != SPEC_RANGE && sx->type != SPEC_VERSION) || (sy->type != SPEC_RANGE && sy->type != SPEC_VERSION))
		return false;
	return !intersect(a, sx->fetch_spec, sy->fetch_spec);
}

static bool have_conflicting_rules(struct arena *a, struct override_set *x, struct override_set *y)
{
	const struct map *rules = override_rules(a, x), *others = override_rules(a, y);

	for (struct map_entry *i = map_first(rules); i; i = map_next(rules, i)) {
		const struct override_set *other = map_find(others, i->key);

		if (other && rules_clash(a, i->value, other))
			return true;
	}
	return false;
}

/* *conflict tells "they conflict" from "they have nothing in common"; the latter has no set either. */
static struct override_set *specific(struct arena *a, struct override_set *x, struct override_set *y, bool *conflict)
{
	*conflict = false;
	for (struct override_set *at = y; at; at = at->parent)
		if (override_equal(at, x))
			return y;
	for (struct override_set *at = x; at; at = at->parent)
		if (override_equal(at, y))
			return x;
	*conflict = have_conflicting_rules(a, x, y);
	for (struct override_set *mine = y; mine && !*conflict; mine = mine->parent)
		for (struct override_set *its = x; its; its = its->parent)
			if (override_equal(its, mine))
				return its;
	return NULL;
}

struct override_set *override_specific(struct arena *a, struct override_set *x, struct override_set *y)
{
	bool conflict;

	return specific(a, x, y, &conflict);
}

bool override_conflict(struct arena *a, struct override_set *x, struct override_set *y)
{
	bool conflict;

	specific(a, x, y, &conflict);
	return conflict;
}
