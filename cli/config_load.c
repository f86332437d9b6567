/* SPDX-License-Identifier: MIT
 *
 * Every source in npm's order: the command line and the environment say where the project is, the project's
 * file where the user's is, the user's where the global one is.
 */
#include "cli/config_room.h"

#include <pwd.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/ini.h"
#include "cli/nopt.h"
#include "cli/settings.h"

#define MAX_NPMRC ((size_t)16 << 20)

static const char cli_source[] = "command line options";

/* <prefix>/bin/lode and <prefix>/libexec/lode/lode-net have one prefix. */
static const char *prefix_of_program(struct arena *a, const char *exe)
{
	const char *dir = path_dir(a, exe);
	if (streq(path_base(dir), "lode") && streq(path_base(path_dir(a, dir)), "libexec"))
		dir = path_dir(a, dir);
	return path_dir(a, dir);
}

static void find_global_prefix(struct config *c)
{
	const char *given = config_env(c, "PREFIX"), *root = config_env(c, "DESTDIR");
	c->global_prefix = given ? given : prefix_of_program(c->arena, c->exec_path ? c->exec_path : "/usr/local/bin/lode");
	if (!given && root)
		c->global_prefix = path_join(c->arena, root, c->global_prefix);
}

/* Without HOME: the user's folder in the system's list of users. */
static const char *home_of_user(struct arena *a)
{
	const struct passwd *user = getpwuid(getuid());
	return user && user->pw_dir && *user->pw_dir ? arena_strdup(a, user->pw_dir) : "/";
}

/* Others are worked out when they are asked for (config_get_at); the prefix now, by the files that follow it, for a setting may
 * change what it hangs on. */
static void load_defaults(struct config *c)
{
	struct config_layer *l = &c->layers[CONFIG_DEFAULT];
	find_global_prefix(c);
	const char *home = config_env(c, "HOME");
	c->home = home && *home ? home : home_of_user(c->arena);
	l->source = "default values";
	json_put_text(c->arena, l->data, "npm-version", NPM_VERSION);
	config_set_global_files(c);
}

static void add_unknown(struct config *c, enum config_where where, const char *key)
{
	const char *colon = strrchr(key, ':');
	const char *base = colon ? colon + 1 : NULL;
	if (setting_find(key) || streq(key, "npm-version") || streq(key, "global-prefix") || streq(key, "local-prefix"))
		return;
	if (base && (setting_find(base) || setting_is_nerfed(base)))
		return;
	struct config_unknown *u = ARENA_NEW(c->arena, struct config_unknown);
	*u = (struct config_unknown){where, key, base, c->layers[where].source};
	vec_add(c->unknown, u);
	if (where != CONFIG_ENV)
		return;
	struct config_warning *w = ARENA_NEW(c->arena, struct config_warning);
	w->word = base ? base : key;
	w->text = arena_printf(c->arena,
			       "Unknown env config \"%s\"%s. This will error in a future major version of npm. "
			       "See `lode help config` for supported config options.",
			       w->word, base ? arena_printf(c->arena, " (%s)", key) : "");
	vec_add(c->warnings, w);
}

/* 1: leave this value out; -1: it cannot stand with one that is set. */
static int check_exclusive(struct config *c, const char *key, enum config_where where, struct err *err)
{
	const struct setting *s = setting_find(key);
	struct str rest = s ? str_from(s->exclusive) : STR_NULL;
	while (rest.ptr) {
		const char *other = str_dup(c->arena, str_cut(rest, ' ', &rest));
		if (config_is_default(c, other))
			continue;
		if (where == CONFIG_ENV && json_find(c->layers[CONFIG_CLI].data, other))
			return 1;
		return err_set(err, ERR_EGENERIC, "--%s cannot be provided when using --%s", key, other);
	}
	return 0;
}

int config_load_object(struct config *c, struct json *values, enum config_where where, struct err *err)
{
	struct config_layer *l = &c->layers[where];
	l->raw = values;
	l->loaded = true;
	for (uint32_t i = 0; i < json_count(values); i++) {
		const char *raw_key = values->members[i].key;
		const char *key = config_env_replace(c->arena, raw_key, c->environ);
		struct json *v = config_parse_field(c, values->members[i].value, key, false);
		const struct setting *s = setting_find(key);
		if (s && s->deprecated)
			report_warn(c->reporter, "config", "%s is deprecated: %s", key, s->deprecated);
		int skip = check_exclusive(c, raw_key, where, err);
		if (skip < 0)
			return -1;
		if (skip)
			continue;
		add_unknown(c, where, raw_key);
		if (v)
			json_put(c->arena, l->data, key, v);
	}
	return 0;
}

/* ---- the command line ---- */

static void on_invalid(void *ctx, const char *key, const struct json *value, const struct opt_types *types)
{
	config_warn_invalid(ctx, key, value, types, cli_source);
}

static void on_unknown(void *ctx, const char *key, const char *next)
{
	struct config *c = ctx;
	(void)key;
	if (!next)
		return;
	struct config_warning *w = ARENA_NEW(c->arena, struct config_warning);
	w->word = next;
	w->text = arena_printf(c->arena, "\"%s\" is being parsed as a normal command line argument.", next);
	vec_add(c->warnings, w);
}

static int on_abbrev(void *ctx, const char *given, const char *option, struct err *err)
{
	(void)ctx;
	return err_set(err, ERR_EUNKNOWNCONFIG, "Invalid abbreviated flag \"--%s\". Did you mean \"--%s\"?", given, option);
}

static const void *types_of(void *ctx, const char *name)
{
	const struct config *c = ctx;
	const struct setting *s = setting_find(name);
	return s ? setting_types(c->arena, s) : NULL;
}

/* The words that a shorthand, or the one letter of a setting, stands for. */
static const void *words_of(void *ctx, const char *name)
{
	const struct config *c = ctx;
	const char *words = setting_words(c->arena, name);
	if (!words)
		return NULL;
	struct vec *list = ARENA_NEW(c->arena, struct vec);
	vec_init(list, c->arena);
	setting_split(c->arena, list, words);
	return list;
}

static const char *key_at(void *ctx, size_t i)
{
	(void)ctx;
	return setting_table[i].key;
}

static const char *shorthand_at(void *ctx, size_t i)
{
	(void)ctx;
	return setting_shorthand_at(i);
}

void config_nopt_init(struct config *c, struct nopt *n)
{
	*n = (struct nopt){.arena = c->arena, .home = c->home, .cwd = c->cwd, .strict_paths = true, .ctx = c};
	n->types = (struct opt_names){types_of, key_at, c};
	n->shorts = (struct opt_names){words_of, shorthand_at, c};
}

/* -verbose would be read as seven letters: refused with the right spelling. -ws was npm's own for --workspaces
 * before that, and nobody means -w s by it. */
static int check_single_dash(char *const *argv, struct err *err)
{
	for (; argv && *argv; argv++) {
		const char *name = *argv;
		if (name[0] == '-' && name[1] != '-' && strlen(name) > 2 && setting_shorthand(name + 1) && !streq(name, "-ws"))
			return err_set(err, ERR_EUNKNOWNCONFIG,
				       "%s is not a valid single-hyphen cli flag. Did you mean -%s?", name, name);
	}
	return 0;
}

static int load_cli(struct config *c, char *const *argv, struct err *err)
{
	struct nopt n;
	struct vec args;
	struct json *data = json_object(c->arena);
	if (check_single_dash(argv, err))
		return -1;
	vec_init(&args, c->arena);
	for (; argv && *argv; argv++)
		vec_add(&args, *argv);
	config_nopt_init(c, &n);
	n.invalid = on_invalid;
	n.unknown = on_unknown;
	n.abbrev = on_abbrev;
	c->layers[CONFIG_CLI].source = cli_source;
	if (nopt_parse(&n, &args, data, c->words, err))
		return -1;
	nopt_clean(&n, data);
	return config_load_object(c, data, CONFIG_CLI, err);
}

/* npm_config_save_exact is save-exact; a leading underscore stays, //host/ keys stay as they are. */
static const char *env_key(struct arena *a, const char *name, size_t len)
{
	if (len >= 2 && name[0] == '/' && name[1] == '/')
		return arena_strndup(a, name, len);
	char *key = cstr_lower(a, arena_strndup(a, name, len));
	for (char *p = key; *p; p++)
		if (*p == '_' && p > key)
			*p = '-';
	return key;
}

static int load_env(struct config *c, struct err *err)
{
	static const char prefix[] = "npm_config_";
	struct json *data = json_object(c->arena);
	for (char **e = c->environ; e && *e; e++) {
		const char *eq = strchr(*e, '=');
		const char *name = *e + sizeof(prefix) - 1;
		if (!eq || strncasecmp(*e, prefix, sizeof(prefix) - 1) != 0 || !eq[1] || eq < name)
			continue;
		json_put_text(c->arena, data, env_key(c->arena, name, (size_t)(eq - name)), eq + 1);
	}
	c->layers[CONFIG_ENV].source = "environment";
	return config_load_object(c, data, CONFIG_ENV, err);
}

/* ---- files ---- */

static int load_file(struct config *c, const char *path, enum config_where where, struct err *err)
{
	struct err unreadable = ERR_INIT;
	struct str text;
	c->layers[where].source = path;
	if (fs_read_if(c->arena, path, MAX_NPMRC, &text, &unreadable)) {
		report_verbose(c->reporter, "config", "error loading %s config: %s", config_where_name(where),
			       unreadable.text);
		return 0;
	}
	if (!text.ptr)
		return 0;
	struct json *values = ini_parse(c->arena, text);
	if (where == CONFIG_PROJECT && json_truthy(json_find(values, "prefix")))
		report_error(c->reporter, "config", "prefix cannot be changed from project config: %s.", path);
	return config_load_object(c, values, where, err);
}

/* What is prepared from a stranger's repository: every key there may name a program to run, a server to trust or a secret to
 * send. Only the command line says so: nothing the stranger wrote is asked. */
static bool is_strangers(const struct config *c)
{
	return json_truthy(json_find(c->layers[CONFIG_CLI].data, "confine-project"));
}

static int load_project(struct config *c, struct err *err)
{
	config_find_local_prefix(c);
	c->has_package = fs_stat(path_join(c->arena, c->local_prefix, "package.json")).kind == FS_FILE;
	const char *file = path_join(c->arena, c->local_prefix, ".npmrc");
	struct config_layer *l = &c->layers[CONFIG_PROJECT];
	if (config_is_global(c))
		l->source = "(global mode enabled, ignored)";
	else if (is_strangers(c))
		l->source = "(confined project, ignored)";
	else if (streq(file, config_text(c, "userconfig")))
		l->source = "(same as \"user\" config, ignored)";
	else
		return load_file(c, file, CONFIG_PROJECT, err);
	return 0;
}

/* A scope is written with its @, whoever left it out. */
static void complete_scope(struct config *c)
{
	const char *scope = config_text(c, "scope");
	if (scope && scope[0] != '@')
		json_put_text(c->arena, c->layers[config_find(c, "scope")].data, "scope", arena_printf(c->arena, "@%s", scope));
}

static int load_sources(struct config *c, const struct config_sources *from, struct err *err)
{
	load_defaults(c);
	if (from->builtin && load_file(c, from->builtin, CONFIG_BUILTIN, err))
		return -1;
	if (load_cli(c, from->argv, err) || load_env(c, err) || load_project(c, err))
		return -1;
	if (config_text(c, "userconfig") && load_file(c, config_text(c, "userconfig"), CONFIG_USER, err))
		return -1;
	config_set_global_files(c);
	if (config_text(c, "globalconfig") && load_file(c, config_text(c, "globalconfig"), CONFIG_GLOBAL, err))
		return -1;
	config_set_global_files(c);
	if (config_text(c, "prefix"))
		c->global_prefix = config_text(c, "prefix");
	complete_scope(c);
	return 0;
}

struct config *config_load(struct arena *a, const struct config_sources *from, struct err *err)
{
	struct config *c = ARENA_NEW(a, struct config);
	c->arena = a;
	c->environ = from->environ;
	c->cwd = from->cwd ? from->cwd : "/";
	c->exec_path = from->exec_path;
	c->reporter = from->reporter;
	for (int w = 0; w < CONFIG_WHERES; w++) {
		c->layers[w].data = json_object(a);
		c->layers[w].raw = json_object(a);
	}
	c->words = ARENA_NEW(a, struct vec);
	c->unknown = ARENA_NEW(a, struct vec);
	c->warnings = ARENA_NEW(a, struct vec);
	vec_init(c->words, a);
	vec_init(c->unknown, a);
	vec_init(c->warnings, a);
	return load_sources(c, from, err) ? NULL : c;
}
