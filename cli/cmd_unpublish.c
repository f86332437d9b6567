/* SPDX-License-Identifier: MIT
 *
 * unpublish: a version, or a whole package, leaves the registry.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/publish.h"
#include "cli/runs.h"
#include "install/publishable.h"
#include "resolver/semver.h"
#include "resolver/spec.h"

#include <string.h>

#define WHOLE "Refusing to delete entire project.\nRun with --force to do this."
#define LAST                                                                                                           \
	"Refusing to delete the last version of the package. It will block from republishing a new version for 24 hours.\n" \
	"Run with --force to do this."
#define DOCUMENT_MAX ((size_t)512 << 20)

struct removal {
	struct cli *cli;
	struct ask *ask;
	const char *name;
	const char *version;	/* NULL: all of it */
};

static struct json *document(struct removal *r, struct err *err)
{
	return ask_json(r->ask, &(struct registry_request){
		.path = arena_printf(r->cli->arena, "%s?write=true", ask_escaped(r->ask, r->name)),
		.name = r->name,
		.max_body = DOCUMENT_MAX,
	}, err);
}

static int change(struct removal *r, const char *method, const char *path, const struct json *body, struct err *err)
{
	struct registry_request rq = {.method = method, .path = path, .name = r->name};

	if (body)
		rq.content = ask_content(r->ask, body);
	return ask_send(r->ask, &rq, err);
}

static const char *revised(struct removal *r, const char *path, const struct json *doc)
{
	const char *rev = json_find_text(doc, "_rev");

	return arena_printf(r->cli->arena, "%s/-rev/%s", path, rev ? rev : "undefined");
}

/* The tarball's path below the registry's own. */
static const char *tarball_path(struct removal *r, const char *tarball)
{
	struct arena *a = r->cli->arena;
	const char *path, *home = registry_of_package(a, &r->ask->options, r->name);
	struct url reg, u;

	if (!tarball || !home || !url_parse(a, str_from(tarball), NULL, &u) || !url_parse(a, str_from(home), NULL, &reg))
		return NULL;
	path = u.pathname + (*u.pathname == '/');
	return strlen(reg.pathname) > 1 && cstr_starts(u.pathname, reg.pathname) ? u.pathname + strlen(reg.pathname) : path;
}

static const char *highest(const struct json *versions)
{
	struct semver best, v;
	const char *found = NULL;

	for (uint32_t i = 0; i < versions->count; i++) {
		if (!semver_parse(&v, str_from(versions->members[i].key), SEMVER_LOOSE))
			continue;
		if (found && semver_compare(&v, &best) < 0)
			continue;
		best = v;
		found = versions->members[i].key;
	}
	return found;
}

static void untag(struct removal *r, struct json *tags, const struct json *versions)
{
	bool was_latest = streq(json_find_text(tags, "latest"), r->version);

	for (uint32_t i = json_count(tags); i-- > 0;)
		if (json_is(tags->members[i].value, JSON_STRING) && streq(tags->members[i].value->text, r->version))
			json_remove(tags, tags->members[i].key);
	if (was_latest && json_is(tags, JSON_OBJECT))
		json_put_text(r->cli->arena, tags, "latest", highest(versions));
}

static int remove_version(struct removal *r, struct json *doc, struct err *err)
{
	struct json *versions = json_find(doc, "versions");
	const char *path = tarball_path(r, json_find_text(json_find(json_find(versions, r->version), "dist"), "tarball"));
	const struct json *after;

	json_remove(versions, r->version);
	untag(r, json_find(doc, "dist-tags"), versions);
	json_remove(doc, "_revisions");
	json_remove(doc, "_attachments");
	if (change(r, "PUT", revised(r, ask_escaped(r->ask, r->name), doc), doc, err) < 0)
		return -1;
	after = document(r, err);
	if (!after)
		return -1;
	return path ? change(r, "DELETE", revised(r, path, after), NULL, err) : 0;
}

/* What is not there is as good as removed. */
static int take_away(struct removal *r, struct json *doc, struct err *err)
{
	size_t versions = json_count(json_find(doc, "versions"));
	struct err why = ERR_INIT;
	int bad;

	if (r->version && versions && !json_find(json_find(doc, "versions"), r->version))
		return 0;
	if (r->version && versions > 1)
		bad = remove_version(r, doc, &why);
	else
		bad = change(r, "DELETE", revised(r, ask_escaped(r->ask, r->name), doc), NULL, &why);
	if (!bad || why.code == ERR_E404)
		return 0;
	*err = why;
	return -1;
}

/* One look at the document decides: what is refused without --force is not done because somebody else was quicker. */
static int unpublish(struct removal *r, struct err *err)
{
	struct json *doc = document(r, err);
	const struct json *versions = json_find(doc, "versions");
	bool only = json_count(versions) == 1;

	if (!doc)
		return -1;
	if (only && !config_bool(r->cli->config, "force") && streq(versions->members[0].key, r->version))
		return cli_usage_error(r->cli, err, LAST);
	r->ask->otp_please = true;
	if (!config_bool(r->cli->config, "dry-run") && take_away(r, doc, err) < 0)
		return -1;
	if (!cli_is_silent(r->cli))
		cli_print(r->cli, "- %s%s%s", r->name, r->version && !only ? "@" : "", r->version && !only ? r->version : "");
	return 0;
}

/* Which package, and which version of it. */
static int identify(struct removal *r, const char *word, const struct json *manifest, struct err *err)
{
	bool force = config_bool(r->cli->config, "force");
	struct spec *s;

	if (!word) {
		r->name = json_find_text(manifest, "name");
		r->version = json_find_text(manifest, "version");
		/* What package.json lacks has been made ready as "". */
		if (r->version && !*r->version)
			r->version = NULL;
		if (!r->name || !*r->name)
			return cli_usage_error(r->cli, err, "Which package?");
		return r->version || force ? 0 : cli_usage_error(r->cli, err, WHOLE);
	}
	s = spec_parse(r->cli->arena, word, r->cli->cwd, err);
	if (!s)
		return -1;
	if (s->type != SPEC_VERSION && !streq(s->raw_spec, "*"))
		return cli_usage_error(r->cli, err, "Can only unpublish a single version, or the entire project.\n"
				       "Tags and ranges are not supported.");
	r->name = s->name;
	r->version = s->type == SPEC_VERSION ? s->raw_spec : NULL;
	return r->version || force ? 0 : cli_usage_error(r->cli, err, WHOLE);
}

static int unpublish_in(struct cli *cli, const char *dir, const char *word, struct err *err)
{
	struct removal r = {.cli = cli};
	struct err why = ERR_INIT;
	struct vec fixed, borrowed;
	struct json *manifest;
	struct ask q;
	int bad;

	vec_init(&fixed, cli->arena);
	vec_init(&borrowed, cli->arena);
	manifest = publishable_read(cli->arena, dir, &fixed, &why);
	if (!manifest && why.code != ERR_ENOENT && why.code != ERR_ENOTDIR) {
		*err = why;
		return -1;
	}
	if (identify(&r, word, manifest, err) < 0)
		return -1;
	if (streq(json_find_text(manifest, "name"), r.name))
		publish_config_take(cli, manifest, &borrowed);
	bad = ask_open(cli, &q, err);
	r.ask = &q;
	if (!bad)
		bad = unpublish(&r, err);
	ask_close(&q);
	publish_config_return(cli, &borrowed);
	return bad;
}

int cmd_unpublish(struct cli *cli, int argc, char **argv, struct err *err)
{
	const char *word = argc ? argv[0] : NULL;
	struct map *paths;

	if (argc > 1)
		return cli_usage_error(cli, err, "One package at a time");
	if (!cli->in_workspaces)
		return unpublish_in(cli, cli->config->local_prefix, word, err);
	paths = cli_workspace_paths(cli, false, err);
	for (struct map_entry *e = paths ? map_first(paths) : NULL; e; e = map_next(paths, e))
		if (unpublish_in(cli, e->value, word, err) < 0)
			return -1;
	return paths ? 0 : -1;
}
