/* SPDX-License-Identifier: MIT */
#include "cli/settings_registry.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/config.h"

#include <stdlib.h>
#include <unistd.h>

#define MAX_PEM ((size_t)16 << 20)

static void put_setting(void *ctx, const char *key, const char *text)
{
	map_put(ctx, key, (char *)text);
}

static bool is_projects(const struct config *c, const char *key)
{
	return config_find(c, key) == CONFIG_PROJECT;
}

struct overheard {
	const struct config *config;
	struct map *settings;
};

static void put_unless_others(void *ctx, const char *key, const char *text)
{
	const struct overheard *o = ctx;

	if (*key == '@' || is_projects(o->config, key))
		map_put(o->settings, key, (char *)text);
}

/* A project that names a proxy, and whom to trust as well, would get to see its user's credentials. */
static void note_overheard(struct cli *cli, struct registry_options *out)
{
	const struct config *c = cli->config;
	struct overheard o = {c, ARENA_NEW(cli->arena, struct map)};

	if (!is_projects(c, "proxy") && !is_projects(c, "https-proxy"))
		return;
	map_init(o.settings, cli->arena);
	config_each_scoped(c, put_unless_others, &o);
	out->overheard = o.settings;
	out->overheard_tls = is_projects(c, "ca") || is_projects(c, "cafile") || is_projects(c, "strict-ssl");
}

/* One PEM text of all certificates. */
static const char *join_ca(struct cli *cli, struct err *err)
{
	const char *const *ca = config_ca(cli->config, err);
	struct buf all = BUF_INIT(MAX_PEM);
	const char *text;

	if (!ca)
		return NULL;
	for (; *ca; ca++)
		buf_printf(&all, "%s\n", *ca);
	text = buf_dup(cli->arena, &all);
	buf_release(&all);
	return text;
}

static void net_settings(struct cli *cli, struct net_options *net, struct err *err)
{
	const struct config *c = cli->config;

	net->ca_pem = join_ca(cli, err);
	net->extra_ca_file = getenv("NODE_EXTRA_CA_CERTS");
	net->cert_pem = config_text(c, "cert");
	net->key_pem = config_text(c, "key");
	net->insecure = !config_bool(c, "strict-ssl");
	net->proxy = config_text(c, "proxy");
	net->https_proxy = config_text(c, "https-proxy");
	net->no_proxy = config_text(c, "noproxy");
	net->local_address = config_text(c, "local-address");
	net->user_agent = config_user_agent(c);
	net->timeout_ms = (int64_t)config_number(c, "fetch-timeout", 300000);
	net->max_sockets = (int)config_number(c, "maxsockets", 15);
	net->retries = (int)config_number(c, "fetch-retries", 2);
	net->retry_factor = config_number(c, "fetch-retry-factor", 10);
	net->retry_min_ms = (int64_t)config_number(c, "fetch-retry-mintimeout", 10000);
	net->retry_max_ms = (int64_t)config_number(c, "fetch-retry-maxtimeout", 60000);
	if (net->retries == 0)
		net->retries = -1;
}

static enum registry_freshness freshness(const struct config *c)
{
	if (config_bool(c, "offline"))
		return FRESH_OFFLINE;
	if (config_prefer_offline(c))
		return FRESH_PREFER_OFFLINE;
	return config_prefer_online(c) ? FRESH_PREFER_ONLINE : FRESH_DEFAULT;
}

/* The host that "npmjs" stands for: the built-in registry's. */
static const char *public_host(struct cli *cli)
{
	struct str rest = str_from(LODE_DEFAULT_REGISTRY);
	ptrdiff_t at;

	while ((at = str_find(rest, '/')) == 0 || (at > 0 && rest.ptr[at - 1] == ':'))
		rest = str_skip(rest, (size_t)at + 1);
	rest = at < 0 ? rest : str_first(rest, (size_t)at);
	return rest.len ? str_dup(cli->arena, rest) : NULL;
}

const char *settings_public_registry(struct cli *cli)
{
	const char *url = LODE_DEFAULT_REGISTRY;

	if (!*url)
		return NULL;
	return cstr_ends(url, "/") ? url : arena_printf(cli->arena, "%s/", url);
}

/* With an @, as npm takes it. */
static const char *scope_of(struct cli *cli)
{
	const char *scope = config_text(cli->config, "scope");

	return !scope || !*scope || *scope == '@' ? scope : arena_printf(cli->arena, "@%s", scope);
}

int settings_registry(struct cli *cli, struct registry_options *out, struct err *err)
{
	struct map *settings = ARENA_NEW(cli->arena, struct map);
	const struct config *c = cli->config;

	*out = (struct registry_options){0};
	out->registry = config_registry(c, err);
	if (!out->registry)
		return -1;
	map_init(settings, cli->arena);
	config_each_scoped(c, put_setting, settings);
	out->settings = settings;
	note_overheard(cli, out);
	net_settings(cli, &out->net, err);
	if (err->code != ERR_OK)
		return -1;
	out->freshness = freshness(c);
	out->replace_registry_host = config_text(c, "replace-registry-host");
	out->public_host = public_host(cli);
	out->scope = scope_of(cli);
	out->otp = config_text(c, "otp");
	out->auth_type = out->otp ? "legacy" : config_text(c, "auth-type");
	out->command = cli->command ? cli->command->name : NULL;
	out->reporter = cli->reporter;
	return 0;
}

void settings_cache(struct cli *cli, struct cache_options *out)
{
	*out = (struct cache_options){.dir = config_cache(cli->config)};
}
