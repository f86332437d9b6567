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
#include "cli/config_list.h"
#include "cli/nopt.h"

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

/* 1 and "1" look the same. */
static bool told_before(struct arena *a, const struct opt_types *types, uint32_t at)
{
	for (uint32_t i = 0; i < at; i++)
		if (streq(type_text(a, &types->types[i]), type_text(a, &types->types[at])))
			return true;
	return false;
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
		if (types->types[i].kind != OPT_LIST && !told_before(a, types, i))
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
	bool dropped;
};

static void on_invalid(void *ctx, const char *key, const struct json *value, const struct opt_types *types)
{
	struct layer_check *check = ctx;
	check->dropped = true;
	config_warn_invalid(check->c, key, value, types, check->source);
}

const char *const config_auth_keys[] = {"_authtoken", "-authtoken", "_auth",    "_authToken", "username",
					"_password",  "email",	    "certfile", "keyfile",    NULL};

enum config_auth config_auth_action(const struct config *c, const char *key, enum config_where where)
{
	static const char *const pairs[][2] = {
		{"username", "_password"}, {"_password", "username"}, {"certfile", "keyfile"}, {"keyfile", "certfile"},
	};
	if (!json_truthy(config_get_at(c, key, where)))
		return CONFIG_AUTH_FINE;
	if (streq(key, "_authtoken") || streq(key, "-authtoken"))
		return CONFIG_AUTH_DELETE;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (streq(pairs[i][0], key) && !json_truthy(config_get_at(c, pairs[i][1], where)))
			return CONFIG_AUTH_DELETE;
	return CONFIG_AUTH_RENAME;
}

const char *config_auth_key(const struct config *c, const char *key)
{
	const char *registry = config_text(c, "registry");
	const char *nerf = registry ? config_nerf_dart(c->arena, registry) : NULL;
	return arena_printf(c->arena, "%s:%s", nerf ? nerf : "//<registry>/", key);
}

static void add_auth_problem(const struct config *c, struct buf *b, const char *key, enum config_where where)
{
	enum config_auth action = config_auth_action(c, key, where);
	if (action == CONFIG_AUTH_FINE)
		return;
	buf_adds(b, b->len ? ", " : "");
	if (action == CONFIG_AUTH_DELETE)
		buf_printf(b, "`%s` is not allowed in %s config", key, config_where_name(where));
	else
		buf_printf(b, "`%s` must be renamed to `%s` in %s config", key, config_auth_key(c, key),
			   config_where_name(where));
}

/* Credentials that name no registry are refused wherever they come from a file. */
static int check_auth(const struct config *c, struct err *err)
{
	struct buf b = BUF_INIT(MAX_TEXT);
	for (int w = CONFIG_GLOBAL; w <= CONFIG_PROJECT; w++)
		for (const char *const *key = config_auth_keys; *key; key++)
			add_auth_problem(c, &b, *key, (enum config_where)w);
	int rc = 0;
	if (b.len)
		rc = err_set(err, ERR_EINVALIDAUTH,
			     "Invalid auth configuration found: %s\n"
			     "Please run `lode config fix` to repair your configuration.",
			     buf_text(&b));
	buf_release(&b);
	return rc;
}

bool config_check_layer(struct config *c, enum config_where where)
{
	struct config_layer *l = &c->layers[where];
	struct layer_check check = {c, l->source, false};
	struct nopt n;
	if (!json_count(l->data))
		return false;
	config_nopt_init(c, &n);
	n.invalid = on_invalid;
	n.ctx = &check;
	nopt_clean(&n, l->data);
	return check.dropped;
}

int config_validate(struct config *c, struct err *err)
{
	for (int w = CONFIG_GLOBAL; w <= CONFIG_ENV; w++)
		config_check_layer(c, (enum config_where)w);
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
