/* SPDX-License-Identifier: MIT
 *
 * Options and settings: nopt, nerf-dart, env-replace, parse-field, set-envs.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/config_room.h"
#include "cli/nopt.h"
#include "driver.h"

/* ---- nopt ---- */

/* A type as the recordings have it: {"$function": "String"}, node's path module, or a literal value. */
static struct opt_type type_of(struct arena *a, struct json *v)
{
	static const struct {
		const char *name;
		enum opt_kind kind;
	} kinds[] = {{"String", OPT_STRING}, {"Boolean", OPT_BOOLEAN}, {"Number", OPT_NUMBER}, {"URL", OPT_URL},
		     {"Date", OPT_DATE},     {"Array", OPT_LIST},      {"Stream", OPT_STREAM}};
	const char *fn = json_find_text(v, "$function");
	for (size_t i = 0; fn && i < ARRAY_LEN(kinds); i++)
		if (streq(fn, kinds[i].name))
			return (struct opt_type){kinds[i].kind, NULL};
	if (json_find(v, "isAbsolute"))
		return (struct opt_type){OPT_PATH, NULL};
	if (json_find(v, "$number"))
		return (struct opt_type){OPT_NAN, NULL};
	return (struct opt_type){json_is(v, JSON_OBJECT) ? OPT_STREAM : OPT_LITERAL, json_copy(a, v)};
}

static struct opt_types *types_of(struct arena *a, struct json *v)
{
	struct opt_types *t = ARENA_NEW(a, struct opt_types);
	t->list = json_is(v, JSON_ARRAY);
	t->count = t->list ? v->count : 1;
	t->types = ARENA_ARRAY(a, struct opt_type, t->count + 1);
	for (uint32_t i = 0; i < t->count; i++)
		t->types[i] = type_of(a, t->list ? v->items[i] : v);
	return t;
}

static struct vec *words_of(struct arena *a, const struct json *v)
{
	struct vec *words = ARENA_NEW(a, struct vec);
	vec_init(words, a);
	for (uint32_t i = 0; json_is(v, JSON_ARRAY) && i < v->count; i++)
		vec_add(words, (void *)json_text(v->items[i]));
	struct str rest = str_from(json_text(v));
	while (rest.ptr) {
		struct str word = str_cut(rest, ' ', &rest);
		if (word.len)
			vec_add(words, (void *)str_dup(a, word));
	}
	return words;
}

static struct json *list_of(struct arena *a, const struct vec *words)
{
	struct json *list = json_array(a);
	for (size_t i = 0; i < words->count; i++)
		json_add(a, list, json_string(a, words->items[i]));
	return list;
}

static struct json *copy_words(struct arena *a, const struct json *list, struct vec *args)
{
	vec_init(args, a);
	for (uint32_t i = 0; i < json_count(list); i++)
		vec_add(args, (void *)json_text(list->items[i]));
	return list_of(a, args);
}

static const void *in_map(void *map, const char *name)
{
	return map_find(map, name);
}

static const char *key_of_map(void *map, size_t i)
{
	struct map_entry *e = map_first(map);
	while (e && i--)
		e = map_next(map, e);
	return e ? e->key : NULL;
}

static void nopt_of(struct driver_call *c, const struct json *types, const struct json *shorts, struct nopt *n)
{
	struct arena *a = c->arena;
	*n = (struct nopt){.arena = a, .home = getenv("HOME"), .cwd = fs_cwd(a)};
	struct map *known = ARENA_NEW(a, struct map), *stand = ARENA_NEW(a, struct map);
	map_init(known, a);
	map_init(stand, a);
	for (uint32_t i = 0; json_is(types, JSON_OBJECT) && i < types->count; i++)
		map_put(known, types->members[i].key, types_of(a, types->members[i].value));
	for (uint32_t i = 0; json_is(shorts, JSON_OBJECT) && i < shorts->count; i++)
		map_put(stand, shorts->members[i].key, words_of(a, shorts->members[i].value));
	n->types = (struct opt_names){in_map, key_of_map, known};
	n->shorts = (struct opt_names){in_map, key_of_map, stand};
}

static bool has_relative_path(const struct nopt *n, const struct json *data)
{
	for (uint32_t i = 0; i < json_count(data); i++) {
		const char *text = json_text(data->members[i].value);
		const struct opt_types *t = in_map(n->types.ctx, data->members[i].key);
		if (text && opt_types_is(t, OPT_PATH) && text[0] != '/' && !cstr_starts(text, "~/"))
			return true;
	}
	return false;
}

/* The recordings tell dates from text: {"$date": …}. */
static void mark_dates(const struct nopt *n, struct json *data)
{
	for (uint32_t i = 0; i < json_count(data); i++) {
		const struct opt_types *t = in_map(n->types.ctx, data->members[i].key);
		struct json *date = json_object(n->arena);
		if (!opt_types_has(t, OPT_DATE) || !json_text(data->members[i].value))
			continue;
		json_put(n->arena, date, "$date", data->members[i].value);
		data->members[i].value = date;
	}
}

/* nopt(types, shorthands, args, slice), or the library's nopt(args, {types, shorthands}). */
static int run_nopt(struct driver_call *c, struct err *err)
{
	struct arena *a = c->arena;
	const struct json *first = driver_arg(c, 0), *second = driver_arg(c, 1);
	bool library = json_is(first, JSON_ARRAY);
	struct nopt n;
	struct vec args, remain;
	if (!first) {
		c->skip = "the arguments are those of the recording's process";
		return 0;
	}
	if (json_find(second, "dynamicTypes") || json_find(second, "invalidHandler")) {
		c->skip = "a function that was given is not in the recording";
		return 0;
	}
	nopt_of(c, library ? json_find(second, "types") : first, library ? json_find(second, "shorthands") : second, &n);
	struct json *original = copy_words(a, library ? first : driver_arg(c, 2), &args);
	struct json *data = json_object(a), *argv = json_object(a);
	vec_init(&remain, a);
	if (nopt_parse(&n, &args, data, &remain, err))
		return -1;
	if (has_relative_path(&n, data))
		c->skip = "the answer is below the recording's working directory";
	nopt_clean(&n, data);
	mark_dates(&n, data);
	json_put(a, argv, "remain", list_of(a, &remain));
	json_put(a, argv, "cooked", list_of(a, &args));
	json_put(a, argv, "original", original);
	json_put(a, data, "argv", argv);
	c->result = data;
	return 0;
}

/* ---- settings ---- */

static int nerf_dart(struct driver_call *c, struct err *err)
{
	const char *key = config_nerf_dart(c->arena, driver_text(c, 0));
	if (!key)
		return err_set(err, ERR_EGENERIC, "Invalid URL");
	c->result = json_string(c->arena, key);
	return 0;
}

/* {"NAME": "value"} as an environment. */
static char **environment(struct arena *a, const struct json *env)
{
	uint32_t n = json_is(env, JSON_OBJECT) ? env->count : 0;
	char **list = ARENA_ARRAY(a, char *, n + 1);
	for (uint32_t i = 0; i < n; i++)
		list[i] = arena_printf(a, "%s=%s", env->members[i].key, json_text(env->members[i].value));
	return list;
}

static int env_replace(struct driver_call *c, struct err *err)
{
	(void)err;
	char **env = environment(c->arena, driver_arg(c, 1));
	c->result = json_string(c->arena, config_env_replace(c->arena, driver_text(c, 0), env));
	return 0;
}

static int parse_field(struct driver_call *c, struct err *err)
{
	const struct json *opts = driver_arg(c, 2);
	struct config config = {.arena = c->arena, .home = json_find_text(opts, "home"), .cwd = fs_cwd(c->arena)};
	struct json *value = json_copy(c->arena, driver_arg(c, 0));
	(void)err;
	config.environ = environment(c->arena, json_find(opts, "env"));
	if (streq(json_find_text(opts, "platform"), "win32"))
		c->skip = "another system's paths";
	else if (streq(driver_text(c, 1), "userconfig") && !cstr_starts(json_text(value), "~/"))
		c->skip = "the answer is below the recording's working directory";
	else
		c->result = config_parse_field(&config, value, driver_text(c, 1), false);
	return 0;
}

static int set_envs(struct driver_call *c, struct err *err)
{
	(void)err;
	c->skip = "what it changes, the process's environment, is not in the recording";
	return 0;
}

DRIVER_FUNCTIONS(config, {"nopt", NULL, run_nopt}, {"nerf-dart", NULL, nerf_dart}, {"env-replace", NULL, env_replace},
		 {"parse-field", NULL, parse_field}, {"set-envs", NULL, set_envs});
