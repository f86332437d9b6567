/* SPDX-License-Identifier: MIT
 *
 * Are the settings valid, known, and where they may be?
 */
#include "cli/config_room.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/str.h"
#include "base/vec.h"
#include "cli/nopt.h"
#include "cli/settings.h"

#define MAX_TEXT ((size_t)1 << 20)

static const char *type_text(struct arena *a, const struct opt_type *t)
{
	static const char *const texts[] = {
		[OPT_STRING] = "a text",
		[OPT_BOOLEAN] = "boolean value (true or false)",
		[OPT_NUMBER] = "numeric value",
		[OPT_PATH] = "valid filesystem path",
		[OPT_URL] = "full url with \"http://\"",
		[OPT_DATE] = "valid Date string",
		[OPT_UMASK] = "octal number in range 0o000..0o777 (0..511)",
		[OPT_SEMVER] = "full valid SemVer string",
	};
	if (t->kind == OPT_LITERAL && json_text(t->literal))
		return json_text(t->literal);
	if (t->kind != OPT_LITERAL)
		return t->kind < ARRAY_LEN(texts) ? texts[t->kind] : NULL;
	struct buf b = BUF_INIT(MAX_TEXT);
	json_format(&b, t->literal, NULL);
	const char *s = buf_dup(a, &b);
	buf_release(&b);
	return s;
}

/* Of several types an URL or a path is what is meant. */
static const char *must_be(struct arena *a, const struct opt_types *types)
{
	struct opt_type one = {OPT_URL, NULL};
	if (types->count > 1 && !opt_types_has(types, OPT_URL))
		one.kind = OPT_PATH;
	if (types->count > 1 && opt_types_has(types, one.kind))
		return type_text(a, &one);
	struct buf b = BUF_INIT(MAX_TEXT);
	uint32_t n = types->count - opt_types_has(types, OPT_LIST);
	bool list = n < types->count;
	buf_adds(&b, list ? (n == 1 ? "one or more " : "one or more of: ") : n > 1 ? "one of: " : "");
	uint32_t seen = 0;
	for (uint32_t i = 0; i < types->count; i++)
		if (types->types[i].kind != OPT_LIST)
			buf_printf(&b, "%s%s", seen++ ? ", " : "", type_text(a, &types->types[i]));
	const char *s = buf_dup(a, &b);
	buf_release(&b);
	return s;
}

void config_warn_invalid(struct config *c, const char *key, const struct json *value, const struct opt_types *types,
			 const char *source)
{
	struct buf b = BUF_INIT(MAX_TEXT);
	json_format(&b, value, NULL);
	report_warn(c->reporter, "invalid config", "%s=%s set in %s", key, buf_text(&b), source);
	report_warn(c->reporter, "invalid config", "Must be %s", must_be(c->arena, types));
	buf_release(&b);
}

/* A pass over one layer. */
struct layer_check {
	struct config *c;
	const char *source;
};

static void on_invalid(void *ctx, const char *key, const struct json *value, const struct opt_types *types)
{
	struct layer_check *check = ctx;
	config_warn_invalid(check->c, key, value, types, check->source);
}

static const char *file_name(enum config_where where)
{
	return config_where_name(where);
}

static void auth_problem(struct config *c, struct buf *b, const char *key, enum config_where where)
{
	static const char *const pairs[][2] = {
		{"username", "_password"}, {"_password", "username"}, {"certfile", "keyfile"}, {"keyfile", "certfile"},
	};
	if (!json_truthy(config_get_at(c, key, where)))
		return;
	bool drop = cstr_eq_nocase(key, "_authtoken") && !streq(key, "_authToken");
	drop = drop || streq(key, "-authtoken");
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (streq(pairs[i][0], key) && !json_truthy(config_get_at(c, pairs[i][1], where)))
			drop = true;
	const char *registry = config_text(c, "registry");
	const char *nerf = registry ? config_nerf_dart(c->arena, registry) : NULL;
	buf_adds(b, b->len ? ", " : "");
	if (drop)
		buf_printf(b, "`%s` is not allowed in %s config", key, file_name(where));
	else
		buf_printf(b, "`%s` must be renamed to `%s:%s` in %s config", key, nerf ? nerf : "//<registry>/", key,
			   file_name(where));
}

/* Credentials that name no registry are refused wherever they come from a file. */
static int check_auth(struct config *c, struct err *err)
{
	static const char *const keys[] = {"_authtoken", "-authtoken", "_auth", "_authToken", "username",
					   "_password",	 "email",      "certfile", "keyfile"};
	static const enum config_where files[] = {CONFIG_GLOBAL, CONFIG_USER, CONFIG_PROJECT};
	struct buf b = BUF_INIT(MAX_TEXT);
	for (size_t w = 0; w < ARRAY_LEN(files); w++)
		for (size_t k = 0; k < ARRAY_LEN(keys); k++)
			auth_problem(c, &b, keys[k], files[w]);
	int rc = 0;
	if (b.len)
		rc = err_set(err, ERR_EINVALIDAUTH,
			     "Invalid auth configuration found: %s\n"
			     "Please run `lode config fix` to repair your configuration.",
			     buf_text(&b));
	buf_release(&b);
	return rc;
}

int config_validate(struct config *c, struct err *err)
{
	static const enum config_where layers[] = {CONFIG_GLOBAL, CONFIG_USER, CONFIG_PROJECT, CONFIG_ENV};
	for (size_t i = 0; i < ARRAY_LEN(layers); i++) {
		struct config_layer *l = &c->layers[layers[i]];
		if (!json_count(l->data))
			continue;
		struct layer_check check = {c, l->source};
		struct nopt n;
		config_nopt_init(c, &n);
		n.invalid = on_invalid;
		n.ctx = &check;
		nopt_clean(&n, l->data);
	}
	return check_auth(c, err);
}

static const char *shown(struct arena *a, const struct config_unknown *u)
{
	return u->base_key ? arena_printf(a, "\"%s\" (%s)", u->base_key, u->key) : arena_printf(a, "\"%s\"", u->key);
}

static size_t list_unknown(struct config *c, struct buf *b, bool cli)
{
	size_t n = 0;
	for (size_t i = 0; i < c->unknown->count; i++) {
		const struct config_unknown *u = VEC_AT(c->unknown, struct config_unknown, i);
		if ((u->where == CONFIG_CLI) != cli || u->where == CONFIG_ENV)
			continue;
		n++;
		if (!cli)
			buf_printf(b, "\n  - %s config %s from %s", config_where_name(u->where), shown(c->arena, u), u->source);
		else if (u->base_key)
			buf_printf(b, "\n  - --%s (%s)", u->base_key, u->key);
		else
			buf_printf(b, "\n  - --%s", u->key);
	}
	return n;
}

static void warn_of_files(struct config *c)
{
	for (size_t i = 0; i < c->unknown->count; i++) {
		const struct config_unknown *u = VEC_AT(c->unknown, struct config_unknown, i);
		if (u->where != CONFIG_CLI && u->where != CONFIG_ENV)
			report_warn(c->reporter, "",
				    "Unknown %s config %s. This will stop working in the next major version of npm. "
				    "See `lode help config` for supported config options.",
				    config_where_name(u->where), shown(c->arena, u));
	}
}

int config_check_unknown(struct config *c, struct err *err)
{
	struct buf flags = BUF_INIT(MAX_TEXT), keys = BUF_INIT(MAX_TEXT), all = BUF_INIT(MAX_TEXT);
	bool strict = config_bool(c, "strict-npmrc");
	size_t n_flags = list_unknown(c, &flags, true), n_keys = strict ? list_unknown(c, &keys, false) : 0;
	if (!strict)
		warn_of_files(c);
	if (n_flags)
		buf_printf(&all, "Unknown cli flag%s:%s\nRun `lode help config` for supported options.",
			   n_flags > 1 ? "s" : "", buf_text(&flags));
	if (n_keys)
		buf_printf(&all, "%sUnknown configuration key%s:%s\nSee `lode help config` for supported config options.",
			   n_flags ? "\n\n" : "", n_keys > 1 ? "s" : "", buf_text(&keys));
	int rc = all.len ? err_set(err, ERR_EUNKNOWNCONFIG, "%s", buf_text(&all)) : 0;
	buf_release(&flags);
	buf_release(&keys);
	buf_release(&all);
	return rc;
}

void config_log_warnings(struct config *c)
{
	for (size_t i = 0; i < c->warnings->count; i++)
		report_warn(c->reporter, "", "%s", VEC_AT(c->warnings, struct config_warning, i)->text);
	vec_clear(c->warnings);
}
