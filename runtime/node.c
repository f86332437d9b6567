/* SPDX-License-Identifier: MIT */
#include "runtime/node.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "base/proc.h"
#include "base/str.h"
#include "base/vec.h"
#include "runtime/env.h"

#include <stdlib.h>

static bool is_libexec(struct arena *a, const char *dir)
{
	return fs_exists(path_join(a, dir, "npm-cli.js"));
}

/* An installed lode stands in bin/, lode-net in libexec/lode itself, a build's lode beside libexec/. */
static const char *libexec_find(struct arena *a, const char *dir)
{
	const char *places[] = {
		path_join(a, dir, "../libexec/lode"),
		dir,
		path_join(a, dir, "libexec/lode"),
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (is_libexec(a, places[i]))
			return places[i];
	}
	return NULL;
}

static const char *lode_find(struct arena *a, const char *self, const char *libexec)
{
	const char *places[] = {
		path_join(a, libexec, "../../bin/lode"),
		path_join(a, libexec, "../../lode"),
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (fs_exists(places[i]))
			return places[i];
	}
	return self;
}

bool runtime_is_given(void)
{
	const char *root = getenv("LODE_RUNTIME");

	return root && *root;
}

/* Scripts and the runtime itself speak of real paths. */
static void take_node(struct arena *a, struct runtime *rt, const char *root)
{
	rt->node = fs_realpath(a, path_join(a, root, "bin/node"));
	rt->root = rt->node ? path_dir(a, path_dir(a, rt->node)) : NULL;
}

int runtime_locate(struct arena *a, struct runtime *rt, struct err *err)
{
	const char *self = proc_self(a);

	*rt = (struct runtime){0};
	if (!self)
		return err_set(err, ERR_ESYSTEM, "cannot find lode's own executable: is /proc there?");
	rt->libexec = libexec_find(a, path_dir(a, self));
	if (!rt->libexec)
		return err_set(err, ERR_ENOENT, "lode's own files are missing: no libexec/lode near '%s'", self);
	rt->exe = lode_find(a, self, rt->libexec);
	rt->shims = path_join(a, rt->libexec, "shims");
	rt->npm_cli = path_join(a, rt->libexec, "npm-cli.js");
	rt->node_gyp = path_join(a, rt->libexec, "node-gyp/bin/node-gyp.js");
	rt->version = LODE_RUNTIME_VERSION;
	take_node(a, rt, runtime_is_given() ? getenv("LODE_RUNTIME") : path_join(a, rt->libexec, "runtime"));
	return 0;
}

int runtime_use(struct arena *a, struct runtime *rt, const char *root, const char *version, struct err *err)
{
	take_node(a, rt, root);
	if (!rt->node)
		return err_set(err, ERR_ENOENT, "the JavaScript runtime is missing: no bin/node in '%s'", root);
	rt->version = version;
	rt->bin = path_join(a, rt->root, "bin");
	rt->shims = arena_printf(a, "%s:%s", rt->bin, rt->shims);
	return 0;
}

int runtime_check(struct arena *a, const struct runtime *rt, struct err *err)
{
	if (rt->node)
		return 0;
	if (runtime_is_given())
		return err_set(err, ERR_ENOENT, "LODE_RUNTIME names '%s', which has no bin/node", getenv("LODE_RUNTIME"));
	return err_set(err, ERR_ENOENT, "the JavaScript runtime is missing: no bin/node in '%s'", path_join(a, rt->libexec, "runtime"));
}

int runtime_find(struct arena *a, struct runtime *rt, struct err *err)
{
	return runtime_locate(a, rt, err) ? -1 : runtime_check(a, rt, err);
}

const char *runtime_compile_cache(struct arena *a, const char *cache_dir)
{
	return path_join(a, cache_dir, "compile");
}

static struct map *app_env(struct arena *a, const struct runtime *rt, const char *cache_dir)
{
	struct map *env = env_from_process(a);
	const char *path = map_find(env, "PATH");

	if (!path || !*path)
		path = ENV_DEFAULT_PATH;
	map_put(env, "PATH", arena_printf(a, "%s%s%s:%s", rt->bin ? rt->bin : "", rt->bin ? ":" : "", path, rt->shims));
	if (cache_dir && !map_has(env, "NODE_COMPILE_CACHE"))
		map_put(env, "NODE_COMPILE_CACHE", (void *)runtime_compile_cache(a, cache_dir));
	return env;
}

int runtime_exec(struct arena *a, const struct runtime *rt, const char *cache_dir, const char *const *args, struct err *err)
{
	struct vec argv;

	vec_init(&argv, a);
	vec_add(&argv, (void *)"node");
	for (; *args; args++)
		vec_add(&argv, (void *)*args);
	vec_add(&argv, NULL);
	return proc_exec(rt->node, (const char *const *)argv.items, env_array(a, app_env(a, rt, cache_dir)), err);
}
