/* SPDX-License-Identifier: MIT
 *
 * trust: which workflows of a CI may publish a package without a token.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/report.h"
#include "base/str.h"
#include "base/url.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/prompt.h"
#include "cli/runs.h"
#include "install/project.h"
#include "resolver/hosted.h"
#include "resolver/manifest.h"

#include <string.h>
#include <strings.h>

/* One claim of a configuration: npm's name of it, the setting that gives it, and its path in what the registry keeps. */
struct claim {
	const char *name, *setting;
	const char *key, *below;	/* claims[key], or claims[key][below] */
	bool required;
};

struct provider {
	const char *name, *title, *entity;
	const char *file_title;		/* NULL: no file */
	struct claim claims[6];
};

#define CIRCLE "oidc.circleci.com/"

static const struct provider providers[] = {
	{"github", "GitHub Actions", "GitHub repository", "GitHub Actions Workflow",
	 {{"file", "file", "workflow_ref", "file", true},
	  {"repository", "repository", "repository", NULL, true},
	  {"environment", "environment", "environment", NULL, false}}},
	{"gitlab", "GitLab CI/CD", "GitLab project", "GitLab CI/CD pipeline file",
	 {{"file", "file", "ci_config_ref_uri", "file", true},
	  {"project", "project", "project_path", NULL, true},
	  {"environment", "environment", "environment", NULL, false}}},
	{"circleci", "CircleCI", "CircleCI pipeline", NULL,
	 {{"orgId", "org-id", CIRCLE "org-id", NULL, true},
	  {"projectId", "project-id", CIRCLE "project-id", NULL, true},
	  {"pipelineDefinitionId", "pipeline-definition-id", CIRCLE "pipeline-definition-id", NULL, true},
	  {"vcsOrigin", "vcs-origin", CIRCLE "vcs-origin", NULL, true},
	  {"contextIds", "context-id", CIRCLE "context-ids", NULL, false}}},
};

static const struct provider *provider_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(providers); i++)
		if (streq(providers[i].name, name))
			return &providers[i];
	return NULL;
}

static const char *path_of(struct ask *q, const char *package, const char *more)
{
	return arena_printf(q->cli->arena, "/-/package/%s/trust%s", ask_escaped(q, package), more);
}

/* ---- showing ---- */

static const struct json *claim_in(const struct json *config, const struct claim *c)
{
	const struct json *v = json_find(json_find(config, "claims"), c->key);

	return c->below ? json_find(v, c->below) : v;
}

/* What the registry keeps, by npm's names. */
static struct json *values_of(struct arena *a, const struct json *config)
{
	const struct provider *p = provider_of(json_find_text(config, "type"));
	struct json *out = json_object(a);

	if (json_truthy(json_find(config, "id")))
		json_put(a, out, "id", json_copy(a, json_find(config, "id")));
	if (json_truthy(json_find(config, "type")))
		json_put(a, out, "type", json_copy(a, json_find(config, "type")));
	for (size_t i = 0; p && i < ARRAY_LEN(p->claims) && p->claims[i].name; i++)
		if (json_truthy(claim_in(config, &p->claims[i])))
			json_put(a, out, p->claims[i].name, json_copy(a, claim_in(config, &p->claims[i])));
	return out;
}

static const char *permission_words(struct arena *a, const struct json *permissions)
{
	const char *out = "";

	for (uint32_t i = 0; json_is(permissions, JSON_ARRAY) && i < permissions->count; i++) {
		const char *one = js_string(a, permissions->items[i]);

		one = streq(one, "createPackage") ? "publish" : streq(one, "createStagedPackage") ? "stage publish" : one;
		out = arena_printf(a, "%s%s%s", out, *out ? ", " : "", one);
	}
	return out;
}

static void print_values(struct cli *cli, struct json *values, const struct json *permissions)
{
	static const char *const first[] = {"type", "id"};

	if (cli_is_json(cli)) {
		if (json_count(permissions))
			json_put(cli->arena, values, "permissions", json_copy(cli->arena, permissions));
		cli_json(cli, values);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(first); i++)
		if (json_find(values, first[i]))
			cli_print(cli, "%s: %s", first[i], js_string(cli->arena, json_find(values, first[i])));
	for (uint32_t i = 0; i < values->count; i++)
		if (!streq(values->members[i].key, "type") && !streq(values->members[i].key, "id"))
			cli_print(cli, "%s: %s", values->members[i].key, js_string(cli->arena, values->members[i].value));
	if (json_count(permissions))
		cli_print(cli, "permissions: %s", permission_words(cli->arena, permissions));
}

static void print_all(struct cli *cli, const struct json *said, const char *package)
{
	uint32_t n = json_is(said, JSON_ARRAY) ? said->count : json_is(said, JSON_OBJECT) ? 1 : 0;

	if (!n)
		cli_print(cli, "No trust configurations found for package (%s)", package);
	for (uint32_t i = 0; i < n; i++) {
		const struct json *one = json_is(said, JSON_ARRAY) ? said->items[i] : said;

		cli_print(cli, "%s", "");
		print_values(cli, values_of(cli->arena, one), json_find(one, "permissions"));
	}
	if (n)
		cli_print(cli, "%s", "");
}

/* ---- a new one ---- */

/* "owner/project" of package.json's repository, where it is this provider's. */
static const char *own_repository(struct cli *cli, const struct provider *p)
{
	struct err ignored = ERR_INIT;
	struct package_file file;
	const struct json *repo;
	const char *url;
	struct hosted *h;

	if (package_read(cli->arena, cli_prefix(cli), &file, &ignored) < 0)
		return NULL;
	repo = json_find(file.manifest->raw, "repository");
	url = json_is(repo, JSON_STRING) ? repo->text : json_find_text(repo, "url");
	h = url ? hosted_parse(cli->arena, url) : NULL;
	return h && streq(h->type, p->name) && h->user ? arena_printf(cli->arena, "%s/%s", h->user, h->project) : NULL;
}

static int check_file(const struct provider *p, const char *file, struct err *err)
{
	if (!file)
		return err_set(err, ERR_EGENERIC, "%s must be specified with the file option", p->file_title);
	if (!cstr_ends(file, ".yml") && !cstr_ends(file, ".yaml"))
		return err_set(err, ERR_EGENERIC, "%s must end in .yml or .yaml", p->file_title);
	return strchr(file, '/') ? err_set(err, ERR_EGENERIC, "%s must be just a file not a path", p->file_title) : 0;
}

static int check_origin(const char *origin, struct err *err)
{
	const char *slash = strchr(origin, '/');

	if (strstr(origin, "://"))
		return err_set(err, ERR_EGENERIC, "vcs-origin must not include a scheme (e.g., use 'github.com/owner/repo' not "
			       "'https://github.com/owner/repo')");
	return slash && strchr(slash + 1, '/') ? 0 : err_set(err, ERR_EGENERIC, "vcs-origin must be in format 'provider/owner/repo'");
}

static int check_claim(const struct provider *p, const struct claim *c, const char *value, struct err *err)
{
	const char *slash = value ? strchr(value, '/') : NULL;

	if (streq(c->name, "file"))
		return check_file(p, value, err);
	if (!value)
		return err_set(err, ERR_EGENERIC, "%s must be specified with %s option", p->entity, c->setting);
	if (streq(c->name, "vcsOrigin"))
		return check_origin(value, err);
	if (streq(c->name, "repository") && (!slash || strchr(slash + 1, '/')))
		return err_set(err, ERR_EGENERIC, "%s must be specified in the format owner/repository", p->entity);
	if (streq(c->name, "project") && !slash)
		return err_set(err, ERR_EGENERIC, "%s must be specified in the format group/project or group/subgroup/project",
			       p->entity);
	return 0;
}

/* One claim from the command line, or from package.json. */
static int put_claim(struct cli *cli, const struct provider *p, const struct claim *c, struct json *config, struct err *err)
{
	struct arena *a = cli->arena;
	const struct json *given = config_get(cli->config, c->setting);
	const char *value = config_text(cli->config, c->setting);
	struct json *claims = json_find(config, "claims"), *inner = json_object(a), *v;

	if (!value && (streq(c->name, "repository") || streq(c->name, "project")))
		value = own_repository(cli, p);
	if (!value && !c->required)
		return 0;
	if (c->required && check_claim(p, c, value, err) < 0)
		return -1;
	v = json_is(given, JSON_ARRAY) ? json_copy(a, given) : json_string(a, value);
	json_put(a, inner, c->below ? c->below : "", v);
	json_put(a, claims, c->key, c->below ? inner : v);
	return 0;
}

static struct json *permissions_of(struct cli *cli, struct err *err)
{
	struct json *out = json_array(cli->arena);

	if (config_bool(cli->config, "allow-publish"))
		json_add(cli->arena, out, json_string(cli->arena, "createPackage"));
	if (config_bool(cli->config, "allow-stage-publish"))
		json_add(cli->arena, out, json_string(cli->arena, "createStagedPackage"));
	if (out->count)
		return out;
	err_set(err, ERR_EGENERIC, "At least one permission flag is required (--allow-publish, --allow-stage-publish)");
	return NULL;
}

static int confirm(struct cli *cli, struct err *err)
{
	const struct prompt p = {.text = "Do you want to proceed? (y/N)", .fallback = "n"};
	const char *said;

	if (config_bool(cli->config, "yes"))
		return 0;
	said = config_is_false(cli->config, "yes") ? "no" : prompt_line(cli, &p, err);
	if (said && (strcasecmp(said, "y") == 0 || strcasecmp(said, "yes") == 0))
		return 0;
	return err_set(err, ERR_EGENERIC, "User cancelled operation");
}

static void announce(struct cli *cli, const struct provider *p, const char *package, const struct json *config)
{
	struct arena *a = cli->arena;
	struct json *values = values_of(a, config), *shown = json_object(a);

	json_put_text(a, shown, "package", package);
	for (uint32_t i = 0; i < values->count; i++)
		if (!streq(values->members[i].key, "type"))
			json_put(a, shown, values->members[i].key, values->members[i].value);
	cli_print(cli, "Establishing trust between %s package and %s", package, p->title);
	cli_print(cli, "Anyone with %s write access can publish to %s", p->entity, package);
	cli_print(cli, "Two-factor authentication is required for this operation");
	cli_print(cli, "%s", "");
	print_values(cli, shown, json_find(config, "permissions"));
	cli_print(cli, "%s", "");
}

static int create(struct ask *q, const struct provider *p, const char *package, struct err *err)
{
	struct cli *cli = q->cli;
	struct arena *a = cli->arena;
	struct json *config = json_object(a), *list = json_array(a), *permissions = permissions_of(cli, err), *said;
	struct registry_request rq = {.method = "POST", .path = path_of(q, package, ""), .name = package};

	if (!permissions)
		return -1;
	json_put_text(a, config, "type", p->name);
	json_put(a, config, "claims", json_object(a));
	json_put(a, config, "permissions", permissions);
	for (size_t i = 0; i < ARRAY_LEN(p->claims) && p->claims[i].name; i++)
		if (put_claim(cli, p, &p->claims[i], config, err) < 0)
			return -1;
	announce(cli, p, package, config);
	if (config_bool(cli->config, "dry-run"))
		return 0;
	if (confirm(cli, err) < 0)
		return -1;
	json_add(a, list, config);
	rq.content = ask_content(q, list);
	said = ask_json(q, &rq, err);
	if (!said)
		return -1;
	cli_print(cli, "Trust configuration created successfully for %s with the following settings:", package);
	print_all(cli, said, package);
	return 0;
}

/* ---- list, revoke ---- */

static int list(struct ask *q, const char *package, struct err *err)
{
	const struct json *said = ask_json(q, &(struct registry_request){.path = path_of(q, package, ""), .name = package}, err);

	if (!said)
		return -1;
	print_all(q->cli, said, package);
	return 0;
}

static int revoke(struct ask *q, const char *package, struct err *err)
{
	struct cli *cli = q->cli;
	const char *id = config_text(cli->config, "id");
	struct registry_request rq = {.method = "DELETE", .name = package};

	if (!id)
		return err_set(err, ERR_EGENERIC, "ID of the trusted relationship to revoke must be specified with the --id option");
	cli_print(cli, "Attempting to revoke trusted configuration for package %s with id %s", package, id);
	if (config_bool(cli->config, "dry-run"))
		return 0;
	rq.path = path_of(q, package, arena_printf(cli->arena, "/%s", url_encode_component(cli->arena, id)));
	if (ask_send(q, &rq, err) < 0)
		return -1;
	cli_print(cli, "Revoked trusted configuration for package %s with id %s", package, id);
	return 0;
}

int cmd_trust(struct cli *cli, int argc, char **argv, struct err *err)
{
	const struct provider *p = argc ? provider_of(argv[0]) : NULL;
	bool lists = argc && streq(argv[0], "list"), revokes = argc && streq(argv[0], "revoke");
	const char *package = argc > 1 ? argv[1] : ask_own_name(cli);
	struct ask q;
	int bad;

	if (!p && !lists && !revokes)
		return cli_usage_error(cli, err, "github, gitlab, circleci, list or revoke");
	if (argc > 2)
		return cli_usage_error(cli, err, "One package at a time");
	if (!package)
		return err_set(err, ERR_EGENERIC, "Package name must be specified either as an argument or in the package.json file");
	if (ask_open(cli, &q, err) < 0)
		return -1;
	q.otp_please = true;
	bad = p ? create(&q, p, package, err) : lists ? list(&q, package, err) : revoke(&q, package, err);
	ask_close(&q);
	return bad;
}
