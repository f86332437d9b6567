/* SPDX-License-Identifier: MIT
 *
 * docs, repo and bugs: a package's pages, by what its manifest says.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "base/url.h"
#include "base/vec.h"
#include "cli/browse.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "cli/jsvalue.h"
#include "cli/online.h"
#include "cli/runs.h"
#include "cli/settings_registry.h"
#include "install/project.h"
#include "resolver/hosted.h"
#include "resolver/manifest.h"
#include "resolver/packument.h"
#include "resolver/pick.h"
#include "resolver/spec.h"

#include <string.h>

/* NULL with an error. */
typedef const char *url_of(struct cli *cli, const struct json *manifest, struct err *err);

/* ---- what a manifest says ---- */

static const char *repository_text(const struct json *manifest)
{
	const struct json *r = json_find(manifest, "repository");
	const char *text = json_is(r, JSON_STRING) ? r->text : json_find_text(r, "url");
	return text && *text ? text : NULL;
}

static struct hosted *repository_host(struct cli *cli, const struct json *manifest)
{
	const char *text = repository_text(manifest);
	return text ? hosted_parse(cli->arena, cstr_starts(text, "git+") ? text + 4 : text) : NULL;
}

/* The public registry's page of a package: on www where the registry is on registry; else what the registry has of it. */
static const char *registry_page(struct cli *cli, const struct json *manifest, struct err *err)
{
	const char *name = json_find_text(manifest, "name"), *registry = settings_public_registry(cli);
	struct url u;
	name = name ? name : "";
	if (!registry)
		registry = config_registry(cli->config, err);
	if (!registry)
		return NULL;
	if (url_parse(cli->arena, str_from(registry), NULL, &u) && cstr_starts(u.hostname, "registry."))
		return arena_printf(cli->arena, "%s://www.%s/package/%s", u.scheme, u.hostname + strlen("registry."), name);
	return arena_printf(cli->arena, "%s%s", registry, name);
}

static const char *docs_url(struct cli *cli, const struct json *manifest, struct err *err)
{
	const struct json *home = json_find(manifest, "homepage");
	const struct hosted *h = repository_host(cli, manifest);
	if (json_truthy(home))
		return js_string(cli->arena, home);
	return h ? hosted_format(cli->arena, h, HOSTED_DOCS, NULL) : registry_page(cli, manifest, err);
}

static const char *bugs_url(struct cli *cli, const struct json *manifest, struct err *err)
{
	const struct json *bugs = json_find(manifest, "bugs");
	const struct hosted *h = repository_host(cli, manifest);
	const char *text = json_text(bugs), *url = json_find_text(bugs, "url"), *mail = json_find_text(bugs, "email");
	if (text && *text)
		return text;
	if (url && *url)
		return url;
	if (mail && *mail)
		return arena_printf(cli->arena, "mailto:%s", mail);
	url = h ? hosted_format(cli->arena, h, HOSTED_BUGS, NULL) : NULL;
	return url ? url : registry_page(cli, manifest, err);
}

static const char *unknown_host_url(struct cli *cli, const char *text)
{
	struct url u;
	if (!url_parse(cli->arena, str_from(text), NULL, &u) || !u.hostname || !*u.hostname)
		return NULL;
	size_t n = strlen(u.pathname);
	return arena_printf(cli->arena, "%s://%s%.*s", streq(u.scheme, "git+http") ? "http" : "https", u.hostname,
			    (int)(cstr_ends(u.pathname, ".git") ? n - 4 : n), u.pathname);
}

static const char *repo_url(struct cli *cli, const struct json *manifest, struct err *err)
{
	const char *text = repository_text(manifest), *url;
	const char *folder = json_find_text(json_find(manifest, "repository"), "directory");
	const struct hosted *h = repository_host(cli, manifest);
	struct hosted_options o = {.path = folder};
	if (!text) {
		err_set(err, ERR_EGENERIC, "no repository");
		return NULL;
	}
	url = h ? hosted_format(cli->arena, h, folder ? HOSTED_BROWSE_TREE : HOSTED_BROWSE, &o) : unknown_host_url(cli, text);
	if (!url)
		err_set(err, ERR_EGENERIC, "no repository: could not get url");
	return url;
}

/* ---- where the manifest comes from ---- */

struct asked {
	struct cli *cli;
	const struct spec *spec;
	struct json *manifest;
	struct err *err;
	bool over;
};

static void answered(void *ctx, const char *name, const struct packument *p, const struct err *why)
{
	struct asked *a = ctx;
	struct pick_options o = {
		.wanted = a->spec->fetch_spec,
		.name = name,
		.default_tag = config_text(a->cli->config, "tag"),
		.before = PICK_ANY_TIME,
	};
	struct pick got;
	a->over = true;
	if (!p) {
		*a->err = *why;
		return;
	}
	if (config_before(a->cli->config) && !js_date(config_before(a->cli->config), &o.before))
		o.before = PICK_ANY_TIME;
	if (pick_version(a->cli->arena, p, &o, &got, a->err) == 0 && got.index >= 0)
		a->manifest = packument_manifest(a->cli->arena, p, (uint32_t)got.index, a->err);
}

static struct json *from_registry(struct cli *cli, const struct spec *spec, struct err *err)
{
	struct asked a = {.cli = cli, .spec = spec, .err = err};
	struct online net;
	if (online_open(cli, 0, &net, err) < 0)
		return NULL;
	registry_packument(net.reg, &(struct packument_wish){
		.name = spec->name, .what = spec->raw, .full = true, .done = answered, .ctx = &a,
	});
	while (!a.over)
		registry_poll(net.reg, 1000);
	a.manifest = a.manifest ? json_copy(cli->arena, a.manifest) : NULL;
	online_close(&net);
	return a.manifest;
}

static struct json *find_manifest(struct cli *cli, const char *word, struct err *err)
{
	const struct spec *spec = spec_parse(cli->arena, word, cli->config->local_prefix, err);
	struct package_file file;
	if (spec && spec->type == SPEC_ALIAS)
		spec = spec->sub;
	if (!spec)
		return NULL;
	if (spec->registry)
		return from_registry(cli, spec, err);
	if (spec->type == SPEC_DIRECTORY)
		return package_read(cli->arena, spec->fetch_spec, &file, err) < 0 ? NULL : file.manifest->raw;
	err_set(err, ERR_EUSAGE, "'%s' is neither a package of a registry nor a folder", word);
	return NULL;
}

static int open_one(struct cli *cli, const char *word, url_of *find, struct err *err)
{
	const struct json *manifest = find_manifest(cli, word, err);
	const char *url = manifest ? find(cli, manifest, err) : NULL, *name = json_find_text(manifest, "name");
	if (!url)
		return -1;
	return browse(cli, url, arena_printf(cli->arena, "%s %s available at the following URL", name ? name : "undefined",
					     cli->command->name), err);
}

static int open_all(struct cli *cli, const struct vec *words, url_of *find, struct err *err)
{
	for (size_t i = 0; i < words->count; i++)
		if (open_one(cli, words->items[i], find, err) < 0)
			return -1;
	return 0;
}

static int package_url(struct cli *cli, int argc, char **argv, url_of *find, struct err *err)
{
	struct vec words;
	vec_init(&words, cli->arena);
	for (int i = 0; i < argc; i++)
		vec_add(&words, argv[i]);
	if (!argc && cli->in_workspaces) {
		struct map *chosen = cli_workspace_paths(cli, config_bool(cli->config, "include-workspace-root"), err);
		for (struct map_entry *e = chosen ? map_first(chosen) : NULL; e; e = map_next(chosen, e))
			vec_add(&words, e->value);
		if (!chosen)
			return -1;
	} else if (!argc) {
		vec_add(&words, (void *)".");
	}
	return open_all(cli, &words, find, err);
}

int cmd_docs(struct cli *cli, int argc, char **argv, struct err *err)
{
	return package_url(cli, argc, argv, docs_url, err);
}

int cmd_repo(struct cli *cli, int argc, char **argv, struct err *err)
{
	return package_url(cli, argc, argv, repo_url, err);
}

int cmd_bugs(struct cli *cli, int argc, char **argv, struct err *err)
{
	return package_url(cli, argc, argv, bugs_url, err);
}
