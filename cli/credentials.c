/* SPDX-License-Identifier: MIT */
#include "cli/credentials.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/str.h"

#include <string.h>

static const char *key_of(const struct config *c, const char *registry, const char *what)
{
	const char *nerf = config_nerf_dart(c->arena, registry);

	return arena_printf(c->arena, "%s:%s", nerf ? nerf : "", what);
}

static const char *text_of(const struct config *c, const char *registry, const char *what)
{
	return config_text(c, key_of(c, registry, what));
}

/* "name:password" in base64. */
static void split_basic(const struct config *c, const char *basic, struct credentials *out)
{
	struct str rest, all = base64_decode_loose(c->arena, str_from(basic));

	out->username = str_dup(c->arena, str_cut(all, ':', &rest));
	out->password = rest.ptr ? str_dup(c->arena, rest) : "";
}

struct credentials credentials_find(const struct config *c, const char *registry)
{
	struct credentials k = {.token = text_of(c, registry, "_authToken")};
	const char *name = text_of(c, registry, "username"), *password = text_of(c, registry, "_password");
	const char *basic = text_of(c, registry, "_auth");

	k.certfile = text_of(c, registry, "certfile");
	k.keyfile = text_of(c, registry, "keyfile");
	if (!k.certfile || !k.keyfile)
		k.certfile = k.keyfile = NULL;
	if (k.token)
		return k;
	if (name && password) {
		k.username = name;
		k.password = str_dup(c->arena, base64_decode_loose(c->arena, str_from(password)));
	} else if (basic) {
		split_basic(c, basic, &k);
	}
	return k;
}

bool credentials_any(const struct credentials *k)
{
	return k->token || (k->username && *k->username) || k->certfile;
}

void credentials_set_token(struct config *c, const char *registry, const char *token)
{
	config_delete(c, key_of(c, registry, "always-auth"), CONFIG_USER);
	config_set_text(c, key_of(c, registry, "_authToken"), token, CONFIG_USER);
	config_delete(c, key_of(c, registry, "_password"), CONFIG_USER);
	config_delete(c, key_of(c, registry, "username"), CONFIG_USER);
}

void credentials_set_basic(struct config *c, const char *registry, const struct credentials *k)
{
	config_delete(c, key_of(c, registry, "always-auth"), CONFIG_USER);
	config_delete(c, key_of(c, registry, "_authToken"), CONFIG_USER);
	config_set_text(c, key_of(c, registry, "username"), k->username, CONFIG_USER);
	config_set_text(c, key_of(c, registry, "_password"), base64_make(c->arena, k->password, strlen(k->password)),
			CONFIG_USER);
}

void credentials_clear(struct config *c, const char *registry, enum config_where where)
{
	static const char *const bare[] = {"-authtoken", "_authToken", "_authtoken", "_auth", "_password", "username"};
	static const char *const scoped[] = {"_authToken", "_auth", "_password", "username", "email", "certfile", "keyfile"};
	const char *nerf = config_nerf_dart(c->arena, registry), *own = config_text(c, "registry");

	if (own && streq(nerf, config_nerf_dart(c->arena, own)))
		for (size_t i = 0; i < ARRAY_LEN(bare); i++)
			config_delete(c, bare[i], where);
	for (size_t i = 0; i < ARRAY_LEN(scoped); i++)
		config_delete(c, key_of(c, registry, scoped[i]), where);
}
