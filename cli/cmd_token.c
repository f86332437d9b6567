/* SPDX-License-Identifier: MIT
 *
 * token: one's own tokens at the registry, listed, made and revoked. A new one is shown once, and kept nowhere.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/str.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/prompt.h"
#include "cli/runs.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define ID_MIN 6
#define PAGES_MAX 1000

static bool is_parseable(const struct cli *cli)
{
	return config_bool(cli->config, "parseable");
}

/* All pages; NULL with an error. */
static struct json *fetch_tokens(struct ask *q, struct err *err)
{
	struct arena *a = q->cli->arena;
	struct registry_request rq = {.path = "/-/npm/v1/tokens"};
	struct json *all = json_array(a);

	for (int page = 0; rq.path && *rq.path; page++) {
		const struct json *said = ask_json(q, &rq, err), *objects = json_find(said, "objects");

		if (!said)
			return NULL;
		if (page >= PAGES_MAX) {
			err_set(err, ERR_EGENERIC, "the registry's list of tokens does not end: it gave %d pages and there are more", PAGES_MAX);
			return NULL;
		}
		for (uint32_t i = 0; json_is(objects, JSON_ARRAY) && i < objects->count; i++)
			json_add(a, all, objects->items[i]);
		rq.path = json_find_text(json_find(said, "urls"), "next");
	}
	return all;
}

/* ---- list ---- */

static const char *text(const struct json *token, const char *key)
{
	const char *t = json_find_text(token, key);

	return t ? t : "";
}

/* The shortest beginning of a key, of six letters at the least, that no other one has. */
static void put_id(struct cli *cli, const struct json *all, struct json *token)
{
	const char *key = text(token, "key");
	size_t len = strlen(key), n = ID_MIN;

	for (uint32_t i = 0; i < all->count; i++)
		while (n < len && all->items[i] != token && strncmp(text(all->items[i], "key"), key, n) == 0)
			n++;
	json_put_text(cli->arena, token, "id", n < len ? arena_strndup(cli->arena, key, n) : key);
}

static void print_row(struct cli *cli, const struct json *t)
{
	const struct json *cidr = json_find(t, "cidr_whitelist"), *name = json_find(t, "name");

	cli_print(cli, "%s\t%s\t%s\t%s\t%s\t%s\t%s", text(t, "key"), text(t, "token"), text(t, "id"),
		  name ? js_string(cli->arena, name) : "", text(t, "created"), json_truthy(json_find(t, "readonly")) ? "true" : "false",
		  json_truthy(cidr) ? js_string(cli->arena, cidr) : "");
}

static void print_token(struct cli *cli, const struct json *t)
{
	const struct json *cidr = json_find(t, "cidr_whitelist"), *name = json_find(t, "name");

	cli_print(cli, "Token %s\xe2\x80\xa6 with id %s name %s created %.10s", text(t, "token"), text(t, "id"),
		  name ? js_string(cli->arena, name) : "undefined", text(t, "created"));
	if (json_truthy(cidr))
		cli_print(cli, "with IP whitelist: %s", js_string(cli->arena, cidr));
	cli_print(cli, "%s", "");
}

static int list(struct ask *q, struct err *err)
{
	struct cli *cli = q->cli;
	struct json *all = fetch_tokens(q, err);

	if (!all)
		return -1;
	for (uint32_t i = 0; i < all->count; i++)
		put_id(cli, all, all->items[i]);
	if (cli_is_json(cli)) {
		cli_json(cli, all);
		return 0;
	}
	if (is_parseable(cli))
		cli_print(cli, "key\ttoken\tid\tname\tcreated\treadonly\tCIDR whitelist");
	for (uint32_t i = 0; i < all->count; i++)
		(is_parseable(cli) ? print_row : print_token)(cli, all->items[i]);
	return 0;
}

/* ---- revoke ---- */

static const char *key_of(const struct json *all, const char *id, struct err *err)
{
	const char *found = NULL;
	bool is_token = false;
	int matches = 0;

	for (uint32_t i = 0; i < all->count; i++) {
		if (cstr_starts(text(all->items[i], "key"), id)) {
			found = text(all->items[i], "key");
			matches++;
		}
		is_token |= cstr_starts(id, text(all->items[i], "token"));
	}
	if (matches == 1)
		return found;
	if (matches)
		err_set(err, ERR_EGENERIC, "Token ID \"%s\" was ambiguous, a new token may have been created since you last ran "
			"`npm token list`.", id);
	else if (!is_token)
		err_set(err, ERR_EGENERIC, "Unknown token id or value \"%s\".", id);
	return err->code == ERR_OK ? id : NULL;
}

static int revoke(struct ask *q, int argc, char **argv, struct err *err)
{
	struct cli *cli = q->cli;
	struct json *all, *gone = json_array(cli->arena);

	if (!argc)
		return cli_usage_error(cli, err, "`<tokenKey>` argument is required.");
	all = fetch_tokens(q, err);
	if (!all)
		return -1;
	for (int i = 0; i < argc; i++) {
		const char *key = key_of(all, argv[i], err);

		if (!key)
			return -1;
		json_add(cli->arena, gone, json_string(cli->arena, key));
	}
	q->otp_please = true;
	for (uint32_t i = 0; i < gone->count; i++)
		if (ask_send(q, &(struct registry_request){
			.method = "DELETE",
			.path = arena_printf(cli->arena, "/-/npm/v1/tokens/token/%s", gone->items[i]->text),
		}, err) < 0)
			return -1;
	if (cli_is_json(cli))
		cli_json(cli, gone);
	else if (is_parseable(cli))
		cli_print(cli, "%s", cstr_replace(cli->arena, js_string(cli->arena, gone), ",", "\t"));
	else
		cli_print(cli, "Removed %u token%s", gone->count, gone->count == 1 ? "" : "s");
	return 0;
}

/* ---- create ---- */

/* "10.0.0.0/8" */
static bool is_cidr(const char *s)
{
	unsigned part[5];
	int end = 0;

	if (sscanf(s, "%3u.%3u.%3u.%3u/%2u%n", &part[0], &part[1], &part[2], &part[3], &part[4], &end) != 5 || s[end] ||
	    !isdigit((unsigned char)*s))
		return false;
	return part[0] < 256 && part[1] < 256 && part[2] < 256 && part[3] < 256 && part[4] <= 32;
}

static int add_cidr(struct cli *cli, struct json *out, const char *one, struct err *err)
{
	if (is_cidr(one)) {
		json_add(cli->arena, out, json_string(cli->arena, one));
		return 0;
	}
	if (strchr(one, ':'))
		return err_set_as(err, "EINVALIDCIDR", "CIDR whitelist can only contain IPv4 addresses, %s is IPv6", one);
	return err_set_as(err, "EINVALIDCIDR", "CIDR whitelist contains invalid CIDR entry: %s", one);
}

/* Ranges of addresses that may use the token, an empty list: all. A single text may hold several, with commas. */
static struct json *cidrs(struct cli *cli, struct err *err)
{
	size_t n;
	const char *const *given = config_list(cli->config, "cidr", &n);
	struct json *out = json_array(cli->arena);
	struct str rest = n == 1 ? str_from(given[0]) : STR_NULL;

	for (size_t i = 0; n > 1 && i < n; i++)
		if (add_cidr(cli, out, given[i], err) < 0)
			return NULL;
	while (rest.ptr && rest.len)
		if (add_cidr(cli, out, str_dup(cli->arena, str_trim(str_cut(rest, ',', &rest))), err) < 0)
			return NULL;
	return out;
}

static void put_setting(struct cli *cli, struct json *body, const char *key, const char *name)
{
	const struct json *v = config_get(cli->config, key);

	if (v && json_truthy(v) && (!json_is(v, JSON_ARRAY) || v->count))
		json_put(cli->arena, body, name, json_copy(cli->arena, v));
}

static struct json *wish(struct cli *cli, const char *password, struct json *ranges)
{
	struct json *body = json_object(cli->arena);

	json_put_text(cli->arena, body, "name", config_text(cli->config, "name"));
	json_put_text(cli->arena, body, "password", password);
	put_setting(cli, body, "token-description", "description");
	put_setting(cli, body, "packages", "packages");
	put_setting(cli, body, "packages-all", "packages_all");
	put_setting(cli, body, "scopes", "scopes");
	put_setting(cli, body, "orgs", "orgs");
	put_setting(cli, body, "packages-and-scopes-permission", "packages_and_scopes_permission");
	put_setting(cli, body, "orgs-permission", "orgs_permission");
	put_setting(cli, body, "expires", "expires");
	if (ranges->count)
		json_put(cli->arena, body, "cidr_whitelist", ranges);
	put_setting(cli, body, "bypass-2fa", "bypass_2fa");
	return body;
}

/* What is new is told once, so it goes out as it is. */
static void print_new(struct cli *cli, const struct json *t)
{
	const struct json *cidr = json_find(t, "cidr_whitelist"), *expires = json_find(t, "expires");
	const char *line = arena_printf(cli->arena, "Created token %s\n", text(t, "token"));

	cli_write(cli, line, strlen(line));
	if (json_count(cidr))
		cli_print(cli, "with IP whitelist: %s", js_string(cli->arena, cidr));
	if (json_truthy(expires))
		cli_print(cli, "expires: %s", js_string(cli->arena, expires));
}

static int create(struct ask *q, struct err *err)
{
	struct cli *cli = q->cli;
	struct json *ranges = cidrs(cli, err), *token;
	const char *password = config_text(cli->config, "password");
	struct registry_request rq = {.method = "POST", .path = "/-/npm/v1/tokens"};

	if (!ranges)
		return -1;
	if (streq(config_text(cli->config, "packages-and-scopes-permission"), "read-write"))
		report_warn(cli->reporter, "token", "Creating a token that can publish directly to the registry. Consider "
			    "`--packages-and-scopes-permission=read-write-stage-only` instead: what it stages waits for your approval.");
	if (!password)
		password = prompt_password(cli, "npm password:", NULL, err);
	if (!password)
		return -1;
	q->otp_please = true;
	rq.content = ask_content(q, wish(cli, password, ranges));
	token = ask_json(q, &rq, err);
	if (!token)
		return -1;
	json_remove(token, "key");
	json_remove(token, "updated");
	if (cli_is_json(cli))
		cli_json(cli, token);
	else if (!is_parseable(cli))
		print_new(cli, token);
	for (uint32_t i = 0; is_parseable(cli) && !cli_is_json(cli) && i < json_count(token); i++) {
		const char *line = arena_printf(cli->arena, "%s\t%s\n", token->members[i].key,
						js_string(cli->arena, token->members[i].value));

		cli_write(cli, line, strlen(line));
	}
	return 0;
}

static int run(struct ask *q, int argc, char **argv, struct err *err)
{
	static const char *const revokes[] = {"rm", "delete", "revoke", "remove"};

	if (!argc || streq(argv[0], "list") || streq(argv[0], "ls"))
		return list(q, err);
	for (size_t i = 0; i < ARRAY_LEN(revokes); i++)
		if (streq(argv[0], revokes[i]))
			return revoke(q, argc - 1, argv + 1, err);
	if (streq(argv[0], "create"))
		return create(q, err);
	return cli_usage_error(q->cli, err, "%s is not a recognized subcommand.", argv[0]);
}

int cmd_token(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct ask q;
	int bad;

	if (ask_open(cli, &q, err) < 0)
		return -1;
	bad = run(&q, argc, argv, err);
	ask_close(&q);
	return bad;
}
