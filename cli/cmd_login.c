/* SPDX-License-Identifier: MIT
 *
 * login, logout, whoami: who one is at the registry.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/str.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/credentials.h"
#include "cli/identity.h"
#include "cli/inspect.h"
#include "cli/prompt.h"
#include "cli/runs.h"
#include "cli/webauth.h"
#include "registry/auth.h"
#include "registry/fault.h"

#include <string.h>

/* ---- the scope's registry, or the one in force ---- */

static const char *scope_key(struct cli *cli)
{
	const char *scope = config_text(cli->config, "scope");

	return scope ? arena_printf(cli->arena, "%s%s:registry", *scope == '@' ? "" : "@", scope) : NULL;
}

static const char *registry_of(struct cli *cli, bool command_line_first, struct err *err)
{
	const char *key = scope_key(cli), *scoped = key ? config_text(cli->config, key) : NULL;

	if (scoped && !(command_line_first && config_get_at(cli->config, "registry", CONFIG_CLI)))
		return scoped;
	return config_registry(cli->config, err);
}

static const char *url_of(struct ask *q, const char *registry, const char *path)
{
	size_t len = strlen(registry);

	return arena_printf(q->cli->arena, "%.*s%s", (int)(len - (len && registry[len - 1] == '/')), registry, path);
}

/* The whole conversation is with this registry, and so is a one-time password. */
static int open_at(struct cli *cli, const char *registry, struct ask *q, struct err *err)
{
	struct registry_options o;

	if (ask_open(cli, q, err) < 0)
		return -1;
	o = q->options;
	o.registry = registry;
	q->otp = o.otp;
	return ask_reopen(q, &o, err);
}

/* ---- login ---- */

struct login {
	struct ask *ask;
	const char *registry;
};

/* npm's public registry names itself where a mirror answers: then the mirror knows the session. */
static const char *done_url(struct login *l, const char *done)
{
	struct arena *a = l->ask->cli->arena;
	struct url reg, u;
	size_t len;

	if (!l->ask->options.public_host || !url_parse(a, str_from(done), NULL, &u) ||
	    !streq(u.hostname, l->ask->options.public_host) || !url_parse(a, str_from(l->registry), NULL, &reg))
		return done;
	u.scheme = reg.scheme;
	u.hostname = reg.hostname;
	u.port = reg.port;
	len = strlen(reg.pathname);
	len -= len && reg.pathname[len - 1] == '/';
	if (len && strncmp(u.pathname, reg.pathname, len) != 0)
		u.pathname = arena_printf(a, "%.*s%s", (int)len, reg.pathname, u.pathname);
	return url_href(a, &u);
}

/* NULL and no error: this registry knows no such login. */
static const char *web_login(struct login *l, struct err *err)
{
	struct registry_request rq = {.method = "POST", .content = STR("{}"), .path = url_of(l->ask, l->registry, "/-/v1/login")};
	struct err why = ERR_INIT;
	const struct json *said = ask_json(l->ask, &rq, &why);
	const char *page = json_find_text(said, "loginUrl"), *done = json_find_text(said, "doneUrl");
	int status = l->ask->answer.status;

	if (!said && status >= 400 && status <= 500) {
		report_verbose(l->ask->cli->reporter, "", "web login not supported, trying couch");
		return NULL;
	}
	if (!said) {
		*err = why;
		return NULL;
	}
	return webauth_token(l->ask, &(struct webauth){"Login at", page ? page : "", done ? done_url(l, done) : "", l->registry}, err);
}

static struct json *couch_body(struct arena *a, const char *name, const char *password)
{
	struct json *body = json_object(a);
	char now[25];

	clock_iso(clock_wall_ms(), now);
	json_put_text(a, body, "_id", arena_printf(a, "org.couchdb.user:%s", name));
	json_put_text(a, body, "name", name);
	json_put_text(a, body, "password", password);
	json_put_text(a, body, "type", "user");
	json_put(a, body, "roles", json_array(a));
	json_put_text(a, body, "date", now);
	return body;
}

/* Who is there already proves the password, and writes the same user again. */
static struct json *couch_again(struct login *l, const char *url, struct json *body, struct err *err)
{
	struct arena *a = l->ask->cli->arena;
	struct registry_request get = {.path = arena_printf(a, "%s?write=true", url)}, put = {.method = "PUT"};
	const char *name = json_find_text(body, "name"), *password = json_find_text(body, "password"), *both;
	const struct json *user = ask_json(l->ask, &get, err);

	if (!user)
		return NULL;
	for (uint32_t i = 0; json_is(user, JSON_OBJECT) && i < user->count; i++) {
		const char *key = user->members[i].key;

		if (!json_truthy(json_find(body, key)) || streq(key, "roles"))
			json_put(a, body, key, user->members[i].value);
	}
	both = arena_printf(a, "%s:%s", name, password);
	put.path = arena_printf(a, "%s/-rev/%s", url, json_find_text(body, "_rev") ? json_find_text(body, "_rev") : "");
	put.authorization = arena_printf(a, "Basic %s", base64_make(a, both, strlen(both)));
	put.content = ask_content(l->ask, body);
	return ask_json(l->ask, &put, err);
}

static struct json *couch_put(struct login *l, const char *name, const char *password, struct err *err)
{
	struct arena *a = l->ask->cli->arena;
	const char *path = arena_printf(a, "/-/user/org.couchdb.user:%s", url_encode_component(a, name));
	struct json *body = couch_body(a, name, password), *said;
	struct registry_request rq = {.method = "PUT", .path = url_of(l->ask, l->registry, path)};
	struct err why = ERR_INIT;

	rq.content = ask_content(l->ask, body);
	said = ask_json(l->ask, &rq, &why);
	if (said)
		return said;
	if (why.code == ERR_E409)
		return couch_again(l, rq.path, body, err);
	if (why.code == ERR_E400)
		err_set(err, ERR_E400, "There is no user with the username \"%s\".", name);
	else
		*err = why;
	return NULL;
}

static const char *couch_login(struct login *l, struct err *err)
{
	struct cli *cli = l->ask->cli;
	struct credentials k = credentials_find(cli->config, l->registry);
	const char *name = prompt_username(cli, "Username:", k.username, err), *password, *token;
	struct json *said;

	password = name ? prompt_password(cli, "Password:", k.password, err) : NULL;
	if (!password)
		return NULL;
	l->ask->otp_please = true;
	said = couch_put(l, name, password, err);
	if (!said)
		return NULL;
	token = json_find_text(said, "token");
	if (token && *token)
		return token;
	err_set(err, ERR_EGENERIC, "%s gave no token", fault_clean_url(cli->arena, l->registry));
	return NULL;
}

static int keep_login(struct cli *cli, const char *registry, const char *token, struct err *err)
{
	const char *key = scope_key(cli), *scope = config_text(cli->config, "scope");
	const char *shown = fault_clean_url(cli->arena, registry);

	config_delete(cli->config, "_token", CONFIG_USER);
	credentials_set_token(cli->config, registry, token);
	if (key)
		config_set_text(cli->config, key, registry, CONFIG_USER);
	if (config_save(cli->config, CONFIG_USER, err) < 0)
		return -1;
	cli_print(cli, "Logged in%s%s on %s.", scope ? " to scope " : "", scope ? scope : "", shown);
	return 0;
}

int cmd_login(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *registry = registry_of(cli, true, err), *token = NULL;
	struct login l = {.registry = registry};
	struct ask q;

	(void)argc;
	(void)argv;
	if (!registry || open_at(cli, registry, &q, err) < 0)
		return -1;
	l.ask = &q;
	report_notice(cli->reporter, "", "Log in on %s", fault_clean_url(cli->arena, registry));
	if (streq(config_text(cli->config, "auth-type"), "web"))
		token = web_login(&l, err);
	if (!token && err->code == ERR_OK)
		token = couch_login(&l, err);
	ask_close(&q);
	return token ? keep_login(cli, registry, token, err) : -1;
}

/* ---- logout ---- */

/* The token's own file forgets it, whatever else is set elsewhere. */
static int forget(struct cli *cli, const char *registry, const struct auth *auth, struct err *err)
{
	const char *key = arena_printf(cli->arena, "%s:%s", auth->reg_key, auth->auth_key);
	enum config_where where = config_find(cli->config, key);

	if (scope_key(cli))
		config_delete(cli->config, scope_key(cli), where);
	credentials_clear(cli->config, registry, where);
	config_delete(cli->config, key, where);
	if (where != CONFIG_USER && where != CONFIG_GLOBAL && where != CONFIG_PROJECT)
		return 0;
	return config_save(cli->config, where, err);
}

int cmd_logout(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *registry = registry_of(cli, false, err), *path;
	struct auth_query query = {.registry = registry};
	struct auth auth;
	struct ask q;
	int bad;

	(void)argc;
	(void)argv;
	if (!registry || open_at(cli, registry, &q, err) < 0)
		return -1;
	query.settings = q.options.settings;
	bad = auth_find(cli->arena, registry, &query, &auth, err);
	if (!bad && !auth.token && !auth.is_basic)
		bad = err_set(err, ERR_ENEEDAUTH, "not logged in to %s, so can't log out!", fault_clean_url(cli->arena, registry));
	if (!bad && auth.token) {
		path = arena_printf(cli->arena, "/-/user/token/%s", url_encode_component(cli->arena, auth.token));
		bad = ask_send(&q, &(struct registry_request){.method = "DELETE", .path = url_of(&q, registry, path)}, err);
	}
	ask_close(&q);
	return bad ? -1 : forget(cli, registry, &auth, err);
}

/* ---- whoami ---- */

const char *identity_find(struct ask *q, struct err *err)
{
	struct credentials k = credentials_find(q->cli->config, q->options.registry);
	const char *name = NULL;

	if (k.username && *k.username)
		return k.username;
	if (k.token || k.certfile) {
		name = json_find_text(ask_json(q, &(struct registry_request){.path = "/-/whoami"}, err), "username");
		if (name || err->code != ERR_OK)
			return name;
	}
	err_set(err, ERR_ENEEDAUTH, "This command requires you to be logged in.");
	return NULL;
}

int cmd_whoami(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *name;
	struct ask q;

	(void)argc;
	(void)argv;
	if (ask_open(cli, &q, err) < 0)
		return -1;
	name = identity_find(&q, err);
	ask_close(&q);
	if (!name)
		return -1;
	if (cli_is_json(cli))
		cli_json(cli, json_string(cli->arena, name));
	else
		cli_print(cli, "%s", name);
	return 0;
}
