/* SPDX-License-Identifier: MIT
 *
 * Between the config_*.c files only.
 */
#pragma once

#include "cli/config.h"

struct nopt;
struct opt_types;
struct setting;
struct str;

/* The npm whose behaviour this is. */
#define NPM_VERSION "12.2.0"

struct config_warning {
	const char *word;	/* the argument it is about */
	const char *text;
};

/* ${VAR} and ${VAR?} replaced; an odd number of backslashes before it takes the meaning away. */
const char *config_env_replace(struct arena *a, const char *text, char *const *environ);
const char *config_env(const struct config *c, const char *name);	/* NULL when unset or empty */
/* Text (or a list of texts) as the best type its setting has; NULL: `undefined`. */
struct json *config_parse_field(const struct config *c, struct json *v, const char *key, bool in_list);
/* A nopt for the settings, with their types. */
void config_nopt_init(struct config *c, struct nopt *n);
/* The default of a setting. */
struct json *config_default_of(const struct config *c, const struct setting *s);
/* Values read from somewhere go into their layer. source is a path or words for a person. */
int config_load_object(struct config *c, struct json *values, enum config_where where, struct err *err) MUST_USE;
/* globalconfig and global-ignore-file follow the prefix. */
void config_set_global_files(struct config *c);
/* "invalid config k=v set in …" and what it must be. */
void config_warn_invalid(struct config *c, const char *key, const struct json *value, const struct opt_types *types,
			 const char *source);
void config_find_local_prefix(struct config *c);

/* Credentials that name no registry: to be given the registry's key, or to go. */
enum config_auth { CONFIG_AUTH_FINE, CONFIG_AUTH_DELETE, CONFIG_AUTH_RENAME };
extern const char *const config_auth_keys[];	/* NULL-terminated */
enum config_auth config_auth_action(const struct config *c, const char *key, enum config_where where);
/* "//registry.example.test/:_authToken" of "_authToken". */
const char *config_auth_key(const struct config *c, const char *key);
