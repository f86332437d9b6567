/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/config.h"
#include "cli/config_list.h"
#include "cli/config_room.h"
#include "cli/settings.h"
#include "test.h"

static struct err err;

static const char *at(const char *name)
{
	return path_join(test_arena(), test_dir(), name);
}

static void file(const char *name, const char *text)
{
	const char *path = at(name);
	struct err e = ERR_INIT;
	CHECK(!fs_mkdirs(path_dir(test_arena(), path), &e));
	CHECK(!fs_write(path, str_from(text), 0644, &e));
}

/* Words of argv and environment apart by blanks; HOME is <dir>/home, the prefix <dir>/prefix, cwd <dir>/<cwd>. */
static struct config *load_in(const char *cwd, const char *argv, const char *env)
{
	struct arena *a = test_arena();
	struct vec words, vars;
	struct str rest = str_from(argv);
	struct err e = ERR_INIT;
	vec_init(&words, a);
	vec_init(&vars, a);
	while (rest.ptr && rest.len)
		vec_add(&words, (void *)str_dup(a, str_cut(rest, ' ', &rest)));
	vec_add(&words, NULL);
	rest = str_from(env);
	while (rest.ptr && rest.len)
		vec_add(&vars, (void *)str_dup(a, str_cut(rest, ' ', &rest)));
	vec_add(&vars, arena_printf(a, "HOME=%s", at("home")));
	vec_add(&vars, arena_printf(a, "PREFIX=%s", at("prefix")));
	vec_add(&vars, NULL);
	CHECK(!fs_mkdirs(at(cwd), &e));
	err = (struct err)ERR_INIT;
	struct config_sources from = {
		.argv = (char **)words.items, .environ = (char **)vars.items, .cwd = at(cwd), .exec_path = "/opt/x/bin/lode"};
	return config_load(a, &from, &err);
}

static struct config *load(const char *argv, const char *env)
{
	return load_in("work", argv, env);
}

TEST(config_sources_in_order)
{
	file("prefix/etc/npmrc", "tag=global\naccess=public\nmessage=g\neditor=ed\n");
	file("home/.npmrc", "tag=user\nmessage=u\neditor=vim\n");
	file("work/package.json", "{}");
	file("work/.npmrc", "tag=project\neditor=emacs\n");
	struct config *c = load("--tag=cli", "npm_config_tag=env npm_config_editor=nano");
	CHECK_STR(config_text(c, "tag"), "cli");
	CHECK_STR(config_text(c, "editor"), "nano");
	CHECK_STR(config_text(c, "message"), "u");
	CHECK_STR(config_text(c, "access"), "public");
	CHECK_STR(config_text(c, "save-prefix"), "^");
	CHECK_INT(config_find(c, "access"), CONFIG_GLOBAL);
	CHECK(config_is_default(c, "save-prefix"));
}

TEST(config_prefix_of_the_environment_is_absolute)
{
	struct config *c = load("", "PREFIX=dist/");
	CHECK_STR(config_text(c, "prefix"), at("work/dist"));
	CHECK_STR(c->global_prefix, at("work/dist"));
	CHECK_STR(config_text(c, "globalconfig"), at("work/dist/etc/npmrc"));
}

/* Defaults are worked out when they are asked for; asked for all, there are all, in the table's order. */
TEST(config_has_a_default_for_every_setting)
{
	struct config *c = load("--tag=cli", "");
	const struct json *all;
	uint32_t i = 0;
	CHECK_STR(json_text(config_get_at(c, "tag", CONFIG_DEFAULT)), "latest");
	CHECK_STR(config_text(c, "tag"), "cli");
	CHECK_INT(config_find(c, "no-such-setting"), CONFIG_NOWHERE);
	all = config_all_at(c, CONFIG_DEFAULT);
	for (const struct setting *s = setting_table; s->key; s++)
		CHECK_STR(all->members[i++].key, s->key);
	CHECK_STR(json_text(json_find(all, "npm-version")), json_text(config_get(c, "npm-version")));
	CHECK_INT(json_count(all), i + 1);
}

TEST(config_settings_are_found_by_key)
{
	for (size_t i = 0; i < setting_count; i++) {
		CHECK(i == 0 || strcmp(setting_table[i - 1].key, setting_table[i].key) < 0);
		CHECK(setting_find(setting_table[i].key) == &setting_table[i]);
	}
	CHECK(setting_find("") == NULL && setting_find("zzz") == NULL && setting_find("tagg") == NULL && setting_find(NULL) == NULL);
}

TEST(config_environment_keys)
{
	struct config *c = load("", "NPM_CONFIG_Save_Exact=true npm_config__auth=x npm_config_tag= "
				    "npm_config_//Host.example.test/:_authToken=T");
	CHECK(config_bool(c, "save-exact"));
	CHECK_STR(config_text(c, "_auth"), "x");
	CHECK_STR(config_text(c, "tag"), "latest");
	CHECK_STR(config_text(c, "//Host.example.test/:_authToken"), "T");
}

TEST(config_variables_are_replaced)
{
	file("home/.npmrc", "a-${X}=1\nmessage=${X}-${NONE}-${NONE?}-\\${X}\n//h/:_authToken=${T}\n");
	struct config *c = load("", "X=x T=tok");
	CHECK_STR(config_text(c, "message"), "x-${NONE}--${X}");
	CHECK_STR(config_text(c, "//h/:_authToken"), "tok");
	CHECK_STR(config_text(c, "a-x"), "1");
}

TEST(config_types)
{
	file("home/.npmrc", "cache=~/c\numask=022\nfetch-retries=7\nomit[]=dev\nall=true\ndepth=3\nca=\"a\\n\\nb\"\n");
	struct config *c = load("--include dev --include=peer --no-audit --no-proxy --dd", "npm_config_noproxy=a");
	CHECK_STR(config_text(c, "cache"), at("home/c"));
	CHECK_INT(config_number(c, "umask", 0), 022);
	CHECK_INT(config_number(c, "fetch-retries", 0), 7);
	CHECK_INT(config_number(c, "depth", 0), 3);
	CHECK(config_is_false(c, "audit"));
	CHECK(config_is_false(c, "proxy"));
	CHECK(config_bool(c, "all"));
	CHECK_STR(config_text(c, "loglevel"), "verbose");
	CHECK_STR(config_list(c, "include", NULL)[1], "peer");
	CHECK_STR(config_list(c, "ca", NULL)[1], "b");
	CHECK(!*config_omit(c));
	CHECK_STR(config_text(c, "noproxy"), "a");
	CHECK_STR(config_text(load("--scope=s", ""), "scope"), "@s");
	CHECK_STR(config_text(load("--noproxy=a --noproxy=b", ""), "noproxy"), "a,b");
	CHECK(!config_text(load("", ""), "noproxy"));
}

TEST(config_words_and_dashes)
{
	struct config *c = load("run x --tag=y -- --tag=z -g", "");
	CHECK_INT(c->words->count, 4);
	CHECK_STR(VEC_AT(c->words, char, 2), "--tag=z");
	CHECK_STR(config_text(c, "tag"), "y");
	CHECK(!config_is_global(c));
}

TEST(config_unknown_flags_are_refused)
{
	struct config *c = load("ls --tga=x --//reg.example.test/:foo=1", "npm_config_nonsense=1");
	CHECK(config_check_unknown(c, &err));
	CHECK_STR(err_name(&err), "EUNKNOWNCONFIG");
	CHECK(strstr(err.text, "Unknown cli flags:\n  - --tga\n  - --foo (//reg.example.test/:foo)\n"));
	CHECK(!strstr(err.text, "nonsense"));
	CHECK(!load("--regis=x", ""));
	CHECK_STR(err.text, "Invalid abbreviated flag \"--regis\". Did you mean \"--registry\"?");
	CHECK(!load("-verbose", ""));
	CHECK(strstr(err.text, "Did you mean --verbose?"));
}

TEST(config_unknown_keys_of_files)
{
	file("home/.npmrc", "nope=1\n@s:registry=http://localhost/\n//h/:_authToken=x\n");
	CHECK(!config_check_unknown(load("ls", ""), &err));
	struct config *c = load("ls --strict-npmrc", "");
	CHECK(config_check_unknown(c, &err));
	CHECK(strstr(err.text, "  - user config \"nope\" from "));
	CHECK(!strstr(err.text, "registry"));
}

TEST(config_exclusive_settings)
{
	CHECK(!load("--save-dev --save-prod", ""));
	CHECK(strstr(err.text, "cannot be provided when using"));
	CHECK_STR(config_save_type(load("--save-prod", "npm_config_save_dev=true")), "prod");
}

TEST(config_save_type_follows_the_sources)
{
	file("home/.npmrc", "save-optional=true\n");
	CHECK_STR(config_save_type(load("", "")), "optional");
	CHECK(!config_save_type(load("--no-save-optional", "")));
	CHECK_STR(config_save_prefix(load("--save-exact", "")), "");
}

TEST(config_top_level_credentials_are_refused)
{
	file("home/.npmrc", "_authToken=x\nusername=u\nregistry=https://registry.example.test/npm\n");
	struct config *c = load("", "");
	CHECK(config_validate(c, &err));
	CHECK_STR(err_name(&err), "ERR_INVALID_AUTH");
	CHECK(strstr(err.text, "`_authToken` must be renamed to `//registry.example.test/:_authToken` in user config"));
	CHECK(strstr(err.text, "`username` is not allowed in user config"));
	CHECK(config_repair(c, CONFIG_USER) != NULL);
	CHECK(!config_save(c, CONFIG_USER, &err) || err.code);
	err = (struct err)ERR_INIT;
	CHECK(!config_validate(load("", ""), &err));
	CHECK_STR(config_text(load("", ""), "//registry.example.test/:_authToken"), "x");
}

TEST(config_saving_keeps_the_users_file_private)
{
	struct config *c = load("", "");
	struct stat st;
	struct str text;
	config_set_text(c, "tag", "next", CONFIG_USER);
	config_set_text(c, "message", "a;b", CONFIG_USER);
	CHECK(!config_save(c, CONFIG_USER, &err));
	CHECK(!stat(at("home/.npmrc"), &st));
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK(!fs_read(test_arena(), at("home/.npmrc"), 1000, &text, &err));
	CHECK_STR(str_dup(test_arena(), text), "tag=next\nmessage=a\\;b\n");
	config_delete(c, "tag", CONFIG_USER);
	config_delete(c, "message", CONFIG_USER);
	CHECK(!config_save(c, CONFIG_USER, &err));
	CHECK(!fs_exists(at("home/.npmrc")));
}

TEST(config_invalid_values_are_dropped)
{
	file("home/.npmrc", "loglevel=loud\nfetch-retries=many\nregistry=nowhere\ntag=x\n");
	struct config *c = load("", "");
	CHECK(!config_validate(c, &err));
	CHECK_STR(config_text(c, "loglevel"), "notice");
	CHECK_INT(config_number(c, "fetch-retries", 0), 2);
	CHECK_STR(config_text(c, "tag"), "x");
	CHECK_INT(config_find(c, "registry"), CONFIG_DEFAULT);
}

TEST(config_local_prefix)
{
	file("work/package.json", "{\"workspaces\":[\"packages/*\",\"!packages/no\"]}");
	file("work/packages/a/package.json", "{\"name\":\"a\"}");
	file("work/packages/no/package.json", "{\"name\":\"no\"}");
	struct config *c = load_in("work/packages/a/src", "", "");
	CHECK_STR(c->local_prefix, at("work"));
	CHECK_STR(c->workspace, at("work/packages/a"));
	CHECK_STR(config_list(c, "workspace", NULL)[0], at("work/packages/a"));
	CHECK_STR(load_in("work/packages/no", "", "")->local_prefix, at("work/packages/no"));
	CHECK_STR(load_in("work/packages/a", "--no-workspaces", "")->local_prefix, at("work/packages/a"));
	CHECK_STR(load_in("work/packages/a", "--prefix /else", "")->local_prefix, "/else");
	CHECK_STR(load_in("empty", "", "")->local_prefix, at("empty"));
}

TEST(config_project_file_is_skipped_when_it_is_the_users)
{
	file("home/.npmrc", "tag=mine\n");
	file("home/package.json", "{}");
	struct config *c = load_in("home", "", "");
	CHECK_INT(config_find(c, "tag"), CONFIG_USER);
	CHECK_INT(config_find(load_in("home", "-g", ""), "tag"), CONFIG_USER);
}

TEST(config_of_a_stranger_is_skipped_where_the_command_line_says_so)
{
	file("work/package.json", "{}");
	file("work/.npmrc", "git=./x\nregistry=http://localhost:1/\nlocation=global\nconfine-project=false\n");
	struct config *c = load("--confine-project", "");
	CHECK_INT(config_find(c, "git"), CONFIG_DEFAULT);
	CHECK_INT(config_find(c, "registry"), CONFIG_DEFAULT);
	CHECK(!config_is_global(c) && config_bool(c, "confine-project"));
	c = load("", "npm_config_confine_project=true");
	CHECK_INT(config_find(c, "git"), CONFIG_PROJECT);
}

static void collect(void *ctx, const char *key, const char *text)
{
	struct json *out = ctx;
	json_put_text(test_arena(), out, key, text);
}

TEST(config_environment_of_scripts)
{
	file("home/.npmrc", "tag=next\n//h/:_authToken=x\n@s:registry=http://localhost/\nalso=dev\n");
	struct json *out = json_object(test_arena());
	struct config *c = load("--omit=dev --omit=peer --no-audit --if-present --save-dev", "npm_config_message=m npm_config_fund=");
	config_each_env(c, collect, out);
	CHECK_STR(json_find_text(out, "npm_config_tag"), "next");
	CHECK_STR(json_find_text(out, "npm_config_omit"), "dev\n\npeer");
	CHECK_STR(json_find_text(out, "npm_config_audit"), "");
	CHECK_STR(json_find_text(out, "npm_config_save_dev"), "true");
	CHECK(!json_find(out, "npm_config_message"));
	CHECK(!json_find(out, "npm_config_if_present"));
	CHECK(!json_find(out, "npm_config_also"));
	for (uint32_t i = 0; i < json_count(out); i++)
		CHECK(!strchr(out->members[i].key, '/') && !strchr(out->members[i].key, '@'));
}

TEST(config_each_scoped_gives_the_value_in_force)
{
	file("home/.npmrc", "//h/:_authToken=user\n@s:registry=http://localhost/\n");
	file("work/package.json", "{}");
	file("work/.npmrc", "//h/:_authToken=project\n");
	struct json *out = json_object(test_arena());
	config_each_scoped(load("", ""), collect, out);
	CHECK_INT(json_count(out), 2);
	CHECK_STR(json_find_text(out, "//h/:_authToken"), "project");
}

TEST(config_registry_must_be_somewhere)
{
	struct config *c = load("--registry=http://localhost:1/a", "");
	CHECK_STR(config_registry(c, &err), "http://localhost:1/a/");
	config_set_text(c, "registry", "", CONFIG_CLI);
	CHECK(!config_registry(c, &err));
	CHECK_STR(err_name(&err), "ENOREGISTRY");
}

TEST(config_private_values)
{
	CHECK(config_is_private("//h/:_authToken", NULL));
	CHECK(config_is_private("_auth", NULL));
	CHECK(config_is_private("//h/:username", NULL));
	CHECK(config_is_private("registry", json_string(test_arena(), "http://u:secret@localhost/")));
	CHECK(!config_is_private("registry", json_string(test_arena(), "http://localhost/")));
}
