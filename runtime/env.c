/* SPDX-License-Identifier: MIT */
#include "runtime/env.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "runtime/node.h"

#include <string.h>

#define MAX_TEXT ((size_t)1 << 20)

extern char **environ;

static void env_put(struct map *env, const char *name, const char *text)
{
	if (text)
		map_put(env, name, (void *)text);
}

struct map *env_from_process(struct arena *a)
{
	struct map *env = ARENA_NEW(a, struct map);

	map_init(env, a);
	for (char **e = environ; *e; e++) {
		const char *eq = strchr(*e, '=');

		if (eq && eq != *e)
			map_put(env, arena_strndup(a, *e, (size_t)(eq - *e)), (void *)(eq + 1));
	}
	return env;
}

struct map *env_copy(struct arena *a, const struct map *env)
{
	struct map *copy = ARENA_NEW(a, struct map);

	map_init(copy, a);
	for (struct map_entry *e = map_first(env); e; e = map_next(env, e))
		map_put(copy, e->key, e->value);
	return copy;
}

static void env_add_runtime(struct arena *a, struct map *env, const struct env_options *o)
{
	const struct runtime *rt = o->runtime;

	env_put(env, "npm_config_node_gyp", o->node_gyp ? o->node_gyp : rt->node_gyp);
	env_put(env, "npm_execpath", rt->npm_cli);
	env_put(env, "NODE", rt->node);
	env_put(env, "npm_node_execpath", rt->node);
	if (o->cache_dir && !map_has(env, "NODE_COMPILE_CACHE"))
		env_put(env, "NODE_COMPILE_CACHE", runtime_compile_cache(a, o->cache_dir));
}

struct map *env_make(struct arena *a, const struct env_options *o)
{
	struct map *env = env_from_process(a);

	env_put(env, "INIT_CWD", o->cwd);
	env_put(env, "HOME", o->home);
	env_put(env, "npm_config_global_prefix", o->global_prefix);
	env_put(env, "npm_config_local_prefix", o->local_prefix);
	env_put(env, "npm_config_user_agent", o->user_agent);
	env_put(env, "npm_config_npm_version", o->npm_version);
	env_put(env, "npm_command", o->command);
	env_put(env, "EDITOR", o->editor);
	env_put(env, "NODE_OPTIONS", o->node_options);
	env_put(env, "COLOR", o->color ? "1" : "0");
	if (o->production)
		env_put(env, "NODE_ENV", "production");
	env_add_runtime(a, env, o);
	return env;
}

static const char *value_text(struct arena *a, const struct json *v)
{
	struct buf b = BUF_INIT(MAX_TEXT);
	const char *text = "";

	if (v->type == JSON_STRING)
		return v->text;
	if (v->type == JSON_BOOL)
		return v->boolean ? "true" : "";
	if (v->type == JSON_NUMBER) {
		json_format_number(&b, v->number);
		text = buf_dup(a, &b);
		buf_release(&b);
	}
	return text;
}

/* Objects and arrays become names with the keys joined by underscores. json_parse bounds the depth. */
static void env_add_value(struct arena *a, struct map *env, const char *name, const struct json *v)
{
	if (!v)
		return;
	if (v->type == JSON_OBJECT) {
		for (uint32_t i = 0; i < v->count; i++)
			env_add_value(a, env, arena_printf(a, "%s_%s", name, v->members[i].key), v->members[i].value);
		return;
	}
	if (v->type == JSON_ARRAY) {
		for (uint32_t i = 0; i < v->count; i++)
			env_add_value(a, env, arena_printf(a, "%s_%u", name, i), v->items[i]);
		return;
	}
	/* A name or text with = or NUL in the wrong place cannot be handed over. */
	if (!strchr(name, '='))
		env_put(env, name, value_text(a, v));
}

void env_add_package(struct arena *a, struct map *env, const struct json *pkg)
{
	static const char *const fields[] = {"name", "version", "config", "engines", "bin"};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		env_add_value(a, env, arena_printf(a, "npm_package_%s", fields[i]), json_find(pkg, fields[i]));
}

static bool is_path_name(const char *name)
{
	return cstr_eq_nocase(name, "PATH");
}

/* Every directory of every spelling of PATH. As npm does: one that an earlier spelling has is left out. */
static void path_merge(struct arena *a, const struct map *env, struct vec *dirs)
{
	for (struct map_entry *e = map_first(env); e; e = map_next(env, e)) {
		struct str rest = is_path_name(e->key) && *(const char *)e->value ? str_from(e->value) : STR_NULL;
		size_t before = dirs->count;

		while (rest.ptr) {
			const char *dir = str_dup(a, str_cut(rest, ':', &rest));
			bool known = false;

			for (size_t i = 0; i < before && !known; i++)
				known = streq(dirs->items[i], dir);
			if (!known)
				vec_add(dirs, (void *)dir);
		}
	}
}

static void path_add(struct buf *out, const char *dir)
{
	if (out->len)
		buf_addc(out, ':');
	buf_adds(out, dir);
}

static void path_add_bins(struct arena *a, struct buf *out, const char *dir)
{
	for (const char *p = dir;; p = path_dir(a, p)) {
		path_add(out, path_join(a, p, "node_modules/.bin"));
		if (streq(p, "/") || streq(p, "."))
			break;
	}
}

void env_add_path(struct arena *a, struct map *env, const char *dir, const struct vec *bin_paths, const char *shims)
{
	struct buf path = BUF_INIT(MAX_TEXT);
	struct vec dirs;
	const char *text;

	vec_init(&dirs, a);
	path_merge(a, env, &dirs);
	for (size_t i = 0; bin_paths && i < bin_paths->count; i++)
		path_add(&path, bin_paths->items[i]);
	path_add_bins(a, &path, dir);
	if (shims)
		path_add(&path, shims);
	for (size_t i = 0; i < dirs.count; i++)
		path_add(&path, dirs.items[i]);
	if (!dirs.count)
		path_add(&path, ENV_DEFAULT_PATH);
	text = buf_dup(a, &path);
	buf_release(&path);
	for (struct map_entry *e = map_first(env); e; e = map_next(env, e)) {
		if (is_path_name(e->key))
			e->value = (void *)text;
	}
	if (!map_has(env, "PATH"))
		env_put(env, "PATH", text);
}

const char *const *env_array(struct arena *a, const struct map *env)
{
	const char **out = ARENA_ARRAY(a, const char *, env->count + 1);
	size_t n = 0;

	for (struct map_entry *e = map_first(env); e; e = map_next(env, e))
		out[n++] = arena_printf(a, "%s=%s", e->key, (const char *)e->value);
	return out;
}

const char *env_find(const char *const *envp, const char *name)
{
	size_t n = strlen(name);

	for (; *envp; envp++) {
		if (!strncmp(*envp, name, n) && (*envp)[n] == '=')
			return *envp + n + 1;
	}
	return NULL;
}
