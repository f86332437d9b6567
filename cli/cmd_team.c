/* SPDX-License-Identifier: MIT
 *
 * team and org: organisations, their teams and who is in them.
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
#include "cli/jsvalue.h"
#include "cli/runs.h"
#include "cli/team.h"

#include <stdio.h>
#include <string.h>

struct team_name team_name_parse(struct arena *a, const char *text)
{
	struct str rest, scope = str_cut(str_from(*text == '@' ? text + 1 : text), ':', &rest);
	struct team_name t = {.scope = url_encode_component(a, str_dup(a, scope))};

	if (rest.ptr && rest.len)
		t.team = url_encode_component(a, str_dup(a, rest));
	return t;
}

static bool is_parseable(const struct cli *cli)
{
	return config_bool(cli->config, "parseable");
}

static int send(struct ask *q, const char *method, const char *path, const struct json *body, struct err *err)
{
	struct registry_request rq = {.method = method, .path = path};

	if (body)
		rq.content = ask_content(q, body);
	return ask_send(q, &rq, err);
}

/* ---- team ---- */

static int compare(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return strcmp(a, b);
}

static struct json *sorted(struct arena *a, const struct json *said)
{
	struct json *out = json_array(a);
	struct vec names;

	vec_init(&names, a);
	for (uint32_t i = 0; json_is(said, JSON_ARRAY) && i < said->count; i++)
		vec_add(&names, (void *)js_string(a, said->items[i]));
	vec_sort(&names, compare, NULL);
	for (size_t i = 0; i < names.count; i++)
		json_add(a, out, json_string(a, names.items[i]));
	return out;
}

static void print_names(struct cli *cli, const struct json *names, const char *mark)
{
	for (uint32_t i = 0; i < names->count; i++)
		cli_print(cli, "%s%s", mark, names->items[i]->text);
}

/* The users of a team, or the teams of an organisation. */
static int list(struct ask *q, const char *entity, struct err *err)
{
	struct cli *cli = q->cli;
	struct team_name t = team_name_parse(cli->arena, entity);
	const char *path = t.team ? arena_printf(cli->arena, "/-/team/%s/%s/user?format=cli", t.scope, t.team) :
				    arena_printf(cli->arena, "/-/org/%s/team?format=cli", t.scope);
	const struct json *said = ask_json(q, &(struct registry_request){.path = path}, err);
	struct json *names;

	if (!said)
		return -1;
	names = sorted(cli->arena, said);
	if (cli_is_json(cli)) {
		cli_json(cli, names);
	} else if (is_parseable(cli)) {
		print_names(cli, names, "");
	} else if (!cli_is_silent(cli)) {
		cli_print(cli, "@%s has %u %s%s%s", entity, names->count, t.team ? "user" : "team", names->count == 1 ? "" : "s",
			  names->count ? ":" : "");
		print_names(cli, names, t.team ? "" : "@");
	}
	return 0;
}

/* What was done, in the three ways of telling it. */
struct done {
	const char *word;	/* "created" */
	const char *entity, *user;
	const char *line;	/* for a person */
};

static void tell(struct cli *cli, const struct done *d)
{
	struct json *out = json_object(cli->arena);

	if (cli_is_json(cli)) {
		json_put_bool(cli->arena, out, d->word, true);
		json_put_text(cli->arena, out, "team", d->entity);
		if (d->user)
			json_put_text(cli->arena, out, "user", d->user);
		cli_json(cli, out);
	} else if (is_parseable(cli)) {
		cli_print(cli, "%s%s%s\t%s", d->user ? d->user : "", d->user ? "\t" : "", d->entity, d->word);
	} else if (!cli_is_silent(cli)) {
		cli_print(cli, "%s", d->line);
	}
}

static int change_team(struct ask *q, const char *entity, bool create, struct err *err)
{
	struct arena *a = q->cli->arena;
	struct team_name t = team_name_parse(a, entity);
	struct json *body = json_object(a);
	struct done d = {.word = create ? "created" : "deleted", .entity = entity};
	int bad;

	json_put_text(a, body, "name", strchr(entity, ':') + 1);
	bad = create ? send(q, "PUT", arena_printf(a, "/-/org/%s/team", t.scope), body, err) :
		       send(q, "DELETE", arena_printf(a, "/-/team/%s/%s", t.scope, t.team), NULL, err);
	if (bad)
		return -1;
	d.line = arena_printf(a, "%c@%s", create ? '+' : '-', entity);
	tell(q->cli, &d);
	return 0;
}

static int change_member(struct ask *q, const char *entity, const char *user, bool add, struct err *err)
{
	struct arena *a = q->cli->arena;
	struct team_name t = team_name_parse(a, entity);
	struct json *body = json_object(a);
	struct done d = {.word = add ? "added" : "removed", .entity = entity, .user = user};

	json_put_text(a, body, "user", user);
	if (send(q, add ? "PUT" : "DELETE", arena_printf(a, "/-/team/%s/%s/user", t.scope, t.team), body, err) < 0)
		return -1;
	d.line = arena_printf(a, add ? "%s added to @%s" : "%s removed from @%s", user, entity);
	tell(q->cli, &d);
	return 0;
}

static int team(struct ask *q, char **argv, struct err *err)
{
	const char *what = argv[0], *entity = what && argv[1] ? argv[1] : "", *user = *entity ? argv[2] : NULL;
	bool create = streq(what, "create"), add = streq(what, "add");

	entity += *entity == '@';
	if (streq(what, "ls") && *entity)
		return list(q, entity, err);
	if (!create && !add && !streq(what, "destroy") && !streq(what, "rm"))
		return cli_usage_error(q->cli, err, "create, destroy, add, rm or ls");
	if (!team_name_parse(q->cli->arena, entity).team)
		return cli_usage_error(q->cli, err, "A team is <scope:team>");
	if (create || streq(what, "destroy"))
		return change_team(q, entity, create, err);
	return user ? change_member(q, entity, user, add, err) : cli_usage_error(q->cli, err, "Which user?");
}

/* ---- org ---- */

static const char *bare(const char *name)
{
	return name + (*name == '@' || *name == '~');
}

static const char *roster_path(struct ask *q, const char *org)
{
	return arena_printf(q->cli->arena, "/-/org/%s/user", url_encode_component(q->cli->arena, bare(org)));
}

static int org_set(struct ask *q, const char *org, const char *user, const char *role, struct err *err)
{
	struct cli *cli = q->cli;
	struct json *body = json_object(cli->arena), *said;
	struct registry_request rq = {.method = "PUT", .path = roster_path(q, org)};
	const struct json *named;
	const char *size;

	role = role ? role : "developer";
	if (!streq(role, "owner") && !streq(role, "admin") && !streq(role, "developer"))
		return err_set(err, ERR_EGENERIC, "Third argument `role` must be one of `owner`, `admin`, or `developer`, with "
			       "`developer` being the default value if omitted.");
	json_put_text(cli->arena, body, "user", bare(user));
	json_put_text(cli->arena, body, "role", role);
	rq.content = ask_content(q, body);
	said = ask_json(q, &rq, err);
	if (!said)
		return -1;
	named = json_find(said, "org");
	size = json_find(named, "size") ? js_string(cli->arena, json_find(named, "size")) : "0";
	if (cli_is_json(cli))
		cli_json(cli, said);
	else if (is_parseable(cli))
		cli_print(cli, "org\torgsize\tuser\trole\n%s\t%s\t%s\t%s", json_find_text(named, "name"), size,
			  json_find_text(said, "user"), json_find_text(said, "role"));
	else if (!cli_is_silent(cli))
		cli_print(cli, "Added %s as %s to %s. You now have %s member%s in this org.", json_find_text(said, "user"),
			  json_find_text(said, "role"), json_find_text(named, "name"), size, streq(size, "1") ? "" : "s");
	return 0;
}

static int org_rm(struct ask *q, const char *org, const char *user, struct err *err)
{
	struct cli *cli = q->cli;
	struct json *body = json_object(cli->arena), *out = json_object(cli->arena);
	const struct json *roster;

	json_put_text(cli->arena, body, "user", user + (*user == '@'));
	if (send(q, "DELETE", roster_path(q, org), body, err) < 0)
		return -1;
	roster = ask_json(q, &(struct registry_request){.path = roster_path(q, org)}, err);
	if (!roster)
		return -1;
	if (cli_is_json(cli)) {
		json_put_text(cli->arena, out, "user", bare(user));
		json_put_text(cli->arena, out, "org", bare(org));
		json_put(cli->arena, out, "userCount", json_number(cli->arena, json_count(roster)));
		json_put_bool(cli->arena, out, "deleted", true);
		cli_json(cli, out);
	} else if (is_parseable(cli)) {
		cli_print(cli, "user\torg\tuserCount\tdeleted\n%s\t%s\t%u\ttrue", bare(user), bare(org), json_count(roster));
	} else if (!cli_is_silent(cli)) {
		cli_print(cli, "Successfully removed %s from %s. You now have %u member%s in this org.", bare(user), bare(org),
			  json_count(roster), json_count(roster) == 1 ? "" : "s");
	}
	return 0;
}

static int org_ls(struct ask *q, const char *org, const char *user, struct err *err)
{
	struct cli *cli = q->cli;
	const struct json *roster = ask_json(q, &(struct registry_request){.path = roster_path(q, org)}, err);
	struct json *out = json_object(cli->arena);
	struct vec names;

	if (!roster)
		return -1;
	vec_init(&names, cli->arena);
	for (uint32_t i = 0; json_is(roster, JSON_OBJECT) && i < roster->count; i++) {
		if (user && !streq(user, roster->members[i].key))
			continue;
		json_put(cli->arena, out, roster->members[i].key, roster->members[i].value);
		vec_add(&names, (void *)roster->members[i].key);
	}
	if (cli_is_json(cli)) {
		cli_json(cli, out);
		return 0;
	}
	if (is_parseable(cli))
		cli_print(cli, "user\trole");
	else
		vec_sort(&names, compare, NULL);
	for (size_t i = 0; i < names.count && (is_parseable(cli) || !cli_is_silent(cli)); i++) {
		const char *name = names.items[i];

		cli_print(cli, "%s%s%s", name, is_parseable(cli) ? "\t" : " - ", js_string(cli->arena, json_find(out, name)));
	}
	return 0;
}

static int org(struct ask *q, char **argv, struct err *err)
{
	const char *what = argv[0], *name = what ? argv[1] : NULL, *user = name ? argv[2] : NULL;
	bool sets = streq(what, "set") || streq(what, "add"), removes = streq(what, "rm");

	if (!sets && !removes && !streq(what, "ls"))
		return cli_usage_error(q->cli, err, "set, rm or ls");
	if (!name)
		return err_set(err, ERR_EGENERIC, "First argument `orgname` is required.");
	if (!sets && !removes)
		return org_ls(q, name, user, err);
	if (!user)
		return err_set(err, ERR_EGENERIC, "Second argument `username` is required.");
	return sets ? org_set(q, name, user, argv[3], err) : org_rm(q, name, user, err);
}

static int converse(struct cli *cli, int (*with)(struct ask *q, char **argv, struct err *err), char **argv, struct err *err)
{
	struct ask q;
	int bad;

	if (ask_open(cli, &q, err) < 0)
		return -1;
	q.otp_please = true;
	bad = with(&q, argv, err);
	ask_close(&q);
	return bad;
}

int cmd_team(struct cli *cli, int argc, char **argv, struct err *err)
{
	(void)argc;
	return converse(cli, team, argv, err);
}

int cmd_org(struct cli *cli, int argc, char **argv, struct err *err)
{
	(void)argc;
	return converse(cli, org, argv, err);
}
