/* SPDX-License-Identifier: MIT */
#include "tests/driver/driver.h"

#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "registry/auth.h"
#include "resolver/spec.h"

static void add_settings(struct arena *a, struct map *out, const struct json *opts)
{
	map_init(out, a);
	for (uint32_t i = 0; i < json_count(opts); i++) {
		const char *text = json_text(opts->members[i].value);

		if (text)
			map_put(out, opts->members[i].key, (void *)(uintptr_t)text);
	}
}

/* The scope of what is asked for: an alias' target's. */
static const char *scope_of(struct arena *a, const char *text, struct err *err)
{
	struct spec *spec = text ? spec_parse(a, text, "/", err) : NULL;

	if (!spec)
		return NULL;
	return spec->sub ? spec->sub->scope : spec->scope;
}

/* Does a setting name a certificate in a directory this machine has not? */
static bool is_elsewhere(struct arena *a, const struct map *settings)
{
	for (struct map_entry *e = map_first(settings); e; e = map_next(settings, e))
		if (cstr_ends(e->key, "certfile") && !fs_exists(path_dir(a, e->value)))
			return true;
	return false;
}

static int get_auth(struct driver_call *c, struct err *err)
{
	const struct json *opts = driver_arg(c, 1), *forced = json_find(opts, "forceAuth");
	struct map settings, force;
	struct auth_query q = {.settings = &settings, .registry = json_find_text(opts, "registry")};
	struct auth auth;
	struct json *r;

	add_settings(c->arena, &settings, opts);
	if (forced) {
		add_settings(c->arena, &force, forced);
		q.force = &force;
	}
	if (is_elsewhere(c->arena, &settings)) {
		c->skip = "names certificate files of the place it was recorded in";
		return 0;
	}
	q.scope = scope_of(c->arena, json_find_text(opts, "spec"), err);
	if (auth_find(c->arena, driver_text(c, 0), &q, &auth, err) < 0)
		return -1;
	r = c->result = json_object(c->arena);
	json_put_text(c->arena, r, "scopeAuthKey", auth.scope_auth_key);
	json_put(c->arena, r, "regKey", auth.reg_key ? json_string(c->arena, auth.reg_key) : json_bool(c->arena, false));
	json_put_text(c->arena, r, "authKey", auth.auth_key);
	json_put_text(c->arena, r, "token", auth.token);
	json_put_text(c->arena, r, "auth", auth.basic);
	json_put_bool(c->arena, r, "isBasicAuth", auth.is_basic);
	json_put_text(c->arena, r, "cert", auth.cert);
	json_put_text(c->arena, r, "key", auth.key);
	return 0;
}

DRIVER_FUNCTIONS(auth, {"getAuth", NULL, get_auth});
