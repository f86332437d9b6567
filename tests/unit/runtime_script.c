/* SPDX-License-Identifier: MIT */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "runtime/env.h"
#include "runtime/node.h"
#include "runtime/script.h"

#include <signal.h>
#include <stdlib.h>

static const char *quoted(const char *arg)
{
	struct buf b = BUF_INIT(1000);
	const char *text;

	script_quote(&b, arg);
	text = buf_dup(test_arena(), &b);
	buf_release(&b);
	return text;
}

static const struct json *parse(const char *text)
{
	struct err err = ERR_INIT;
	const struct json *v = json_parse(test_arena(), str_from(text), "test", &err);

	if (!v)
		test_fail(__FILE__, __LINE__, "%s", err.text);
	return v;
}

static struct map *empty_env(void)
{
	struct map *env = ARENA_NEW(test_arena(), struct map);

	map_init(env, test_arena());
	return env;
}

TEST(script_quotes_only_where_needed)
{
	CHECK_STR(quoted("a-b=c/d.e"), "a-b=c/d.e");
	CHECK_STR(quoted("{a,b}!x%"), "{a,b}!x%");
	CHECK_STR(quoted(""), "''");
	CHECK_STR(quoted("a b"), "'a b'");
	CHECK_STR(quoted("it's"), "'it'\\''s'");
	CHECK_STR(quoted("'a"), "\\''a'");
	CHECK_STR(quoted("a'"), "'a'\\'");
	CHECK_STR(quoted("''"), "\\'\\'");
	CHECK_STR(quoted("$HOME"), "'$HOME'");
}

TEST(script_finds_the_text_and_the_default_for_addons)
{
	const char *dir = test_dir();
	const struct json *none = parse("{\"name\":\"a\"}");
	struct err err = ERR_INIT;

	CHECK_STR(script_find(test_arena(), parse("{\"scripts\":{\"x\":\"y\"}}"), "x", dir), "y");
	CHECK(!script_find(test_arena(), parse("{\"scripts\":{\"x\":5,\"z\":\"\"}}"), "x", dir));
	CHECK(!script_find(test_arena(), none, "install", dir));
	CHECK_INT(fs_write(path_join(test_arena(), dir, "binding.gyp"), STR("{}"), 0644, &err), 0);
	CHECK_STR(script_find(test_arena(), none, "install", dir), "node-gyp rebuild");
	CHECK(!script_find(test_arena(), none, "postinstall", dir));
	CHECK(!script_find(test_arena(), parse("{\"gypfile\":false}"), "install", dir));
	CHECK(!script_find(test_arena(), parse("{\"scripts\":{\"preinstall\":\"x\"}}"), "install", dir));
}

TEST(env_has_the_fields_of_the_package)
{
	struct map *env = empty_env();

	env_add_package(test_arena(), env,
			parse("{\"name\":\"@s/p\",\"version\":\"1.0.0\",\"description\":\"d\",\"bin\":{\"p\":\"b.js\"},"
			      "\"config\":{\"a\":[1,2.5],\"f\":false,\"n\":null,\"t\":true,\"o\":{\"x\":\"y\"}}}"));
	CHECK_STR(map_find(env, "npm_package_name"), "@s/p");
	CHECK_STR(map_find(env, "npm_package_version"), "1.0.0");
	CHECK_STR(map_find(env, "npm_package_bin_p"), "b.js");
	CHECK_STR(map_find(env, "npm_package_config_a_0"), "1");
	CHECK_STR(map_find(env, "npm_package_config_a_1"), "2.5");
	CHECK_STR(map_find(env, "npm_package_config_f"), "");
	CHECK_STR(map_find(env, "npm_package_config_n"), "");
	CHECK_STR(map_find(env, "npm_package_config_t"), "true");
	CHECK_STR(map_find(env, "npm_package_config_o_x"), "y");
	CHECK(!map_has(env, "npm_package_description"));
}

TEST(env_puts_bins_before_the_path_that_was)
{
	struct map *env = empty_env();
	struct vec first;

	vec_init(&first, test_arena());
	vec_add(&first, (void *)"/first");
	map_put(env, "PATH", (void *)"/usr/bin:/bin");
	map_put(env, "Path", (void *)"/bin:/other");
	env_add_path(test_arena(), env, "/a/b", &first, "/shims");
	CHECK_STR(map_find(env, "PATH"),
		  "/first:/a/b/node_modules/.bin:/a/node_modules/.bin:/node_modules/.bin:/shims:/usr/bin:/bin:/other");
	CHECK_STR(map_find(env, "Path"), map_find(env, "PATH"));
}

TEST(env_without_a_path_still_finds_the_system)
{
	struct map *env = empty_env();

	env_add_path(test_arena(), env, "/", NULL, "/shims");
	CHECK_STR(map_find(env, "PATH"), "/node_modules/.bin:/shims:/usr/local/bin:/usr/bin:/bin");
}

TEST(env_names_the_runtime_and_the_launcher)
{
	struct runtime rt = {.node = "/rt/bin/node", .npm_cli = "/lx/npm-cli.js", .node_gyp = "/lx/gyp.js"};
	struct env_options o = {.runtime = &rt, .command = "run", .cwd = "/here", .home = "/home/u", .cache_dir = "/c"};
	struct map *env;

	unsetenv("NODE_COMPILE_CACHE");
	env = env_make(test_arena(), &o);
	CHECK_STR(map_find(env, "INIT_CWD"), "/here");
	CHECK_STR(map_find(env, "npm_command"), "run");
	CHECK_STR(map_find(env, "NODE"), "/rt/bin/node");
	CHECK_STR(map_find(env, "npm_execpath"), "/lx/npm-cli.js");
	CHECK_STR(map_find(env, "npm_config_node_gyp"), "/lx/gyp.js");
	CHECK_STR(map_find(env, "NODE_COMPILE_CACHE"), "/c/compile");
	setenv("NODE_COMPILE_CACHE", "/mine", 1);
	CHECK_STR(map_find(env_make(test_arena(), &o), "NODE_COMPILE_CACHE"), "/mine");
	unsetenv("NODE_COMPILE_CACHE");
}

TEST(script_runs_with_arguments_and_environment)
{
	const char *args[] = {"a b", "$X", NULL};
	struct script s = {.event = "x", .args = args, .dir = test_dir(), .env = empty_env(), .stdio = SCRIPT_CAPTURE};
	struct err err = ERR_INIT;
	struct proc_result r;

	s.pkg = parse("{\"name\":\"n\",\"version\":\"1.0.0\",\"scripts\":{\"x\":\"echo $npm_lifecycle_event $npm_package_name\"}}");
	CHECK_INT(script_run(test_arena(), &s, &r, &err), 0);
	CHECK_STR(r.out.ptr, "x n a b $X\n");
	s.event = "missing";
	CHECK_INT(script_run(test_arena(), &s, &r, &err), 0);
	CHECK_INT(r.code, 0);
	s.command = "kill -KILL $$";
	CHECK_INT(script_run(test_arena(), &s, &r, &err), 0);
	CHECK_INT(r.signal, SIGKILL);
}
