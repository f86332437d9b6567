/* SPDX-License-Identifier: MIT
 *
 * owner: who may publish a package.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/report.h"
#include "base/str.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/runs.h"
#include "resolver/spec.h"

#include <string.h>

#define DOCUMENT_MAX ((size_t)512 << 20)

struct change {
	struct ask *ask;
	const char *name;	/* of the package */
	const char *user;
	bool add;
};

static struct json *document(struct ask *q, const char *name, struct err *err)
{
	return ask_json(q, &(struct registry_request){
		.path = ask_escaped(q, name),
		.name = name,
		.max_body = DOCUMENT_MAX,
	}, err);
}

static int show(struct ask *q, const char *name, struct err *err)
{
	struct json *doc = document(q, name, err), *owners = json_find(doc, "maintainers");

	if (!doc) {
		report_error(q->cli->reporter, "owner ls", "Couldn't get owner data %s", name);
		return -1;
	}
	if (!json_is(owners, JSON_ARRAY) || !owners->count)
		cli_print(q->cli, "no admin found");
	for (uint32_t i = 0; json_is(owners, JSON_ARRAY) && i < owners->count; i++) {
		const char *who = json_find_text(owners->items[i], "name"), *mail = json_find_text(owners->items[i], "email");

		cli_print(q->cli, "%s <%s>", who ? who : "undefined", mail ? mail : "undefined");
	}
	return 0;
}

/* The registry's own word on a user: name and address. */
static struct json *user_data(struct change *c, struct err *err)
{
	struct arena *a = c->ask->cli->arena;
	const char *path = arena_printf(a, "/-/user/org.couchdb.user:%s", url_encode_component(a, c->user));
	struct json *said = ask_json(c->ask, &(struct registry_request){.path = path, .name = c->name}, err);
	struct json *out = json_object(a);

	if (!said) {
		report_error(c->ask->cli->reporter, "owner mutate", "Error getting user data for %s", c->user);
		return NULL;
	}
	if (json_find_text(said, "name"))
		json_put_text(a, out, "name", json_find_text(said, "name"));
	if (json_find_text(said, "email"))
		json_put_text(a, out, "email", json_find_text(said, "email"));
	return out;
}

/* Those without the user; *was: the one that was left out. */
static struct json *without(struct change *c, const struct json *owners, const char *name, const struct json **was)
{
	struct json *out = json_array(c->ask->cli->arena);

	*was = NULL;
	for (uint32_t i = 0; json_is(owners, JSON_ARRAY) && i < owners->count; i++) {
		if (streq(json_find_text(owners->items[i], "name"), name))
			*was = owners->items[i];
		else
			json_add(c->ask->cli->arena, out, owners->items[i]);
	}
	return out;
}

static int save(struct change *c, const struct json *doc, struct json *owners, struct err *err)
{
	struct arena *a = c->ask->cli->arena;
	struct json *body = json_object(a);
	const char *rev = json_find_text(doc, "_rev");
	struct registry_request rq = {.method = "PUT", .name = c->name};
	struct err why = ERR_INIT;

	json_put_text(a, body, "_id", json_find_text(doc, "_id"));
	json_put_text(a, body, "_rev", rev);
	json_put(a, body, "maintainers", owners);
	rq.content = ask_content(c->ask, body);
	rq.path = arena_printf(a, "/%s/-rev/%s", ask_escaped(c->ask, c->name), url_encode_component(a, rev ? rev : "undefined"));
	c->ask->otp_please = true;
	if (ask_json(c->ask, &rq, &why)) {
		cli_print(c->ask->cli, "%c %s (%s)", c->add ? '+' : '-', c->user, c->name);
		return 0;
	}
	err_set_as(err, "EOWNERMUTATE", "Failed to update package: \"%s\"", why.text);
	memcpy(err->notes, why.notes, sizeof(err->notes));
	return -1;
}

static int perform(struct change *c, struct err *err)
{
	struct reporter *r = c->ask->cli->reporter;
	struct json *user = user_data(c, err), *doc = user ? document(c->ask, c->name, err) : NULL, *owners, *rest;
	const char *name = json_find_text(user, "name");
	const struct json *was;

	if (!doc)
		return -1;
	owners = json_find(doc, "maintainers");
	rest = without(c, owners, name, &was);
	if (c->add && was) {
		report_verbose(r, "owner add", "Already a package owner: %s <%s>", name, json_find_text(was, "email"));
		return 0;
	}
	if (!c->add && !was) {
		report_verbose(r, "owner rm", "Not a package owner: %s", name);
		return 0;
	}
	if (c->add)
		json_add(c->ask->cli->arena, rest, user);
	if (!rest->count)
		return err_set_as(err, "EOWNERRM", "Cannot remove all owners of a package. Add someone else first.");
	return save(c, doc, rest, err);
}

static bool is_either(const char *word, const char *one, const char *other)
{
	return streq(word, one) || streq(word, other);
}

static int run_for(struct cli *cli, struct change *c, const char *word, struct err *err)
{
	struct spec *s = spec_parse(cli->arena, word, cli->cwd, err);
	struct ask q;
	int bad;

	if (!s || !s->name || ask_open(cli, &q, err) < 0)
		return -1;
	c->ask = &q;
	c->name = s->name;
	bad = c->user ? perform(c, err) : show(&q, s->name, err);
	ask_close(&q);
	return bad;
}

/* package: as named, or the project's own. */
static int run(struct cli *cli, char **argv, const char *package, struct err *err)
{
	bool lists = is_either(argv[0], "ls", "list");
	const char *word = package ? package : cli_is_global(cli) ? NULL : ask_own_name(cli);
	struct change c = {.user = lists ? NULL : argv[1], .add = streq(argv[0], "add")};

	if (!lists && !c.add && !is_either(argv[0], "rm", "remove"))
		return cli_usage_error(cli, err, "'%s' is no command of owner", argv[0]);
	if (!word || (!lists && (!c.user || !*c.user)))
		return cli_usage_error(cli, err, word ? "Which user?" : "Which package?");
	return run_for(cli, &c, word, err);
}

int cmd_owner(struct cli *cli, int argc, char **argv, struct err *err)
{
	bool lists = argc && is_either(argv[0], "ls", "list");
	int at = lists ? 1 : 2;
	struct map *paths;

	if (!argc)
		return cli_usage_error(cli, err, "add, rm or ls");
	if (!cli->in_workspaces || argc > at)
		return run(cli, argv, argc > at ? argv[at] : NULL, err);
	paths = cli_workspace_paths(cli, false, err);
	for (struct map_entry *e = paths ? map_first(paths) : NULL; e; e = map_next(paths, e))
		if (run(cli, argv, e->key, err) < 0)
			return -1;
	return paths ? 0 : -1;
}
