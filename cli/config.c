/* SPDX-License-Identifier: MIT
 *
 * Reading and changing settings that are loaded.
 */
#include "cli/config_room.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "base/url.h"
#include "cli/jsvalue.h"
#include "cli/settings.h"

static const char *const where_names[] = {
	[CONFIG_DEFAULT] = "default", [CONFIG_BUILTIN] = "builtin", [CONFIG_GLOBAL] = "global", [CONFIG_USER] = "user",
	[CONFIG_PROJECT] = "project", [CONFIG_ENV] = "env",	    [CONFIG_CLI] = "cli",
};

const char *config_where_name(enum config_where where)
{
	return where < CONFIG_WHERES ? where_names[where] : "";
}

/* A default is worked out when it is first asked for: a run asks for a few of some two hundred. */
static const struct json *default_of(const struct config *c, const char *key)
{
	struct json *known = c->layers[CONFIG_DEFAULT].data, *v = json_find(known, key);
	const struct setting *s = v ? NULL : setting_find(key);
	if (!s)
		return v;
	v = config_default_of(c, s);
	json_put(c->arena, known, s->key, v ? v : json_null(c->arena));
	return json_find(known, s->key);
}

const struct json *config_all_at(const struct config *c, enum config_where where)
{
	const struct json *known = c->layers[where].data;
	struct json *all;
	if (where != CONFIG_DEFAULT)
		return known;
	all = json_object(c->arena);
	for (const struct setting *s = setting_table; s->key; s++)
		json_put(c->arena, all, s->key, (struct json *)default_of(c, s->key));
	for (uint32_t i = 0; i < json_count(known); i++)
		json_put(c->arena, all, known->members[i].key, known->members[i].value);
	return all;
}

const struct json *config_get_at(const struct config *c, const char *key, enum config_where where)
{
	if (where == CONFIG_DEFAULT)
		return default_of(c, key);
	return where < CONFIG_WHERES ? json_find(c->layers[where].data, key) : NULL;
}

enum config_where config_find(const struct config *c, const char *key)
{
	for (int w = CONFIG_WHERES - 1; w >= 0; w--)
		if (config_get_at(c, key, (enum config_where)w))
			return (enum config_where)w;
	return CONFIG_NOWHERE;
}

const struct json *config_get(const struct config *c, const char *key)
{
	return config_get_at(c, key, config_find(c, key));
}

bool config_is_default(const struct config *c, const char *key)
{
	return config_find(c, key) == CONFIG_DEFAULT;
}

bool config_bool(const struct config *c, const char *key)
{
	return json_truthy(config_get(c, key));
}

bool config_is_false(const struct config *c, const char *key)
{
	const struct json *v = config_get(c, key);
	return json_is(v, JSON_BOOL) && !v->boolean;
}

const char *config_text(const struct config *c, const char *key)
{
	const struct json *v = config_get(c, key);
	const char *s = json_is(v, JSON_ARRAY) ? js_string(c->arena, v) : json_text(v);
	return s && *s ? s : NULL;
}

double config_number(const struct config *c, const char *key, double fallback)
{
	const struct json *v = config_get(c, key);
	double d;
	if (json_is(v, JSON_NUMBER))
		return v->number;
	return json_is(v, JSON_STRING) && v->len && js_number(v->text, &d) ? d : fallback;
}

const char *const *config_list(const struct config *c, const char *key, size_t *n)
{
	const struct json *v = config_get(c, key);
	bool one = json_is(v, JSON_STRING) && v->len;
	size_t count = json_is(v, JSON_ARRAY) ? v->count : one, used = 0;
	const char **list = ARENA_ARRAY(c->arena, const char *, count + 1);
	for (size_t i = 0; i < count; i++)
		list[used++] = one ? v->text : js_string(c->arena, v->items[i]);
	if (n)
		*n = used;
	return list;
}

static bool is_file(enum config_where where)
{
	return where == CONFIG_GLOBAL || where == CONFIG_USER || where == CONFIG_PROJECT;
}

void config_set(struct config *c, const char *key, struct json *value, enum config_where where)
{
	struct config_layer *l = &c->layers[where];
	json_put(c->arena, l->data, key, value);
	if (is_file(where))
		json_put(c->arena, l->raw, key, value);
}

void config_set_text(struct config *c, const char *key, const char *value, enum config_where where)
{
	config_set(c, key, json_string(c->arena, value), where);
}

void config_delete(struct config *c, const char *key, enum config_where where)
{
	json_remove(c->layers[where].data, key);
	if (is_file(where))
		json_remove(c->layers[where].raw, key);
}

const char *config_nerf_dart(struct arena *a, const char *url)
{
	struct url u;
	if (!url_parse(a, str_from(url), NULL, &u) || !u.hostname)
		return NULL;
	const char *slash = strrchr(u.pathname, '/');
	size_t len = slash ? (size_t)(slash - u.pathname) + 1 : 0;
	return arena_printf(a, "//%s%.*s", url_host(a, &u), (int)len, u.pathname);
}
