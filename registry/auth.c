/* SPDX-License-Identifier: MIT */
#include "registry/auth.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/str.h"
#include "base/url.h"
#include "resolver/name.h"

#include <string.h>

#define MAX_PEM ((size_t)1 << 20)

/* A setting of a key, NULL when it is not set or empty: JavaScript's falsy. */
static const char *setting(struct arena *a, const struct map *settings, const char *reg_key, const char *name)
{
	const char *v = settings ? map_find(settings, arena_printf(a, "%s:%s", reg_key, name)) : NULL;

	return v && *v ? v : NULL;
}

static const char *has_auth(struct arena *a, const struct map *s, const char *reg_key)
{
	if (setting(a, s, reg_key, "_authToken"))
		return "_authToken";
	if (setting(a, s, reg_key, "_auth"))
		return "_auth";
	if (setting(a, s, reg_key, "username") && setting(a, s, reg_key, "_password"))
		return "username";
	if (setting(a, s, reg_key, "certfile") && setting(a, s, reg_key, "keyfile"))
		return "certfile";
	return NULL;
}

/* The longest key that has credentials: shortened by a segment or by a slash at a time, down to the host. */
static const char *key_for_url(struct arena *a, const char *url, const struct map *settings, const char **auth_key)
{
	struct url u;
	char *key;
	size_t len;

	*auth_key = NULL;
	if (!url || !url_parse(a, str_from(url), NULL, &u))
		return NULL;
	key = arena_printf(a, "//%s%s", url_host(a, &u), u.pathname);
	for (len = strlen(key); len > 2; key[len] = '\0') {
		*auth_key = has_auth(a, settings, key);
		if (*auth_key)
			return key;
		if (key[len - 1] == '/') {
			len--;
			continue;
		}
		while (len && key[len - 1] != '/')
			len--;
	}
	return NULL;
}

static int read_client_cert(struct arena *a, const char *certfile, const char *keyfile, struct auth *out, struct err *err)
{
	struct str cert, key;

	if (!certfile || !keyfile)
		return 0;
	if (fs_read_if(a, certfile, MAX_PEM, &cert, err) < 0 || fs_read_if(a, keyfile, MAX_PEM, &key, err) < 0)
		return -1;
	if (!cert.len || !key.len)
		return 0;
	out->cert = str_dup(a, cert);
	out->key = str_dup(a, key);
	return 0;
}

static const char *first_of(const struct map *m, const char *name, const char *other)
{
	const char *v = map_find(m, name);

	if ((!v || !*v) && other)
		v = map_find(m, other);
	return v && *v ? v : NULL;
}

static void take_basic(struct arena *a, const char *username, const char *password, struct auth *out)
{
	struct str plain = base64_decode_loose(a, str_from(password));
	const char *both = arena_printf(a, "%s:%.*s", username, STR_ARGS(plain));

	out->basic = base64_make(a, both, strlen(both));
	out->is_basic = true;
}

/* Forced settings have no host: they are for the one request at hand. */
static int take_forced(struct arena *a, const struct map *m, struct auth *out, struct err *err)
{
	const char *username = first_of(m, "username", NULL), *password = first_of(m, "_password", "password");

	out->token = first_of(m, "_authToken", "token");
	if (!out->token)
		out->basic = first_of(m, "_auth", "auth");
	if (!out->token && !out->basic && username && password)
		take_basic(a, username, password, out);
	return read_client_cert(a, first_of(m, "certfile", NULL), first_of(m, "keyfile", NULL), out, err);
}

static int take_key(struct arena *a, const struct map *m, const char *key, struct auth *out, struct err *err)
{
	const char *username = setting(a, m, key, "username"), *password = setting(a, m, key, "_password");

	out->reg_key = key;
	out->token = setting(a, m, key, "_authToken");
	if (!out->token)
		out->basic = setting(a, m, key, "_auth");
	if (!out->token && !out->basic && username && password)
		take_basic(a, username, password, out);
	return read_client_cert(a, setting(a, m, key, "certfile"), setting(a, m, key, "keyfile"), out, err);
}

static const char *scope_registry(struct arena *a, const struct auth_query *q)
{
	const char *own = q->scope && *q->scope ? setting(a, q->settings, q->scope, "registry") : NULL;

	if (!own && q->fallback && *q->fallback)
		own = setting(a, q->settings, q->fallback, "registry");
	return own ? own : q->registry;
}

bool auth_same_host(struct arena *a, const char *url, const char *other)
{
	struct url u, v;

	if (!url || !other || !url_parse(a, str_from(url), NULL, &u) || !url_parse(a, str_from(other), NULL, &v))
		return false;
	return streq(url_host(a, &u), url_host(a, &v));
}

int auth_find(struct arena *a, const char *url, const struct auth_query *q, struct auth *out, struct err *err)
{
	const char *key, *registry;

	*out = (struct auth){0};
	if (!url || !*url)
		return err_set(err, ERR_EGENERIC, "URI is required");
	key = key_for_url(a, url, q->force ? q->force : q->settings, &out->auth_key);
	if (q->force && !key)
		return take_forced(a, q->force, out, err);
	if (key)
		return take_key(a, q->settings, key, out, err);
	registry = scope_registry(a, q);
	if (registry && !streq(url, registry) && auth_same_host(a, url, registry))
		return auth_find(a, registry, q, out, err);
	/* Nothing is sent; that the scope's own registry has credentials is remembered for a warning. */
	if (!streq(registry, q->registry))
		out->reg_key = out->scope_auth_key = key_for_url(a, registry, q->settings, &out->auth_key);
	return 0;
}

const char *auth_header(struct arena *a, const struct auth *auth)
{
	if (auth->token)
		return arena_printf(a, "Bearer %s", auth->token);
	if (auth->basic)
		return arena_printf(a, "Basic %s", auth->basic);
	return NULL;
}

const char *auth_nerf_dart(struct arena *a, const char *url)
{
	struct url u;
	size_t len;

	if (!url || !url_parse(a, str_from(url), NULL, &u))
		return NULL;
	for (len = strlen(u.pathname); len && u.pathname[len - 1] != '/'; len--)
		;
	return arena_printf(a, "//%s%.*s", url_host(a, &u), (int)len, u.pathname);
}

const char *auth_registry_for(struct arena *a, const struct auth_query *q, const char *name)
{
	struct auth_query mine = *q;
	struct str scope = name_scope(name), url;

	mine.scope = scope.len ? str_dup(a, scope) : NULL;
	url = str_from(scope_registry(a, &mine));
	while (url.len && url.ptr[url.len - 1] == '/')
		url.len--;
	return url.ptr ? str_dup(a, url) : NULL;
}
