/* SPDX-License-Identifier: MIT
 *
 * dist-tag: a package's tags, shown, set and removed.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/report.h"
#include "base/str.h"
#include "base/url.h"
#include "base/vec.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/publish.h"
#include "cli/runs.h"
#include "resolver/range.h"
#include "resolver/spec.h"

#include <string.h>

/* A CI's own credentials first, then the registry is asked. */
static int open(struct cli *cli, const char *name, struct ask *q, struct vec *borrowed, struct err *err)
{
	const char *url;

	vec_init(borrowed, cli->arena);
	if (ask_open(cli, q, err) < 0)
		return -1;
	url = arena_printf(cli->arena, "%s/", registry_of_package(cli->arena, &q->options, name));
	oidc_exchange(cli, name, url, borrowed);
	if (!borrowed->count)
		return 0;
	ask_close(q);
	return ask_open(cli, q, err);
}

static void close(struct cli *cli, struct ask *q, struct vec *borrowed)
{
	ask_close(q);
	publish_config_return(cli, borrowed);
}

static const char *path_of(struct ask *q, const char *name, const char *tag)
{
	return arena_printf(q->cli->arena, "/-/package/%s/dist-tags%s%s", ask_escaped(q, name), tag ? "/" : "",
			    tag ? url_encode_component(q->cli->arena, tag) : "");
}

static struct json *fetch_tags(struct ask *q, const char *name, struct err *err)
{
	struct json *tags = ask_json(q, &(struct registry_request){.path = path_of(q, name, NULL), .name = name}, err);

	if (!tags)
		return NULL;
	if (json_is(tags, JSON_OBJECT))
		json_remove(tags, "_etag");
	if (json_is(tags, JSON_OBJECT) && tags->count)
		return tags;
	err_set(err, ERR_EGENERIC, "No dist-tags found for %s", name);
	return NULL;
}

static int set_tag(struct ask *q, const struct spec *s, const char *tag, struct err *err)
{
	struct cli *cli = q->cli;
	const struct json *tags = fetch_tags(q, s->name, err);
	struct registry_request rq = {.method = "PUT", .name = s->name, .path = path_of(q, s->name, tag)};

	if (!tags)
		return -1;
	if (streq(json_find_text(tags, tag), s->raw_spec)) {
		report_warn(cli->reporter, "dist-tag add", "%s is already set to version %s", tag, s->raw_spec);
		return 0;
	}
	q->otp_please = true;
	rq.content = ask_content(q, json_string(cli->arena, s->raw_spec));
	if (ask_send(q, &rq, err) < 0)
		return -1;
	cli_print(cli, "+%s: %s@%s", tag, s->name, s->raw_spec);
	return 0;
}

static int add(struct cli *cli, const char *word, const char *tag, struct err *err)
{
	struct spec *s = spec_parse(cli->arena, word ? word : "", cli->cwd, err);
	struct vec borrowed;
	struct ask q;
	int bad;

	tag = tag && *tag ? tag : config_text(cli->config, "tag");
	if (!s)
		return -1;
	if (!s->name || !*s->raw_spec || !tag)
		return cli_usage_error(cli, err, "must provide a spec with a name and version, and a tag to add");
	if (!spec_parse(cli->arena, arena_printf(cli->arena, "%s@%s", s->name, tag), cli->cwd, err))
		return -1;
	tag = str_dup(cli->arena, str_trim(str_from(tag)));
	if (range_parse(cli->arena, str_from(tag), 0))
		return err_set(err, ERR_EGENERIC, "Tag name must not be a valid SemVer range: %s", tag);
	if (open(cli, s->name, &q, &borrowed, err) < 0)
		return -1;
	bad = set_tag(&q, s, tag, err);
	close(cli, &q, &borrowed);
	return bad;
}

static int drop_tag(struct ask *q, const char *name, const char *tag, struct err *err)
{
	const struct json *tags = fetch_tags(q, name, err);
	const char *version = json_find_text(tags, tag);

	if (!tags)
		return -1;
	if (!version)
		return err_set(err, ERR_EGENERIC, "%s is not a dist-tag on %s", tag, name);
	q->otp_please = true;
	if (ask_send(q, &(struct registry_request){.method = "DELETE", .path = path_of(q, name, tag), .name = name}, err) < 0)
		return -1;
	cli_print(q->cli, "-%s: %s@%s", tag, name, version);
	return 0;
}

static int drop(struct cli *cli, const char *word, const char *tag, struct err *err)
{
	struct spec *s = spec_parse(cli->arena, word ? word : "", cli->cwd, err);
	struct vec borrowed;
	struct ask q;
	int bad;

	if (!s)
		return -1;
	if (!s->name || !tag)
		return cli_usage_error(cli, err, "A package and a tag");
	if (open(cli, s->name, &q, &borrowed, err) < 0)
		return -1;
	bad = drop_tag(&q, s->name, tag, err);
	close(cli, &q, &borrowed);
	return bad;
}

static int compare(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return strcmp(a, b);
}

static int show(struct ask *q, const char *name, struct err *err)
{
	struct arena *a = q->cli->arena;
	const struct json *tags = fetch_tags(q, name, err);
	struct vec lines;

	if (!tags)
		return -1;
	vec_init(&lines, a);
	for (uint32_t i = 0; i < tags->count; i++)
		vec_add(&lines, arena_printf(a, "%s: %s", tags->members[i].key, json_find_text(tags, tags->members[i].key)));
	vec_sort(&lines, compare, NULL);
	for (size_t i = 0; i < lines.count; i++)
		cli_print(q->cli, "%s", VEC_AT(&lines, const char, i));
	return 0;
}

static int list(struct cli *cli, const char *word, struct err *err)
{
	const char *name = word && *word ? word : cli_is_global(cli) ? NULL : ask_own_name(cli);
	struct spec *s = name ? spec_parse(cli->arena, name, cli->cwd, err) : NULL;
	struct vec borrowed;
	struct ask q;
	int bad;

	if (!name)
		return cli_usage_error(cli, err, "Which package?");
	if (!s || !s->name || open(cli, s->name, &q, &borrowed, err) < 0)
		return -1;
	bad = show(&q, s->name, err);
	close(cli, &q, &borrowed);
	if (bad)
		report_error(cli->reporter, "dist-tag ls", "Couldn't get dist-tag data for %s", s->raw);
	return bad;
}

/* Those of all workspaces, whatever goes wrong with one. */
static int list_workspaces(struct cli *cli, struct err *err)
{
	struct map *paths = cli_workspace_paths(cli, config_bool(cli->config, "include-workspace-root"), err);

	for (struct map_entry *e = paths ? map_first(paths) : NULL; e; e = map_next(paths, e)) {
		struct err why = ERR_INIT;

		cli_print(cli, "%s:", e->key);
		if (list(cli, e->key, &why) < 0)
			cli->status = 1;
	}
	return paths ? 0 : -1;
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; word && *words; words++)
		if (streq(word, *words))
			return true;
	return false;
}

static bool is_here(const char *word)
{
	return !word || streq(word, ".") || cstr_starts(word, ".@");
}

int cmd_dist_tag(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *what = argc ? argv[0] : NULL, *word = argc > 1 ? argv[1] : NULL, *tag = argc > 2 ? argv[2] : NULL;
	static const char *const sets[] = {"add", "a", "set", "s", NULL}, *const shows[] = {"ls", "l", "sl", "list", NULL},
				 *const drops[] = {"rm", "r", "del", "d", "remove", NULL};
	bool lists = is_one_of(what, shows);

	if (cli->in_workspaces && (lists ? is_here(word) : !word && is_here(what)))
		return list_workspaces(cli, err);
	if (cli->in_workspaces)
		report_warn(cli->reporter, "dist-tag", "Ignoring workspaces for specified package");
	if (is_one_of(what, sets))
		return add(cli, word, tag, err);
	if (is_one_of(what, drops))
		return drop(cli, word, tag, err);
	if (lists)
		return list(cli, word, err);
	return word ? cli_usage_error(cli, err, "'%s' is no command of dist-tag", what) : list(cli, what, err);
}
