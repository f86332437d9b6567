/* SPDX-License-Identifier: MIT
 *
 * What scripts are told of the settings: those that are not at their default, unless the environment says them
 * already, and those set back to it where the environment says otherwise.
 */
#include "cli/config_room.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/jsvalue.h"
#include "cli/nopt.h"
#include "cli/settings.h"

#define MAX_VALUE ((size_t)1 << 24)

/* NULL: not to be put into an environment. */
static const char *env_text(struct arena *a, const struct json *v, const char *between)
{
	if (!v || json_is(v, JSON_NULL) || (json_is(v, JSON_BOOL) && !v->boolean))
		return "";
	if (json_is(v, JSON_OBJECT))
		return NULL;
	if (!json_is(v, JSON_ARRAY))
		return js_string(a, v);
	struct buf b = BUF_INIT(MAX_VALUE);
	for (uint32_t i = 0; i < v->count; i++)
		buf_printf(&b, "%s%s", i ? between : "", js_string(a, v->items[i]));
	const char *s = buf_dup(a, &b);
	buf_release(&b);
	return s;
}

static bool same(const struct json *a, const struct json *b)
{
	return (!a && !b) || (a && b && a->type == b->type && json_equal(a, b));
}

/* npm compares with the default as it is written: a path that was made absolute is no longer it. */
static const struct json *written_default(const struct config *c, const struct setting *s, const struct json *parsed)
{
	struct opt_types *t = setting_types(c->arena, s);
	if (opt_types_has(t, OPT_PATH) && s->fallback && s->fallback[0] == '"')
		return json_string(c->arena, arena_strndup(c->arena, s->fallback + 1, strlen(s->fallback) - 2));
	return parsed;
}

static bool is_wanted(const struct config *c, const char *key, const struct json *v)
{
	const struct setting *s = setting_find(key);
	if (strchr("/@_", key[0]) || (s && (s->deprecated || s->flags & SETTING_NO_EXPORT)))
		return false;
	if (s && opt_types_has(setting_types(c->arena, s), OPT_DATE) && json_is(v, JSON_STRING))
		return false;
	const struct json *parsed = config_get_at(c, key, CONFIG_DEFAULT);
	const struct json *fallback = s ? written_default(c, s, parsed) : NULL;
	const struct json *in_env = config_get_at(c, key, CONFIG_ENV);
	if (same(fallback, v)) {
		for (int w = CONFIG_ENV; !in_env && w >= CONFIG_DEFAULT; w--)
			in_env = config_get_at(c, key, (enum config_where)w);
		return !same(in_env, v);
	}
	return !in_env || config_get_at(c, key, CONFIG_CLI);
}

/* Of the defaults only what the table says otherwise (a path that was made absolute) or does not say can be wanted. */
static const struct json *doubtful_defaults(const struct config *c)
{
	const struct json *known = c->layers[CONFIG_DEFAULT].data;
	struct json *out = json_object(c->arena);
	for (const struct setting *s = setting_table; s->key; s++)
		if (s->fallback && s->fallback[0] == '"' && strstr(s->types, "Path"))
			json_put(c->arena, out, s->key, (struct json *)config_get_at(c, s->key, CONFIG_DEFAULT));
	for (uint32_t i = 0; i < json_count(known); i++)
		if (!setting_find(known->members[i].key))
			json_put(c->arena, out, known->members[i].key, known->members[i].value);
	return out;
}

void config_each_env(const struct config *c, config_each_fn *fn, void *ctx)
{
	struct arena *a = c->arena;
	for (int w = CONFIG_CLI; w >= CONFIG_DEFAULT; w--) {
		const struct json *data = w == CONFIG_DEFAULT ? doubtful_defaults(c) : c->layers[w].data;
		for (uint32_t i = 0; i < json_count(data); i++) {
			const char *key = data->members[i].key;
			const struct json *v = data->members[i].value;
			if ((int)config_find(c, key) != w || !is_wanted(c, key, v))
				continue;
			const char *text = env_text(a, v, "\n\n");
			char *name = cstr_lower(a, cstr_replace(a, key, "-", "_"));
			if (text)
				fn(ctx, arena_printf(a, "npm_config_%s", name), text);
		}
	}
}
