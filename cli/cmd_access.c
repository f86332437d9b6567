/* SPDX-License-Identifier: MIT
 *
 * access: who may see and change packages.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "base/url.h"
#include "base/vec.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/identity.h"
#include "cli/jsvalue.h"
#include "cli/runs.h"
#include "cli/team.h"
#include "resolver/collate.h"
#include "resolver/spec.h"

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (streq(word, *words))
			return true;
	return false;
}

/* A package's name: as given, or the project's own. */
static const struct spec *package_of(struct ask *q, const char *word, bool scoped, struct err *err)
{
	const char *name = word ? word : ask_own_name(q->cli);
	struct spec *s;

	if (!name) {
		err_set(err, ERR_ENOENT, "no package name given and no package.json found");
		return NULL;
	}
	s = spec_parse(q->cli->arena, name, q->cli->cwd, err);
	if (s && scoped && !s->scope)
		cli_usage_error(q->cli, err, "This command is only available for scoped packages.");
	else if (s && !s->registry)
		err_set(err, ERR_EGENERIC, "must use package name only");
	return err->code == ERR_OK ? s : NULL;
}

static const char *path_of(struct ask *q, const struct spec *s, const char *what)
{
	return arena_printf(q->cli->arena, "/-/package/%s/%s", ask_escaped(q, s->name), what);
}

static const char *spelled(struct cli *cli, const struct json *level)
{
	const char *text = js_string(cli->arena, level);

	return streq(text, "read") ? "read-only" : streq(text, "write") ? "read-write" : text;
}

/* only: the one that is shown; NULL: all. */
static void print(struct cli *cli, const struct json *items, const char *only)
{
	struct json *out = json_object(cli->arena);
	struct vec keys;

	vec_init(&keys, cli->arena);
	for (uint32_t i = 0; json_is(items, JSON_OBJECT) && i < items->count; i++) {
		json_put_text(cli->arena, out, items->members[i].key, spelled(cli, items->members[i].value));
		vec_add(&keys, (void *)items->members[i].key);
	}
	if (cli_is_json(cli)) {
		cli_json(cli, out);
		return;
	}
	vec_sort(&keys, collate_compare_items, NULL);
	for (size_t i = 0; i < keys.count; i++) {
		const char *key = keys.items[i];

		if (!only || streq(only, key))
			cli_print(cli, "%s: %s", key, json_find_text(out, key));
	}
}

static int list_packages(struct ask *q, const char *owner, const char *only, struct err *err)
{
	struct arena *a = q->cli->arena;
	struct registry_request rq = {0};
	struct err why = ERR_INIT;
	struct team_name t;
	const struct json *items;

	owner = owner ? owner : identity_find(q, err);
	if (!owner)
		return -1;
	t = team_name_parse(a, owner);
	rq.path = t.team ? arena_printf(a, "/-/team/%s/%s/package", t.scope, t.team) : arena_printf(a, "/-/org/%s/package", t.scope);
	items = ask_json(q, &rq, &why);
	if (!items && why.code != ERR_E404) {
		*err = why;
		return -1;
	}
	rq.path = arena_printf(a, "/-/user/%s/package", t.scope);
	if (!items)
		items = ask_json(q, &rq, err);
	if (!items)
		return -1;
	print(q->cli, items, only);
	return 0;
}

static int list(struct ask *q, char **argv, struct err *err)
{
	const char *word = argv[0] ? argv[1] : NULL, *more = word ? argv[2] : NULL;
	const struct spec *s;
	const struct json *items;

	if (streq(argv[0], "packages"))
		return list_packages(q, word, more, err);
	if (!streq(argv[0], "collaborators"))
		return cli_usage_error(q->cli, err, "list %s is not a valid access command", argv[0]);
	s = package_of(q, word, false, err);
	items = s ? ask_json(q, &(struct registry_request){.path = path_of(q, s, "collaborators"), .name = s->name}, err) : NULL;
	if (!items)
		return -1;
	print(q->cli, items, more);
	return 0;
}

static int status(struct ask *q, const char *word, struct err *err)
{
	const struct spec *s = package_of(q, word, false, err);
	const struct json *said;
	struct json *out = json_object(q->cli->arena);

	said = s ? ask_json(q, &(struct registry_request){.path = path_of(q, s, "visibility"), .name = s->name}, err) : NULL;
	if (!said)
		return -1;
	json_put_text(q->cli->arena, out, s->name, json_truthy(json_find(said, "public")) ? "public" : "private");
	print(q->cli, out, NULL);
	return 0;
}

static int set(struct ask *q, const char *what, const char *word, struct err *err)
{
	static const char *const known[] = {"status=public", "status=private", "mfa=none", "mfa=publish", "mfa=automation",
		"2fa=none", "2fa=publish", "2fa=automation", NULL};
	struct arena *a = q->cli->arena;
	struct json *body = json_object(a);
	bool is_status = cstr_starts(what, "status=");
	const struct spec *s;
	struct registry_request rq = {.method = "POST"};

	if (!is_one_of(what, known))
		return cli_usage_error(q->cli, err, "set %s is not a valid access command", what);
	s = package_of(q, word, is_status, err);
	if (!s)
		return -1;
	if (is_status) {
		json_put_text(a, body, "access", cstr_ends(what, "private") ? "restricted" : "public");
	} else {
		json_put_bool(a, body, "publish_requires_tfa", !cstr_ends(what, "none"));
		if (!cstr_ends(what, "none"))
			json_put_bool(a, body, "automation_token_overrides_tfa", cstr_ends(what, "automation"));
	}
	rq.name = s->name;
	rq.path = path_of(q, s, "access");
	rq.content = ask_content(q, body);
	return ask_send(q, &rq, err) < 0 ? -1 : is_status ? status(q, s->name, err) : 0;
}

/* permissions: NULL takes them away. */
static int grant(struct ask *q, const char *team, const char *word, const char *permissions, struct err *err)
{
	struct arena *a = q->cli->arena;
	struct team_name t = team_name_parse(a, team);
	const struct spec *s = word ? package_of(q, word, false, err) : NULL;
	struct json *body = json_object(a);
	struct registry_request rq = {.method = permissions ? "PUT" : "DELETE"};

	if (!s)
		return err->code == ERR_OK ? err_set(err, ERR_EGENERIC, "must use package name only") : -1;
	if (!t.team)
		return err_set(err, ERR_EGENERIC, "team must be in format `scope:team`");
	json_put_text(a, body, "package", s->name);
	if (permissions)
		json_put_text(a, body, "permissions", permissions);
	rq.name = s->name;
	rq.path = arena_printf(a, "/-/team/%s/%s/package", t.scope, t.team);
	rq.content = ask_content(q, body);
	return ask_send(q, &rq, err);
}

static int run(struct ask *q, char **argv, struct err *err)
{
	static const char *const levels[] = {"read-only", "read-write", NULL};
	const char *what = argv[0];

	q->otp_please = true;
	if (streq(what, "list") || streq(what, "ls"))
		return list(q, argv + 1, err);
	if (streq(what, "get"))
		return streq(argv[1], "status") ? status(q, argv[2], err) :
						  cli_usage_error(q->cli, err, "get %s is not a valid access command", argv[1]);
	if (streq(what, "set"))
		return set(q, argv[1], argv[2], err);
	if (streq(what, "revoke"))
		return grant(q, argv[1], argv[2], NULL, err);
	if (!is_one_of(argv[1], levels))
		return cli_usage_error(q->cli, err, "grant must be either `read-only` or `read-write`");
	if (!argv[2])
		return cli_usage_error(q->cli, err, "`<scope:team>` argument is required");
	return grant(q, argv[2], argv[3], argv[1], err);
}

int cmd_access(struct cli *cli, int argc, char **argv, struct err *err)
{
	static const char *const known[] = {"get", "grant", "list", "ls", "revoke", "set", NULL};
	struct ask q;
	int bad;

	if (argc && !is_one_of(argv[0], known))
		return cli_usage_error(cli, err, "%s is not a valid access command", argv[0]);
	if (argc < 2)
		return cli_usage_error(cli, err, "access wants to know what");
	if (ask_open(cli, &q, err) < 0)
		return -1;
	bad = run(&q, argv, err);
	ask_close(&q);
	return bad;
}
