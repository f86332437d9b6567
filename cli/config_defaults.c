/* SPDX-License-Identifier: MIT
 *
 * Defaults: from the table, or from the environment where that decides.
 */
#include "cli/config_room.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/ci.h"
#include "cli/jsvalue.h"
#include "cli/settings.h"

static const char *first_env(const struct config *c, const char *const *names)
{
	for (; *names; names++)
		if (config_env(c, *names))
			return config_env(c, *names);
	return NULL;
}

static bool wants_color(const struct config *c)
{
	const char *no = config_env(c, "NO_COLOR");
	return !no || streq(no, "0");
}

static bool has_unicode(const struct config *c)
{
	const char *locale = first_env(c, (const char *const[]){"LC_ALL", "LC_CTYPE", "LANG", NULL});
	char *lower = locale ? cstr_lower(c->arena, locale) : NULL;
	return cstr_ends(lower, "utf8") || cstr_ends(lower, "utf-8");
}

static bool wants_progress(const struct config *c)
{
	return isatty(STDOUT_FILENO) && isatty(STDERR_FILENO) && !ci_is(c->environ) &&
	       !streq(config_env(c, "TERM"), "dumb");
}

static struct json *worked_out(const struct config *c, const char *key)
{
	struct arena *a = c->arena;
	if (streq(key, "color"))
		return json_bool(a, wants_color(c));
	if (streq(key, "unicode"))
		return json_bool(a, has_unicode(c));
	if (streq(key, "progress"))
		return json_bool(a, wants_progress(c));
	if (streq(key, "prefix"))
		return json_string(a, c->global_prefix);
	if (streq(key, "registry"))
		return json_string(a, LODE_DEFAULT_REGISTRY);
	if (streq(key, "noproxy"))
		return json_string(a, "");
	if (streq(key, "omit")) {
		struct json *omit = json_array(a);
		if (streq(config_env(c, "NODE_ENV"), "production"))
			json_add(a, omit, json_string(a, "dev"));
		return omit;
	}
	const char *text = NULL;
	if (streq(key, "editor"))
		text = first_env(c, (const char *const[]){"EDITOR", "VISUAL", NULL});
	if (streq(key, "shell"))
		text = first_env(c, (const char *const[]){"SHELL", NULL});
	if (!text)
		text = streq(key, "editor") ? "vi" : streq(key, "shell") ? "sh" : NULL;
	return json_string(a, text);
}

/* The table's JSON, most of which is a word. */
static struct json *literal(struct arena *a, const char *text)
{
	struct err err = ERR_INIT;
	double d;
	if (streq(text, "true") || streq(text, "false"))
		return json_bool(a, text[0] == 't');
	if (streq(text, "null"))
		return json_null(a);
	if (text[0] == '"')
		return json_string(a, arena_strndup(a, text + 1, strlen(text) - 2));
	if (js_number(text, &d))
		return json_number(a, d);
	struct json *v = json_parse_fast(a, str_from(text), "default", &err);
	return v ? v : json_null(a);
}

struct json *config_default_of(const struct config *c, const struct setting *s)
{
	struct json *v = s->fallback ? literal(c->arena, s->fallback) : worked_out(c, s->key);
	return config_parse_field(c, v, s->key, false);
}

void config_set_global_files(struct config *c)
{
	static const struct {
		const char *key, *file;
	} files[] = {{"globalconfig", "etc/npmrc"}, {"global-ignore-file", "etc/npmignore"}};
	const char *prefix = config_text(c, "prefix");
	for (size_t i = 0; i < ARRAY_LEN(files) && prefix; i++)
		json_put_text(c->arena, c->layers[CONFIG_DEFAULT].data, files[i].key,
			      path_join(c->arena, path_resolve(c->arena, c->cwd, prefix), files[i].file));
}
