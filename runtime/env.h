/* SPDX-License-Identifier: MIT
 *
 * The environment of scripts, as npm makes it: all of our own and a few well-known names; the caller adds the settings
 * that are not at their default (npm_config_<key>). What one script adds (npm_lifecycle_event, npm_package_…, PATH) is
 * added by runtime/script.h.
 */
#pragma once

#include "base/base.h"

struct arena;
struct json;
struct map;
struct runtime;
struct vec;

/* Where a child finds programs when our own PATH is empty or not set. */
#define ENV_DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

struct env_options {
	const struct runtime *runtime;
	const char *command;		/* npm's name of the command ("run", "install"): npm_command */
	const char *cwd;		/* where lode was started: INIT_CWD */
	const char *home;
	const char *global_prefix, *local_prefix;
	const char *user_agent;
	const char *npm_version;	/* the npm whose behaviour this is */
	const char *editor;		/* NULL: not set */
	const char *node_options;	/* NULL: not set */
	const char *node_gyp;		/* setting node-gyp; NULL: the bundled one */
	const char *cache_dir;		/* for the runtime's compile cache; NULL: none */
	bool color;
	bool production;		/* dev is omitted: NODE_ENV=production */
};

/* Our own environment: name to text (const char *), borrowed from the arena or the process. */
struct map *env_from_process(struct arena *a);
/* The same with what npm adds. */
struct map *env_make(struct arena *a, const struct env_options *o);
/* A copy that can be added to. */
struct map *env_copy(struct arena *a, const struct map *env);
/* npm_package_name, _version, _config_*, _engines_*, _bin_* of a package.json. */
void env_add_package(struct arena *a, struct map *env, const struct json *pkg);
/* PATH for scripts of the package at dir: bin_paths (of const char *, may be NULL), every node_modules/.bin from dir up
 * to the root, lode's shims, what PATH was. Every spelling of PATH present gets it. */
void env_add_path(struct arena *a, struct map *env, const char *dir, const struct vec *bin_paths, const char *shims);
/* "NAME=text" array for proc_options.envp. */
const char *const *env_array(struct arena *a, const struct map *env);
/* One of an envp array; NULL when it is not there. */
const char *env_find(const char *const *envp, const char *name);
