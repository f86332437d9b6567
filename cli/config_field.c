/* SPDX-License-Identifier: MIT
 *
 * One value from a file or the environment: variables replaced, then the best type its setting has.
 */
#include "cli/config_room.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/jsvalue.h"
#include "cli/nopt.h"
#include "cli/settings.h"

#define MAX_VALUE ((size_t)1 << 24)

static const char *lookup(char *const *env, struct str name)
{
	for (; env && *env; env++)
		if (!strncmp(*env, name.ptr, name.len) && (*env)[name.len] == '=')
			return *env + name.len + 1;
	return NULL;
}

const char *config_env(const struct config *c, const char *name)
{
	const char *v = lookup(c->environ, str_from(name));
	return v && *v ? v : NULL;
}

/* "${name}" or "${name?}" at p: its length, 0 when it is none. */
static size_t variable_at(const char *p, struct str *name, bool *optional)
{
	if (p[0] != '$' || p[1] != '{')
		return 0;
	size_t n = strcspn(p + 2, "${}?");
	*name = (struct str){p + 2, n};
	*optional = p[2 + n] == '?';
	size_t end = 2 + n + *optional;
	return n && p[end] == '}' ? end + 1 : 0;
}

const char *config_env_replace(struct arena *a, const char *text, char *const *env)
{
	struct buf out = BUF_INIT(MAX_VALUE);
	struct str name;
	bool optional;
	while (*text) {
		size_t slashes = strspn(text, "\\");
		size_t len = variable_at(text + slashes, &name, &optional);
		if (!len) {
			size_t n = slashes ? slashes : 1;
			buf_add(&out, text, n);
			text += n;
			continue;
		}
		const char *value = lookup(env, name);
		size_t kept = slashes % 2 ? slashes - (slashes + 1) / 2 : slashes - slashes / 2;
		buf_repeat(&out, '\\', kept);
		if (slashes % 2 || (!value && !optional))
			buf_add(&out, text + slashes, len);
		else if (value)
			buf_adds(&out, value);
		text += slashes + len;
	}
	const char *s = buf_dup(a, &out);
	buf_release(&out);
	return s;
}

static struct json *parse_list(const struct config *c, const char *text, const char *key)
{
	struct json *list = json_array(c->arena);
	for (;;) {
		const char *end = strstr(text, "\n\n");
		const char *item = end ? arena_strndup(c->arena, text, (size_t)(end - text)) : text;
		struct json *v = config_parse_field(c, json_string(c->arena, item), key, true);
		if (v)
			json_add(c->arena, list, v);
		if (!end)
			return list;
		text = end + 2;
	}
}

static struct json *parse_items(const struct config *c, struct json *list, const char *key)
{
	struct json *out = json_array(c->arena);
	for (uint32_t i = 0; i < json_count(list); i++) {
		struct json *v = config_parse_field(c, list->items[i], key, true);
		if (v)
			json_add(c->arena, out, v);
	}
	return out;
}

/* true, false, null and undefined as words; *known tells. */
static struct json *parse_word(const struct config *c, const char *text, bool *known)
{
	*known = true;
	if (streq(text, "true") || streq(text, "false"))
		return json_bool(c->arena, text[0] == 't');
	if (streq(text, "null"))
		return json_null(c->arena);
	*known = streq(text, "undefined");
	return NULL;
}

static struct json *parse_typed(const struct config *c, const char *text, const struct opt_types *t)
{
	struct arena *a = c->arena;
	double d;
	int64_t ms;
	struct json *v = json_string(a, text);
	if (opt_types_has(t, OPT_DATE))
		return js_date(text, &ms) ? json_string(a, js_date_iso(a, ms)) : v;
	if (opt_types_has(t, OPT_PATH)) {
		bool home = cstr_starts(text, "~/") && c->home;
		v = json_string(a, path_resolve(a, home ? c->home : c->cwd, home ? text + 2 : text));
	}
	if (opt_types_has(t, OPT_UMASK))
		return js_umask(v, &d) ? json_number(a, d) : v;
	if (opt_types_has(t, OPT_NUMBER) && js_number(v->text, &d))
		return json_number(a, d);
	return v;
}

struct json *config_parse_field(const struct config *c, struct json *v, const char *key, bool in_list)
{
	if (!json_is(v, JSON_STRING) && !json_is(v, JSON_ARRAY))
		return v;
	const struct setting *s = setting_find(key);
	const struct opt_types *t = s ? setting_types(c->arena, s) : NULL;
	bool is_list = !in_list && opt_types_has(t, OPT_LIST);
	bool is_text = opt_types_has(t, OPT_PATH) || opt_types_has(t, OPT_STRING), known;
	if (json_is(v, JSON_ARRAY))
		return is_list ? parse_items(c, v, key) : v;
	const char *text = str_dup(c->arena, str_trim((struct str){v->text, v->len}));
	if (is_list)
		return parse_list(c, text, key);
	if (opt_types_has(t, OPT_BOOLEAN) && !is_text && !*text)
		return json_bool(c->arena, true);
	if (!is_text && !opt_types_has(t, OPT_NUMBER)) {
		struct json *word = parse_word(c, text, &known);
		if (known)
			return word;
	}
	return parse_typed(c, config_env_replace(c->arena, text, c->environ), t);
}
