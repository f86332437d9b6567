/* SPDX-License-Identifier: MIT
 *
 * publish, and stage publish: a package goes to its registry.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/report.h"
#include "base/str.h"
#include "cache/store.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/credentials.h"
#include "cli/package_fetch.h"
#include "cli/publish.h"
#include "cli/runs.h"
#include "cli/settings_registry.h"
#include "install/publishable.h"
#include "registry/fault.h"
#include "resolver/range.h"
#include "resolver/semver.h"
#include "resolver/spec.h"

#include <string.h>

static const char *field(const struct publication *p, const char *key)
{
	return json_find_text(p->manifest, key);
}

/* ---- the manifest ---- */

static void tell_fixes(struct publication *p, const struct vec *fixed)
{
	struct reporter *r = p->cli->reporter;

	if (!fixed->count)
		return;
	report_warn(r, p->command, "npm auto-corrected some errors in your package.json when publishing.  "
		    "Please run \"npm pkg fix\" to address these errors.");
	report_warn(r, p->command, "errors corrected:");
	for (size_t i = 0; i < fixed->count; i++)
		report_warn(r, p->command, "\"%s\" was corrected", VEC_AT(fixed, const char, i));
}

/* Packages that are no folder say of themselves where they came from, as npm's do. */
static struct json *fetched_manifest(struct publication *p, struct err *err)
{
	struct arena *a = p->cli->arena;
	const struct store_package *kept = p->parcel->fetched->package->package;
	struct json *m;
	struct vec fixed;

	vec_init(&fixed, a);
	m = publishable_read(a, kept->dir, &fixed, err);
	if (!m)
		return NULL;
	json_put_text(a, m, "_integrity", kept->integrity);
	json_put_text(a, m, "_resolved", p->parcel->spec->fetch_spec);
	json_put_text(a, m, "_from", p->parcel->spec->save_spec ? p->parcel->spec->save_spec : p->parcel->spec->raw);
	return m;
}

static int read_manifest(struct publication *p, bool tell, struct err *err)
{
	struct vec fixed;

	vec_init(&fixed, p->cli->arena);
	p->manifest = p->parcel->dir ? publishable_read(p->cli->arena, p->parcel->dir, &fixed, err) : fetched_manifest(p, err);
	if (!p->manifest)
		return -1;
	if (tell)
		tell_fixes(p, &fixed);
	publish_config_take(p->cli, p->manifest, &p->borrowed);
	if (!json_truthy(json_find(p->manifest, "private")) && json_find(p->manifest, "packageExtensions"))
		return err_set_as(err, "EPACKAGEEXTENSIONS",
				  "packageExtensions is only honored at the project root and must not be published.");
	return 0;
}

/* ---- may it be published? ---- */

static int check_tag(struct publication *p, struct err *err)
{
	const char *tag = config_text(p->cli->config, "tag");
	struct range *range = tag ? range_parse(p->cli->arena, str_from(tag), 0) : NULL;

	p->tag = tag ? tag : "latest";
	p->default_tag = config_is_default(p->cli->config, "tag");
	if (!range)
		return 0;
	return err_set(err, ERR_EGENERIC, "Tag name must not be a valid SemVer range: %s",
		       str_dup(p->cli->arena, str_trim(str_from(tag))));
}

static int check_version(struct publication *p, struct err *err)
{
	struct semver v;

	if (json_find_text(json_find(p->manifest, "publishConfig"), "tag"))
		p->default_tag = false;
	if (config_bool(p->cli->config, "force") || !p->default_tag || !field(p, "version") ||
	    !semver_parse(&v, str_from(field(p, "version")), 0) || !v.pre.len)
		return 0;
	return err_set(err, ERR_EGENERIC, "You must specify a tag using --tag when publishing a prerelease version.");
}

static int find_registry(struct publication *p, struct err *err)
{
	struct registry_options o;

	if (settings_registry(p->cli, &o, err) < 0)
		return -1;
	p->registry = arena_printf(p->cli->arena, "%s/", registry_of_package(p->cli->arena, &o, field(p, "name")));
	return 0;
}

static int check_login(struct publication *p, struct err *err)
{
	struct credentials k = credentials_find(p->cli->config, p->registry);
	struct cli *cli = p->cli;

	if (p->workspace && json_truthy(json_find(p->manifest, "private")))
		return err_set_as(err, "EPRIVATE", "This package has been marked as private\n"
				  "  Remove the 'private' field from the package.json to publish it.");
	if (credentials_any(&k))
		return 0;
	if (!config_bool(cli->config, "dry-run"))
		return err_set(err, ERR_ENEEDAUTH, "This command requires you to be logged in to %s",
			       fault_clean_url(cli->arena, p->registry));
	report_warn(cli->reporter, p->command, "This command requires you to be logged in to %s (dry-run)",
		    fault_clean_url(cli->arena, p->registry));
	return 0;
}

/* Is this the highest of all versions that are neither prereleases nor deprecated? What cannot be asked is not known. */
static int check_published(struct publication *p, struct err *err)
{
	const struct registry_request rq = {
		.path = ask_escaped(&p->ask, field(p, "name")),
		.name = field(p, "name"),
		.accept = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*",
		.max_body = (size_t)512 << 20,
	};
	struct err ignored = ERR_INIT;
	const struct json *versions;
	struct semver ours, highest, v;
	const char *name = NULL;

	if (config_bool(p->cli->config, "force") || !semver_parse(&ours, str_from(field(p, "version")), 0))
		return 0;
	versions = json_find(ask_json(&p->ask, &rq, &ignored), "versions");
	for (uint32_t i = 0; json_is(versions, JSON_OBJECT) && i < versions->count; i++) {
		const struct json_member *m = &versions->members[i];

		if (!semver_parse(&v, str_from(m->key), 0) || v.pre.len || json_truthy(json_find(m->value, "deprecated")))
			continue;
		if (streq(m->key, field(p, "version")))
			return err_set(err, ERR_EGENERIC, "You cannot publish over the previously published versions: %s.", m->key);
		if (name && semver_compare(&v, &highest) <= 0)
			continue;
		highest = v;
		name = m->key;
	}
	if (name && p->default_tag && semver_compare(&highest, &ours) >= 0)
		return err_set(err, ERR_EGENERIC, "Cannot implicitly apply the \"latest\" tag because previously published version %s "
			       "is higher than the new version %s. You must specify a tag using --tag.", name, field(p, "version"));
	return 0;
}

/* ---- sending ---- */

/* Nothing reached the registry, or it says that it did nothing. */
static bool may_try_again(const struct err *why)
{
	return why->code == ERR_ECONNREFUSED || why->code == ERR_ENOTFOUND || why->code == ERR_E429;
}

static int64_t pause_before(const struct publication *p)
{
	int64_t min = (int64_t)config_number(p->cli->config, "fetch-retry-mintimeout", 10000);

	return p->ask.answer.retry_after_ms > 0 && p->ask.answer.retry_after_ms < 120000 ? p->ask.answer.retry_after_ms : min;
}

/* It may have arrived although no answer came back. */
static int unsure(struct publication *p, const struct err *why, struct err *err)
{
	int status = p->ask.answer.status;

	*err = *why;
	if (!status || status >= 500 || streq(err_name(why), "EINVALIDJSON"))
		err_note(err, "It is not known whether %s@%s was published: look with `lode view %s@%s` before trying again.",
			 field(p, "name"), field(p, "version"), field(p, "name"), field(p, "version"));
	else if (status == 402)
		err_note(err, "The registry takes private packages from paying accounts only: --access public publishes for everyone.");
	return -1;
}

static int send(struct publication *p, struct err *err)
{
	struct registry_request rq = {.name = field(p, "name"), .once = true, .method = p->stage ? "POST" : "PUT"};
	int tries = (int)config_number(p->cli->config, "fetch-retries", 2);

	rq.content = publish_body(p, err);
	if (!rq.content.ptr)
		return -1;
	rq.path = ask_escaped(&p->ask, rq.name);
	if (p->stage)
		rq.path = arena_printf(p->cli->arena, "/-/stage/package/%s", rq.path);
	p->ask.otp_please = !p->stage;
	for (;;) {
		struct err why = ERR_INIT;

		if (ask_send(&p->ask, &rq, &why) == 0)
			return 0;
		if (!may_try_again(&why) || tries-- <= 0)
			return unsure(p, &why, err);
		report_http(p->cli->reporter, "%s %s refused, again in %lldms", rq.method, rq.name, (long long)pause_before(p));
		clock_sleep_ms(pause_before(p));
	}
}

static void put_stage_id(struct publication *p)
{
	struct err ignored = ERR_INIT;
	const char *id = json_find_text(json_parse(p->cli->arena, p->ask.answer.body, "the answer", &ignored), "stageId");

	if (p->stage && id)
		json_put_text(p->cli->arena, p->contents, "stageId", id);
}

static int deliver(struct publication *p, struct err *err)
{
	struct cli *cli = p->cli;
	const char *access = publish_access(cli);
	bool dry = config_bool(cli->config, "dry-run");
	int bad;

	if (ask_open(cli, &p->ask, err) < 0)
		return -1;
	bad = check_published(p, err);
	if (!bad) {
		report_notice(cli->reporter, "", "%s to %s with tag %s and %s access%s", p->stage ? "Staging" : "Publishing",
			      fault_clean_url(cli->arena, p->registry), p->tag, access ? access : "default", dry ? " (dry-run)" : "");
		bad = dry ? 0 : send(p, err);
	}
	if (!bad && !dry)
		put_stage_id(p);
	ask_close(&p->ask);
	return bad;
}

/* ---- one package ---- */

static int pack(struct publication *p, struct err *err)
{
	const struct config *c = p->cli->config;
	const struct parcel_options o = {
		.captured = !config_is_default(c, "foreground-scripts") && !config_bool(c, "foreground-scripts"),
	};

	p->parcel->manifest = p->manifest;
	if (parcel_script(p->parcel, "prepublishOnly", p->manifest, NULL, err) < 0 ||
	    parcel_pack(&p->parcels, p->parcel, &o, err) < 0)
		return -1;
	p->contents = parcel_contents(p->parcel, err);
	if (!p->contents)
		return -1;
	parcel_warn(p->parcel, p->command);
	/* Scripts may have changed what it says. */
	return read_manifest(p, true, err) < 0 ? -1 : check_version(p, err);
}

static void tell(struct publication *p)
{
	struct cli *cli = p->cli;
	const char *id = json_find_text(p->contents, "id"), *stage = json_find_text(p->contents, "stageId");

	if (cli_is_json(cli) || cli_is_silent(cli))
		return;
	if (!p->stage) {
		cli_print(cli, "+ %s", id);
		return;
	}
	cli_print(cli, "+ %s (staged%s%s)", id, stage ? " with id " : "", stage ? stage : "");
	report_notice(cli->reporter, p->command, "package %s has been staged with tag %s", id, p->tag);
}

static int publish_parcel(struct publication *p, struct err *err)
{
	struct cli *cli = p->cli;
	struct json *doc = json_object(cli->arena);

	if (read_manifest(p, false, err) < 0 || pack(p, err) < 0)
		return -1;
	if (!cli_is_json(cli))
		parcel_tell(p->parcel, p->contents);
	if (!spec_parse(cli->arena, arena_printf(cli->arena, "%s@%s", field(p, "name"), p->tag), cli->cwd, err) ||
	    find_registry(p, err) < 0)
		return -1;
	oidc_exchange(cli, field(p, "name"), p->registry, &p->borrowed);
	if (check_login(p, err) < 0 || deliver(p, err) < 0)
		return -1;
	if (cli_is_json(cli)) {
		json_put(cli->arena, doc, json_find_text(p->contents, "name"), p->contents);
		cli_json(cli, doc);
	}
	if (parcel_script(p->parcel, "publish", p->manifest, NULL, err) < 0 ||
	    parcel_script(p->parcel, "postpublish", p->manifest, NULL, err) < 0)
		return -1;
	tell(p);
	return 0;
}

static int publish(struct publication *p, char *word, struct err *err)
{
	int bad = parcels_find(p->cli, &word, 1, &p->parcels, err);

	vec_init(&p->borrowed, p->cli->arena);
	p->parcel = p->parcels.items;
	if (!bad)
		bad = check_tag(p, err) < 0 || publish_parcel(p, err) < 0 ? -1 : 0;
	publish_config_return(p->cli, &p->borrowed);
	parcels_close(&p->parcels);
	return bad;
}

static int publish_workspaces(struct publication *p, struct err *err)
{
	struct map *paths = cli_workspace_paths(p->cli, config_bool(p->cli->config, "include-workspace-root"), err);

	for (struct map_entry *e = paths ? map_first(paths) : NULL; e; e = map_next(paths, e)) {
		struct err why = ERR_INIT;

		p->workspace = e->key;
		if (publish(p, e->value, &why) == 0)
			continue;
		if (!streq(err_name(&why), "EPRIVATE")) {
			*err = why;
			return -1;
		}
		report_warn(p->cli->reporter, p->command, "Skipping workspace %s, marked as private", e->key);
	}
	return paths ? 0 : -1;
}

static int run(struct publication *p, int argc, char **argv, struct err *err)
{
	char *here = ".";

	if (argc > 1)
		return cli_usage_error(p->cli, err, "One package at a time");
	if (p->cli->in_workspaces && (!argc || streq(argv[0], ".")))
		return publish_workspaces(p, err);
	if (p->cli->in_workspaces)
		report_warn(p->cli->reporter, "", "Ignoring workspaces for specified package(s)");
	return publish(p, argc ? argv[0] : here, err);
}

int cmd_publish(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct publication p = {.cli = cli, .command = "publish"};

	return run(&p, argc, argv, err);
}

int stage_publish(struct cli *cli, int argc, char **argv, struct err *err)
{
	struct publication p = {.cli = cli, .command = "stage", .stage = true};

	return run(&p, argc, argv, err);
}
