/* SPDX-License-Identifier: MIT */
#include "cli/init_fields.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "resolver/name.h"
#include "resolver/semver.h"

#define MAX_GIT_CONFIG ((size_t)1 << 20)
#define MAX_ANSWER 4096
#define NO_TEST "echo \"Error: no test specified\" && exit 1"

const char *init_ask(struct init *in, const char *question, const char *fallback)
{
	char line[MAX_ANSWER];
	if (in->yes || in->canceled)
		return fallback ? fallback : "";
	const char *text = fallback && *fallback ? arena_printf(in->cli->arena, "%s: (%s) ", question, fallback)
						 : arena_printf(in->cli->arena, "%s: ", question);
	cli_write(in->cli, text, strlen(text));
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin)) {
		in->canceled = true;
		return "";
	}
	const char *answer = str_dup(in->cli->arena, str_trim(str_from(line)));
	return *answer ? answer : fallback ? fallback : "";
}

static void put(struct init *in, const char *key, const char *text)
{
	if (!in->canceled)
		json_put_text(in->cli->arena, in->fields, key, text);
}

static const char *has_text(const struct init *in, const char *key)
{
	const char *s = json_find_text(in->pkg, key);
	return s && *s ? s : NULL;
}

/* init-x, or the old init.x where that was set. */
static const char *setting(const struct init *in, const char *name)
{
	const struct config *c = in->cli->config;
	const char *old = arena_printf(in->cli->arena, "init.%s", cstr_replace(in->cli->arena, name, "-", "."));
	if (!config_is_default(c, old) && config_text(c, old))
		return config_text(c, old);
	return config_text(c, arena_printf(in->cli->arena, "init-%s", name));
}

/* "My App.js" is my-app. */
static const char *name_of_folder(struct init *in)
{
	struct arena *a = in->cli->arena;
	const char *name = has_text(in, "name") ? has_text(in, "name") : path_base(in->dir);
	if (cstr_starts(name, "node-"))
		name += 5;
	size_t len = strlen(name), n = 0;
	if (len > 3 && (cstr_ends(name, ".js") || cstr_ends(name, "-js")))
		len -= 3;
	char *out = arena_alloc(a, len + 1);
	for (size_t i = 0; i < len; i++) {
		bool space = isspace((unsigned char)name[i]);
		if (space && n && out[n - 1] == '-' && isspace((unsigned char)name[i - 1]))
			continue;
		out[n++] = space ? '-' : (char)tolower((unsigned char)name[i]);
	}
	const char *scope = config_text(in->cli->config, "scope");
	if (!scope)
		return out;
	return arena_printf(a, "%s%s/%s", scope[0] == '@' ? "" : "@", scope, name_unscoped(out));
}

static void ask_name(struct init *in)
{
	const char *fallback = name_of_folder(in), *name = fallback;
	for (;;) {
		name = init_ask(in, "package name", fallback);
		struct name_check check = name_validate(in->cli->arena, name);
		if (in->yes || in->canceled || check.valid_new)
			break;
		cli_print(in->cli, "Sorry, %s.", check.n_errors ? check.errors[0] : check.warnings[0]);
	}
	put(in, "name", name);
}

static void ask_version(struct init *in)
{
	const char *fallback = has_text(in, "version") ? has_text(in, "version") : setting(in, "version");
	const char *version;
	for (;;) {
		version = init_ask(in, "version", fallback ? fallback : "1.0.0");
		if (in->yes || in->canceled || semver_valid(str_from(version), 0))
			break;
		cli_print(in->cli, "Invalid version: \"%s\"", version);
	}
	put(in, "version", version);
}

static void names_in(struct init *in, const char *dir, struct vec *names)
{
	struct err ignored = ERR_INIT;
	vec_init(names, in->cli->arena);
	if (fs_list(in->cli->arena, path_join(in->cli->arena, in->dir, dir), names, &ignored))
		err_clear(&ignored);
}

static const char *first_script(const struct vec *names)
{
	for (size_t i = 0; i < names->count; i++)
		if (cstr_ends(VEC_AT(names, const char, i), ".js"))
			return VEC_AT(names, const char, i);
	return NULL;
}

static void ask_main(struct init *in, const struct vec *files)
{
	const char *own = arena_printf(in->cli->arena, "%s.js", path_base(in->dir));
	const char *wanted[] = {"index.js", "main.js", own}, *found = NULL;
	if (has_text(in, "main"))
		return;
	for (size_t w = 0; w < ARRAY_LEN(wanted) && !found; w++)
		for (size_t i = 0; i < files->count && !found; i++)
			found = streq(files->items[i], wanted[w]) ? wanted[w] : NULL;
	if (!found)
		found = first_script(files);
	put(in, "main", init_ask(in, "entry point", found ? found : "index.js"));
}

static void guess_bin(struct init *in)
{
	struct vec names;
	names_in(in, "bin", &names);
	const char *script = first_script(&names);
	if (!json_truthy(json_find(in->pkg, "bin")) && script)
		put(in, "bin", arena_printf(in->cli->arena, "bin/%s", script));
}

static void guess_directories(struct init *in, const struct vec *files)
{
	static const struct {
		const char *name, *key;
	} known[] = {{"example", "example"}, {"examples", "example"}, {"test", "test"}, {"tests", "test"},
		     {"doc", "doc"},	     {"docs", "doc"},	      {"man", "man"},	{"lib", "lib"}};
	struct json *dirs = json_object(in->cli->arena);
	for (size_t i = 0; i < files->count; i++)
		for (size_t k = 0; k < ARRAY_LEN(known); k++)
			if (streq(files->items[i], known[k].name))
				json_put_text(in->cli->arena, dirs, known[k].key, known[k].name);
	if (json_count(dirs))
		json_put(in->cli->arena, in->fields, "directories", dirs);
}

static void ask_test(struct init *in)
{
	static const char *const runners[][2] = {{"tap", "tap test/*.js"}, {"expresso", "expresso test"}, {"mocha", "mocha"}};
	struct json *scripts = json_object(in->cli->arena);
	const char *command = NULL;
	if (json_find(in->pkg, "scripts"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(runners); i++)
		if (fs_exists(path_join(in->cli->arena, in->dir, arena_printf(in->cli->arena, "node_modules/%s", runners[i][0]))))
			command = runners[i][1];
	const char *test = init_ask(in, "test command", command);
	json_put_text(in->cli->arena, scripts, "test", *test ? test : NO_TEST);
	if (!in->canceled)
		json_put(in->cli->arena, in->fields, "scripts", scripts);
}

/* The remote "origin" of .git/config; NULL when there is none. */
static const char *git_remote(struct init *in)
{
	struct err ignored = ERR_INIT;
	struct str text;
	const char *file = path_join(in->cli->arena, in->dir, ".git/config");
	if (fs_read_if(in->cli->arena, file, MAX_GIT_CONFIG, &text, &ignored) || !text.ptr)
		return NULL;
	struct str rest = text;
	int left = -1;
	while (rest.ptr) {
		struct str line = str_trim(str_cut(rest, '\n', &rest));
		if (str_is(line, "[remote \"origin\"]"))
			left = 2;
		else if (left-- > 0 && str_starts(line, "url = "))
			return str_dup(in->cli->arena, str_skip(line, 6));
	}
	return NULL;
}

static void ask_repository(struct init *in)
{
	const char *url = git_remote(in);
	if (json_truthy(json_find(in->pkg, "repository")))
		return;
	if (cstr_starts(url, "git@github.com:"))
		url = arena_printf(in->cli->arena, "https://github.com/%s", url + strlen("git@github.com:"));
	put(in, "repository", init_ask(in, "git repository", url));
}

static void ask_keywords(struct init *in)
{
	struct json *list = json_array(in->cli->arena);
	if (json_truthy(json_find(in->pkg, "keywords")))
		return;
	struct str rest = str_from(init_ask(in, "keywords", NULL));
	while (rest.len) {
		size_t n = strcspn(rest.ptr, " \t,");
		n = n < rest.len ? n : rest.len;
		if (n)
			json_add(in->cli->arena, list, json_string(in->cli->arena, str_dup(in->cli->arena, str_first(rest, n))));
		rest = str_skip(rest, n < rest.len ? n + 1 : n);
	}
	if (in->yes)
		put(in, "keywords", "");
	else if (json_count(list))
		json_put(in->cli->arena, in->fields, "keywords", list);
}

static const char *person(struct arena *a, const char *name, const char *mail, const char *url)
{
	bool has_mail = mail && *mail, has_url = url && *url;
	return arena_printf(a, "%s%s%s%s%s%s%s", name ? name : "undefined", has_mail ? " <" : "", has_mail ? mail : "",
			    has_mail ? ">" : "", has_url ? " (" : "", has_url ? url : "", has_url ? ")" : "");
}

static const char *author_of(struct init *in)
{
	const struct json *is = json_find(in->pkg, "author");
	struct arena *a = in->cli->arena;
	if (json_truthy(is)) {
		const char *mail = json_find_text(is, "email"), *url = json_find_text(is, "url");
		return json_text(is) ? json_text(is)
				     : person(a, json_find_text(is, "name"), mail ? mail : json_find_text(is, "mail"),
					      url ? url : json_find_text(is, "web"));
	}
	const char *name = setting(in, "author-name");
	return name ? person(a, name, setting(in, "author-email"), setting(in, "author-url")) : NULL;
}

static void ask_author_and_license(struct init *in)
{
	const char *author = init_ask(in, "author", author_of(in));
	if (*author)
		put(in, "author", author);
	const char *license = has_text(in, "license") ? has_text(in, "license") : setting(in, "license");
	license = init_ask(in, "license", license);
	if (*license)
		put(in, "license", license);
}

static void put_private(struct init *in)
{
	struct json *is = json_find(in->pkg, "private");
	if (!is && config_is_default(in->cli->config, "init-private"))
		return;
	bool wanted = config_bool(in->cli->config, "init-private");
	json_put(in->cli->arena, in->fields, "private", is ? is : json_bool(in->cli->arena, wanted));
}

void init_fields(struct init *in)
{
	struct vec files;
	names_in(in, "", &files);
	ask_name(in);
	ask_version(in);
	if (!has_text(in, "description"))
		put(in, "description", init_ask(in, "description", NULL));
	ask_main(in, &files);
	guess_bin(in);
	guess_directories(in, &files);
	ask_test(in);
	ask_repository(in);
	ask_keywords(in);
	ask_author_and_license(in);
	const char *type = has_text(in, "type") ? has_text(in, "type") : setting(in, "type");
	put(in, "type", init_ask(in, "type", type ? type : "commonjs"));
	put_private(in);
}
