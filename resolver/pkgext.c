/* SPDX-License-Identifier: MIT */
#include "resolver/pkgext.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/vec.h"
#include "resolver/manifest.h"
#include "resolver/name.h"
#include "resolver/range.h"

#include <string.h>

#define PEERS "peerDependencies"
#define PEERS_META "peerDependenciesMeta"

struct rule {
	const char *key;
	const char *name;
	struct range *range;		/* NULL: every version */
	const struct json *fields;
};

struct pkgext {
	struct arena *arena;
	struct rule *rules;
	size_t count;
};

static const char *const fields[] = {"dependencies", "optionalDependencies", PEERS, PEERS_META};
enum { NORMAL_FIELDS = 2, FIELDS = 4 };

static int bad(struct err *err, const char *code, const char *text)
{
	int rc = err_set(err, ERR_EEXTENSION, "%s", text);

	strncpy(err->name, code, sizeof(err->name) - 1);
	return rc;
}

static int parse_selector(struct arena *a, struct rule *r, struct err *err)
{
	const char *at = strchr(r->key + (r->key[0] == '@'), '@');

	if (!r->key[0])
		return bad(err, "EEXTENSIONSELECTOR", "Invalid packageExtensions selector: \"\"");
	r->name = at ? arena_strndup(a, r->key, (size_t)(at - r->key)) : r->key;
	if (!name_is_valid(r->name))
		return bad(err, "EEXTENSIONSELECTOR",
			   arena_printf(a, "Invalid package name in packageExtensions selector: \"%s\"", r->key));
	if (!at)
		return 0;
	if (str_trim(str_from(at + 1)).len == 0)
		return bad(err, "EEXTENSIONSELECTOR",
			   arena_printf(a, "Invalid packageExtensions selector: \"%s\". Use the name only to match every "
					   "version.", r->key));
	r->range = range_parse(a, str_from(at + 1), SEMVER_LOOSE);
	if (r->range)
		return 0;
	return bad(err, "EEXTENSIONSELECTOR",
		   arena_printf(a, "Invalid version range in packageExtensions selector: \"%s\". Selectors accept a package "
				   "name with an optional semver range only.", r->key));
}

static bool is_known_field(const char *key)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (streq(key, fields[i]))
			return true;
	return false;
}

static bool deletes(const struct json *v)
{
	return json_is(v, JSON_NULL) || (json_is(v, JSON_BOOL) && !json_is_true(v)) || streq(json_text(v), "-");
}

static int check_field(struct arena *a, const struct rule *r, const struct json_member *m, struct err *err)
{
	bool meta = streq(m->key, PEERS_META);

	if (!is_known_field(m->key))
		return bad(err, "EEXTENSIONFIELD",
			   arena_printf(a, "packageExtensions[\"%s\"] has unsupported field \"%s\". Supported fields: "
					   "dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta.",
					r->key, m->key));
	if (!json_is(m->value, JSON_OBJECT))
		return bad(err, "EEXTENSIONVALUE",
			   arena_printf(a, "packageExtensions[\"%s\"].%s must be an object", r->key, m->key));
	for (uint32_t i = 0; i < m->value->count; i++) {
		const struct json_member *entry = &m->value->members[i];

		if (meta && !json_is(entry->value, JSON_OBJECT))
			return bad(err, "EEXTENSIONVALUE", arena_printf(a,
				"packageExtensions[\"%s\"].%s.%s must be an object", r->key, m->key, entry->key));
		if (!meta && deletes(entry->value))
			return bad(err, "EEXTENSIONDELETE", arena_printf(a,
				"packageExtensions[\"%s\"].%s.%s attempts deletion, which is not supported.", r->key,
				m->key, entry->key));
	}
	return 0;
}

static int make_rule(struct arena *a, struct rule *r, const struct json_member *m, struct err *err)
{
	r->key = m->key;
	r->fields = m->value;
	if (parse_selector(a, r, err) < 0)
		return -1;
	if (!json_is(m->value, JSON_OBJECT))
		return bad(err, "EEXTENSIONVALUE", arena_printf(a, "packageExtensions[\"%s\"] must be an object", m->key));
	for (uint32_t i = 0; i < m->value->count; i++)
		if (check_field(a, r, &m->value->members[i], err) < 0)
			return -1;
	return 0;
}

struct pkgext *pkgext_make(struct arena *a, const struct json *rules, struct err *err)
{
	struct pkgext *x;

	if (!rules)
		return NULL;
	if (!json_is(rules, JSON_OBJECT)) {
		(void)bad(err, "EEXTENSIONROOT", "packageExtensions must be an object");
		return NULL;
	}
	x = ARENA_NEW(a, struct pkgext);
	x->arena = a;
	x->count = rules->count;
	x->rules = ARENA_ARRAY(a, struct rule, rules->count + 1);
	for (uint32_t i = 0; i < rules->count; i++)
		if (make_rule(a, &x->rules[i], &rules->members[i], err) < 0)
			return NULL;
	return x;
}

static bool rule_matches(const struct rule *r, const char *name, const char *version)
{
	struct semver v;

	if (!streq(r->name, name))
		return false;
	if (!r->range)
		return true;
	return version && semver_parse(&v, str_from(version), SEMVER_LOOSE) && range_test(r->range, &v);
}

bool pkgext_matches(const struct pkgext *x, const char *name, const char *version)
{
	for (size_t i = 0; x && i < x->count; i++)
		if (rule_matches(&x->rules[i], name, version))
			return true;
	return false;
}

bool pkgext_has(const struct pkgext *x, const char *key)
{
	for (size_t i = 0; x && i < x->count; i++)
		if (streq(x->rules[i].key, key))
			return true;
	return false;
}

static int find_rule(const struct pkgext *x, const char *name, const char *version, const struct rule **found, struct err *err)
{
	const char *keys = NULL;
	size_t n = 0;

	*found = NULL;
	for (size_t i = 0; x && i < x->count; i++) {
		if (!rule_matches(&x->rules[i], name, version))
			continue;
		*found = &x->rules[i];
		keys = keys ? arena_printf(x->arena, "%s, \"%s\"", keys, x->rules[i].key) :
			      arena_printf(x->arena, "\"%s\"", x->rules[i].key);
		n++;
	}
	if (n <= 1)
		return 0;
	return bad(err, "EEXTENSIONCONFLICT", arena_printf(x->arena,
		"Multiple packageExtensions selectors match %s@%s: %s. Narrow or remove one of the overlapping rules.",
		name, version ? version : "undefined", keys));
}

int pkgext_check(const struct pkgext *x, const char *name, const char *version, struct err *err)
{
	const struct rule *rule;

	return find_rule(x, name, version, &rule, err);
}

static void note(struct arena *a, struct json *applied, const char *field, const char *name)
{
	if (!json_find(applied, field))
		json_put(a, applied, field, json_array(a));
	json_add(a, json_find(applied, field), json_string(a, name));
}

static struct json *field_of(struct arena *a, struct json *pkg, const char *field)
{
	if (!json_is(json_find(pkg, field), JSON_OBJECT))
		json_put(a, pkg, field, json_object(a));
	return json_find(pkg, field);
}

/* A manifest being extended by a rule. */
struct extending {
	struct arena *arena;
	struct json *pkg;
	const char *key;	/* the rule's selector */
};

static int add_dep(const struct extending *x, const char *field, const struct json_member *m, struct err *err)
{
	struct arena *a = x->arena;

	for (size_t i = 0; i < NORMAL_FIELDS; i++)
		if (json_find(json_find(x->pkg, fields[i]), m->key))
			return bad(err, "EEXTENSIONDUPDEP", arena_printf(a,
				"packageExtensions[\"%s\"].%s.%s conflicts with the package's existing %s.%s. Use overrides to change "
				"a dependency version; packageExtensions only adds missing dependencies.", x->key, field, m->key,
				fields[i], m->key));
	json_put(a, field_of(a, x->pkg, field), m->key, json_copy(a, m->value));
	return 0;
}

static int add_meta(const struct extending *x, const struct json_member *m, struct err *err)
{
	struct arena *a = x->arena;
	struct json *meta = field_of(a, x->pkg, PEERS_META);

	if (!json_is(json_find(meta, m->key), JSON_OBJECT))
		json_put(a, meta, m->key, json_object(a));
	for (uint32_t i = 0; i < m->value->count; i++)
		json_put(a, json_find(meta, m->key), m->value->members[i].key, json_copy(a, m->value->members[i].value));
	if (json_find(json_find(x->pkg, PEERS), m->key))
		return 0;
	return bad(err, "EEXTENSIONORPHANMETA", arena_printf(a,
		"packageExtensions[\"%s\"].peerDependenciesMeta.%s has no corresponding peerDependencies.%s after extension "
		"application.", x->key, m->key, m->key));
}

static int add_field(const struct extending *x, const char *field, const struct json_member *m, struct err *err)
{
	if (streq(field, PEERS_META))
		return add_meta(x, m, err);
	if (!streq(field, PEERS))
		return add_dep(x, field, m, err);
	json_put(x->arena, field_of(x->arena, x->pkg, field), m->key, json_copy(x->arena, m->value));
	return 0;
}

int pkgext_apply(struct arena *a, const struct pkgext *x, struct manifest *m, struct extended *out, struct err *err)
{
	const struct rule *rule;
	struct extending e;

	*out = (struct extended){m, NULL};
	if (!m->name || find_rule(x, m->name, m->version, &rule, err) < 0)
		return m->name ? -1 : 0;
	if (!rule)
		return 0;
	e = (struct extending){a, json_copy(a, m->raw), rule->key};
	out->applied = json_object(a);
	json_put_text(a, out->applied, "selector", rule->key);
	for (size_t f = 0; f < FIELDS; f++) {
		const struct json *adds = json_find(rule->fields, fields[f]);

		for (uint32_t i = 0; i < json_count(adds); i++) {
			if (add_field(&e, fields[f], &adds->members[i], err) < 0)
				return -1;
			note(a, out->applied, fields[f], adds->members[i].key);
		}
	}
	out->manifest = manifest_from_json(a, e.pkg);
	out->manifest->abbreviated = m->abbreviated;
	return 0;
}

static int by_key(const void *x, const void *y, void *ctx)
{
	(void)ctx;
	return strcmp(((const struct json_member *)x)->key, ((const struct json_member *)y)->key);
}

static void add_object(struct arena *a, struct buf *out, const struct json *v)
{
	struct vec members;

	vec_init(&members, a);
	for (uint32_t i = 0; i < v->count; i++)
		vec_add(&members, &v->members[i]);
	vec_sort(&members, by_key, NULL);
	buf_addc(out, '{');
	for (size_t i = 0; i < members.count; i++) {
		const struct json_member *m = members.items[i];

		if (i)
			buf_addc(out, ',');
		json_format_string(out, m->key, strlen(m->key));
		buf_addc(out, ':');
		pkgext_canonical(a, out, m->value);
	}
	buf_addc(out, '}');
}

void pkgext_canonical(struct arena *a, struct buf *out, const struct json *v)
{
	if (json_is(v, JSON_OBJECT)) {
		add_object(a, out, v);
		return;
	}
	if (!json_is(v, JSON_ARRAY)) {
		json_format(out, v, NULL);
		return;
	}
	buf_addc(out, '[');
	for (uint32_t i = 0; i < v->count; i++) {
		if (i)
			buf_addc(out, ',');
		pkgext_canonical(a, out, v->items[i]);
	}
	buf_addc(out, ']');
}
