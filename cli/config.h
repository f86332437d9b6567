/* SPDX-License-Identifier: MIT
 *
 * All settings: npm's own names, from (weakest first) the defaults, the file built in, the global file, the
 * user's, the project's, the environment (npm_config_*) and the command line. Loaded once, before the command.
 *
 * A value is a `struct json`: null, bool, number, text or array, already of the type its setting has (paths are
 * absolute, ${VAR} is replaced, a date is its ISO text). Registry credentials (`//host/:_authToken`) and scopes'
 * registries (`@scope:registry`) are ordinary keys. What is read lives as long as the arena given at loading.
 *
 *	if (config_bool(cli->config, "dry-run"))
 *		…
 *	const char *tag = config_text(cli->config, "tag");
 *
 * Settings that follow from several others (omit, save-type, ca …) have functions of their own below: use
 * those, as npm's commands use the flattened options.
 */
#pragma once

#include "base/base.h"

struct arena;
struct cli;
struct err;
struct json;
struct reporter;
struct vec;

enum config_where {
	CONFIG_DEFAULT,
	CONFIG_BUILTIN,
	CONFIG_GLOBAL,
	CONFIG_USER,
	CONFIG_PROJECT,
	CONFIG_ENV,
	CONFIG_CLI,
	CONFIG_WHERES,
	CONFIG_NOWHERE = CONFIG_WHERES,
};

/* One source: what it says, by key. */
struct config_layer {
	struct json *data;	/* object: typed values */
	struct json *raw;	/* object: as the file has them, for saving */
	const char *source;	/* path of the file, or words for a person */
	bool loaded;		/* the file was there */
};

/* An option or key npm does not know. */
struct config_unknown {
	enum config_where where;
	const char *key;
	const char *base_key;	/* after the last colon of a scoped key, else NULL */
	const char *source;
};

struct config {
	struct arena *arena;
	struct config_layer layers[CONFIG_WHERES];
	struct vec *words;		/* char *: the command line without options; the command's name first */
	struct vec *unknown;		/* struct config_unknown * */
	struct vec *warnings;		/* struct config_warning *: told once the command is known to want them */
	const char *cwd;
	const char *home;
	const char *exec_path;		/* the program, or what stands for `node` in prefix detection */
	const char *global_prefix;
	const char *local_prefix;	/* the project: nearest package.json or node_modules, or its workspace root */
	const char *workspace;		/* absolute path of the workspace cwd is in, or NULL */
	bool has_package;		/* local_prefix has a package.json */
	const char *node_version;	/* of the runtime that is to run things, for the user agent; NULL: the bundled one's */
	struct reporter *reporter;
	char **environ;
};

/* Where to load from; everything but the arena may be left out in tests. */
struct config_sources {
	char **argv;		/* the command line after the program, NULL-terminated */
	char **environ;
	const char *cwd;
	const char *exec_path;	/* <prefix>/bin/lode: the global prefix follows from it */
	const char *builtin;	/* path of the built-in npmrc, or NULL */
	struct reporter *reporter;
};

/* NULL: EUNKNOWNCONFIG, ERR_INVALID_AUTH, …. */
struct config *config_load(struct arena *a, const struct config_sources *from, struct err *err) MUST_USE;

/* Types of every source are checked: invalid values are warned of and dropped; top-level credentials are an
 * error (ERR_INVALID_AUTH). */
int config_validate(struct config *c, struct err *err) MUST_USE;
/* Unknown options are an error (EUNKNOWNCONFIG), unknown keys in files a warning, or an error with strict-npmrc. */
int config_check_unknown(struct config *c, struct err *err) MUST_USE;
/* Tell what was kept back while loading ("x" is being parsed as a normal command line argument). */
void config_log_warnings(struct config *c);

/* The value in force; NULL when no source has the key. At one source only: config_get_at. */
const struct json *config_get(const struct config *c, const char *key);
const struct json *config_get_at(const struct config *c, const char *key, enum config_where where);
/* All that one source says, an object; of the defaults, all there are. */
const struct json *config_all_at(const struct config *c, enum config_where where);
enum config_where config_find(const struct config *c, const char *key);
const char *config_where_name(enum config_where where);
bool config_is_default(const struct config *c, const char *key);

/* Reading with a type. config_bool is JavaScript's truth; config_is_false: false itself (--no-x), not null. */
bool config_bool(const struct config *c, const char *key);
bool config_is_false(const struct config *c, const char *key);
/* NULL when it is no text, or ""; a list is joined by commas. */
const char *config_text(const struct config *c, const char *key);
double config_number(const struct config *c, const char *key, double fallback);
/* Texts of a list setting; a single text is a list of one; never NULL, NULL-terminated. *n may be NULL. */
const char *const *config_list(const struct config *c, const char *key, size_t *n);

/* Changing, in memory. `raw` follows for the file sources. */
void config_set(struct config *c, const char *key, struct json *value, enum config_where where);
void config_set_text(struct config *c, const char *key, const char *value, enum config_where where);
void config_delete(struct config *c, const char *key, enum config_where where);
/* Write the source's file again (user: mode 0600); an empty one is removed. */
int config_save(struct config *c, enum config_where where, struct err *err) MUST_USE;

/* ---- what follows from several settings (npm's flat options) ---- */

bool config_is_global(const struct config *c);			/* -g or location=global */
const char *config_prefix(const struct config *c);		/* global or local prefix */
/* "dev", "optional", "peer" as omit, include and their old spellings add up to; NULL-terminated. */
const char *const *config_omit(const struct config *c);
bool config_omits(const struct config *c, const char *type);
/* "prod", "dev", "optional", "peer", "peerOptional", or NULL when nothing is asked for. */
const char *config_save_type(const struct config *c);
const char *config_save_prefix(const struct config *c);		/* "" with save-exact */
const char *config_install_strategy(const struct config *c);	/* hoisted, nested, shallow, linked */
bool config_package_lock(const struct config *c);		/* package-lock, or package-lock-only */
bool config_prefer_online(const struct config *c);
bool config_prefer_offline(const struct config *c);
/* before, or now minus min-release-age, as an ISO date; NULL: none. */
const char *config_before(const struct config *c);
const char *config_user_agent(const struct config *c);
const char *config_cache(const struct config *c);		/* the cache setting itself: lode's and npm's rooms are below */
/* The registry in force (with its slash at the end); ENOREGISTRY when there is none. */
const char *config_registry(const struct config *c, struct err *err) MUST_USE;
/* Certificates of ca or cafile as PEM texts; NULL: the system's. */
const char *const *config_ca(const struct config *c, struct err *err);
/* Every key in force that the registry room reads: //host/…, @scope:registry. For each such key:
 * registry_key(ctx, key, text). */
typedef void config_each_fn(void *ctx, const char *key, const char *text);
void config_each_scoped(const struct config *c, config_each_fn *fn, void *ctx);
/* npm_config_* and the other variables that a script's environment gets for the settings (set-envs), as
 * NAME, value pairs: fn(ctx, "npm_config_save_exact", "true"). */
void config_each_env(const struct config *c, config_each_fn *fn, void *ctx);

/* //host/path/ of a URL; NULL when it is no URL. */
const char *config_nerf_dart(struct arena *a, const char *url);
