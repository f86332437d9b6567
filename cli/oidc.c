/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/str.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/publish.h"

#include <stdlib.h>

static const char *variable(const char *name)
{
	const char *text = getenv(name);

	return text && *text ? text : NULL;
}

static const char *give_up(struct cli *cli, const char *why)
{
	report_verbose(cli->reporter, "oidc", "%s", why);
	return NULL;
}

/* GitHub makes one on request, for the registry that will see it. */
static const char *github_token(struct ask *q, const struct url *registry)
{
	const char *url = variable("ACTIONS_ID_TOKEN_REQUEST_URL"), *token = variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
	struct arena *a = q->cli->arena;
	struct registry_request rq = {.accept = "application/json"};
	struct err err = ERR_INIT;
	const char *audience, *value;

	if (!url || !token)
		return give_up(q->cli, "Skipped because incorrect permissions for id-token within GitHub workflow");
	audience = url_encode_component(a, arena_printf(a, "npm:%s", registry->hostname));
	rq.path = arena_printf(a, "%s%caudience=%s", url, str_find(str_from(url), '?') < 0 ? '?' : '&', audience);
	rq.authorization = arena_printf(a, "Bearer %s", token);
	value = json_find_text(ask_json(q, &rq, &err), "value");
	return value && *value ? value : give_up(q->cli, "Failed to fetch id_token from GitHub");
}

static const char *identity(struct ask *q, const struct url *registry)
{
	const char *token = variable("NPM_ID_TOKEN");

	if (token)
		return token;
	if (variable("GITHUB_ACTIONS"))
		return github_token(q, registry);
	return give_up(q->cli, "Skipped because no id_token available");
}

static const char *exchange(struct ask *q, const struct url *registry, const char *name)
{
	struct arena *a = q->cli->arena;
	struct err err = ERR_INIT;
	const char *who = identity(q, registry), *token;
	struct registry_request rq = {.method = "POST"};

	if (!who)
		return NULL;
	rq.path = arena_printf(a, "%s/-/npm/v1/oidc/token/exchange/package/%s", url_origin(a, registry), ask_escaped(q, name));
	rq.authorization = arena_printf(a, "Bearer %s", who);
	token = json_find_text(ask_json(q, &rq, &err), "token");
	if (token && *token)
		return token;
	return give_up(q->cli, err.code ? arena_printf(a, "Failed token exchange request with body message: %s", err.text) :
		       "Failed because token exchange was missing the token in the response body");
}

void oidc_exchange(struct cli *cli, const char *name, const char *registry, struct vec *borrowed)
{
	struct err ignored = ERR_INIT;
	const char *key, *token;
	struct url u;
	struct ask q;

	if (!variable("GITHUB_ACTIONS") && !variable("GITLAB_CI") && !variable("CIRCLECI"))
		return;
	if (!url_parse(cli->arena, str_from(registry), NULL, &u) || ask_open(cli, &q, &ignored) < 0)
		return;
	token = exchange(&q, &u, name);
	ask_close(&q);
	if (!token)
		return;
	key = arena_printf(cli->arena, "//%s%s:_authToken", url_host(cli->arena, &u), u.pathname);
	config_set_text(cli->config, key, token, CONFIG_CLI);
	vec_add(borrowed, (char *)key);
	report_verbose(cli->reporter, "oidc", "Successfully retrieved and set token");
}
