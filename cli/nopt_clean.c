/* SPDX-License-Identifier: MIT
 *
 * The second half of nopt: values as text become the types their options have.
 */
#include "cli/nopt.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/url.h"
#include "base/vec.h"
#include "cli/jsvalue.h"
#include "resolver/semver.h"

static const struct opt_types *types_of(const struct nopt *n, const char *key)
{
	const struct opt_types *t = n->types.find(n->types.ctx, key);
	return t || !n->dynamic ? t : n->dynamic(n->ctx, key);
}

static struct json *number_of(const struct nopt *n, const struct json *v)
{
	double d = 0;
	if (json_is(v, JSON_NUMBER))
		return json_number(n->arena, v->number);
	if (json_is(v, JSON_STRING) ? !js_number(v->text, &d) : json_count(v) > 0)
		return NULL;
	if (json_is(v, JSON_BOOL))
		d = v->boolean;
	return json_number(n->arena, d);
}

static struct json *boolean_of(const struct nopt *n, const struct json *v)
{
	double d;
	bool b = json_truthy(v);
	if (json_is(v, JSON_STRING))
		b = js_number(v->text, &d) ? d != 0 : !streq(v->text, "null") && !streq(v->text, "false");
	return json_bool(n->arena, b);
}

static struct json *path_of(const struct nopt *n, struct json *v)
{
	if (n->strict_paths ? !json_is(v, JSON_STRING) : json_is_true(v))
		return NULL;
	if (json_is(v, JSON_NULL))
		return v;
	const char *path = js_string(n->arena, v);
	if (cstr_starts(path, "~/") && n->home)
		return json_string(n->arena, path_resolve(n->arena, n->home, path + 2));
	return json_string(n->arena, path_resolve(n->arena, n->cwd, path));
}

static struct json *url_of(const struct nopt *n, const struct json *v)
{
	const char *href = url_normal(n->arena, js_string(n->arena, v));
	return href ? json_string(n->arena, href) : NULL;
}

static struct json *date_of(const struct nopt *n, const struct json *v)
{
	int64_t ms;
	if (json_is(v, JSON_NULL) || !js_date(js_string(n->arena, v), &ms))
		return NULL;
	return json_string(n->arena, js_date_iso(n->arena, ms));
}

static struct json *semver_of(const struct nopt *n, const struct json *v)
{
	struct semver parsed;
	if (!json_is(v, JSON_STRING) || !semver_parse(&parsed, str_from(v->text), 0))
		return NULL;
	return json_string(n->arena, semver_format(n->arena, &parsed));
}

static struct json *umask_of(const struct nopt *n, const struct json *v)
{
	double d;
	return js_umask(v, &d) ? json_number(n->arena, d) : NULL;
}

/* The value as this type has it; NULL when it does not fit. */
static struct json *value_as(const struct nopt *n, struct json *v, const struct opt_type *type)
{
	switch (type->kind) {
	case OPT_STRING: return json_string(n->arena, js_string(n->arena, v));
	case OPT_BOOLEAN: return boolean_of(n, v);
	case OPT_NUMBER: return number_of(n, v);
	case OPT_PATH: return path_of(n, v);
	case OPT_URL: return url_of(n, v);
	case OPT_DATE: return date_of(n, v);
	case OPT_UMASK: return umask_of(n, v);
	case OPT_SEMVER: return semver_of(n, v);
	case OPT_LITERAL: return v->type == type->literal->type && json_equal(v, type->literal) ? v : NULL;
	case OPT_LIST:
	case OPT_STREAM:
	case OPT_NAN: break;
	}
	return NULL;
}

static bool takes_bool(const struct opt_types *t, bool value)
{
	for (uint32_t i = 0; i < t->count; i++) {
		const struct opt_type *type = &t->types[i];
		if (type->kind == OPT_BOOLEAN)
			return true;
		if (type->kind == OPT_LITERAL && json_is(type->literal, JSON_BOOL) && type->literal->boolean == value)
			return true;
	}
	return false;
}

/* Text that says null, true, false, a number or a date, where the option may be that. */
static struct json *value_of_text(const struct nopt *n, struct json *v, const struct opt_types *t)
{
	double d;
	int64_t ms;
	const char *text = str_dup(n->arena, str_trim((struct str){v->text, v->len}));
	if (streq(text, "null") && opt_types_has_null(t))
		return json_null(n->arena);
	if (streq(text, "true") && takes_bool(t, true))
		return json_bool(n->arena, true);
	if (streq(text, "false") && takes_bool(t, false))
		return json_bool(n->arena, false);
	if (opt_types_has(t, OPT_NUMBER) && js_number(text, &d))
		return json_number(n->arena, d);
	if (opt_types_has(t, OPT_DATE) && js_date(text, &ms))
		return json_string(n->arena, js_date_iso(n->arena, ms));
	return json_string(n->arena, text);
}

static struct json *first_fit(const struct nopt *n, struct json *v, const struct opt_types *t)
{
	for (uint32_t i = 0; i < t->count; i++) {
		struct json *fits = value_as(n, v, &t->types[i]);
		if (fits)
			return fits;
	}
	return NULL;
}

/* NULL: refused. */
static struct json *clean_value(const struct nopt *n, const char *key, struct json *v, const struct opt_types *raw)
{
	bool typed = raw && !raw->undefined;
	bool anything = !typed || opt_types_is(raw, OPT_LIST);
	const struct opt_types *t = anything ? opt_types_parse(n->arena, "false|true|null|String|Array") : raw;
	if (json_is(v, JSON_STRING))
		v = value_of_text(n, v, t);
	if (!raw || (typed && anything))
		return v;
	if (json_is(v, JSON_BOOL) && !v->boolean && opt_types_has_null(t) && !takes_bool(t, false))
		v = json_null(n->arena);
	struct json *fits = typed ? first_fit(n, v, t) : NULL;
	if (!fits && n->invalid)
		n->invalid(n->ctx, key, v, raw);
	return fits;
}

static struct json *clean_list(const struct nopt *n, const char *key, struct json *list, const struct opt_types *raw)
{
	struct json *kept = json_array(n->arena);
	for (uint32_t i = 0; i < json_count(list); i++) {
		struct json *v = clean_value(n, key, list->items[i], raw);
		if (v)
			json_add(n->arena, kept, v);
	}
	bool may_be_empty = !raw || raw->undefined || opt_types_has(raw, OPT_LIST);
	return json_count(kept) || may_be_empty ? kept : NULL;
}

void nopt_clean(struct nopt *n, struct json *data)
{
	struct vec keys;
	vec_init(&keys, n->arena);
	for (uint32_t i = 0; i < json_count(data); i++)
		vec_add(&keys, (void *)data->members[i].key);
	for (size_t i = 0; i < keys.count; i++) {
		const char *key = VEC_AT(&keys, const char, i);
		struct json *v = json_find(data, key);
		const struct opt_types *raw = types_of(n, key);
		v = json_is(v, JSON_ARRAY) ? clean_list(n, key, v, raw) : clean_value(n, key, v, raw);
		if (v)
			json_put(n->arena, data, key, v);
		else
			json_remove(data, key);
	}
}
