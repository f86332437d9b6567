/* SPDX-License-Identifier: MIT */
#include "tests/driver/driver.h"

#include "base/fs.h"
#include "base/str.h"
#include "resolver/hosted.h"
#include "resolver/spec.h"



struct method {
	const char *name;
	enum hosted_form form;
	bool of_manifest;	/* asked for package.json */
};

static const struct method methods[] = {
	{"shortcut", HOSTED_SHORTCUT, false},	  {"ssh", HOSTED_SSH, false},
	{"sshurl", HOSTED_SSHURL, false},	  {"git", HOSTED_GIT, false},
	{"https", HOSTED_HTTPS, false},		  {"path", HOSTED_PATH, false},
	{"tarball", HOSTED_TARBALL, false},	  {"browse", HOSTED_BROWSE, false},
	{"browseFile", HOSTED_BROWSE_BLOB, true}, {"docs", HOSTED_DOCS, false},
	{"bugs", HOSTED_BUGS, false},		  {"file", HOSTED_FILE, true},
	{"edit", HOSTED_EDIT, true},
};

static struct json *hosted_methods(struct arena *a, const struct hosted *h, const struct hosted_options *opts)
{
	struct json *out = json_object(a);
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		struct hosted_options o = *opts;
		o.path = methods[i].of_manifest ? "package.json" : NULL;
		json_put_text(a, out, methods[i].name, hosted_format(a, h, methods[i].form, &o));
	}
	bool hash = h->committish && *h->committish;
	json_put_text(a, out, "hash", hash ? arena_printf(a, "#%s", h->committish) : "");
	json_put_text(a, out, "toString", hosted_text(a, h, opts));
	json_put_text(a, out, "getDefaultRepresentation", h->representation);
	return out;
}

static struct json *hosted_json(struct arena *a, const struct hosted *h, const struct hosted_options *opts)
{
	struct json *out = json_object(a);
	json_put_text(a, out, "type", h->type);
	json_put_text(a, out, "domain", h->domain);
	json_put_text(a, out, "user", h->user);
	json_put_text(a, out, "auth", h->auth);
	json_put_text(a, out, "project", h->project);
	json_put_text(a, out, "committish", h->committish);
	json_put_text(a, out, "default", h->representation);
	json_put_text(a, out, "treepath", h->treepath);
	json_put_text(a, out, "blobpath", h->blobpath);
	json_put_text(a, out, "editpath", h->editpath);
	json_put(a, out, "methods", hosted_methods(a, h, opts));
	return out;
}

/* These cases hold the archive addresses of before hosted-git-info 9; those of npa hold today's. */
static int from_url(struct driver_call *c, struct err *err)
{
	(void)err;
	const struct json *given = json_find(driver_arg(c, 1), "currentAddresses");
	struct hosted_options opts = {
		.no_git_plus = json_truthy(json_find(driver_arg(c, 1), "noGitPlus")),
		.no_committish = json_truthy(json_find(driver_arg(c, 1), "noCommittish")),
		.old_archives = !json_truthy(given),
	};
	struct hosted *h = hosted_parse(c->arena, driver_text(c, 0));
	c->result = h ? hosted_json(c->arena, h, &opts) : NULL;
	return 0;
}

static struct json *spec_json(struct arena *a, const struct spec *s)
{
	struct hosted_options bare = {.no_git_plus = true, .no_committish = true};
	struct json *out = json_object(a);
	json_put_text(a, out, "type", spec_type_name(s->type));
	if (s->registry)
		json_put_bool(a, out, "registry", true);
	json_put_text(a, out, "raw", s->raw);
	json_put_text(a, out, "name", s->name);
	json_put_text(a, out, "scope", s->scope);
	json_put_text(a, out, "escapedName", s->escaped_name);
	json_put_text(a, out, "rawSpec", s->raw_spec);
	json_put_text(a, out, "saveSpec", s->save_spec);
	json_put_text(a, out, "fetchSpec", s->fetch_spec);
	json_put_text(a, out, "where", s->where);
	json_put_text(a, out, "gitRange", s->git_range);
	json_put_text(a, out, "gitCommittish", s->git_committish);
	json_put_text(a, out, "gitSubdir", s->git_subdir);
	json_put_text(a, out, "toString", spec_format(a, s));
	if (s->sub)
		json_put(a, out, "subSpec", spec_json(a, s->sub));
	if (s->hosted)
		json_put(a, out, "hosted", hosted_json(a, s->hosted, &bare));
	return out;
}

/* npa(arg, where); an arg that is an object stands for what it says. */
static int npa(struct driver_call *c, struct err *err)
{
	const char *where = driver_text(c, 1) ? driver_text(c, 1) : fs_cwd(c->arena);
	const struct json *arg = driver_arg(c, 0);
	const char *name = json_find_text(arg, "name"), *spec = json_find_text(arg, "rawSpec");
	struct spec *s;
	if (json_text(arg))
		s = spec_parse(c->arena, json_text(arg), where, err);
	else if (name && spec && *name && *spec)
		s = spec_resolve(c->arena, name, spec, where, err);
	else
		s = spec_parse(c->arena, json_find_text(arg, "raw") ? json_find_text(arg, "raw") : "", where, err);
	if (!s)
		return -1;
	c->result = spec_json(c->arena, s);
	return 0;
}

static int npa_resolve(struct driver_call *c, struct err *err)
{
	const char *where = driver_text(c, 2) ? driver_text(c, 2) : fs_cwd(c->arena);
	struct spec *s = spec_resolve(c->arena, driver_text(c, 0), driver_text(c, 1), where, err);
	if (!s)
		return -1;
	c->result = spec_json(c->arena, s);
	return 0;
}

DRIVER_FUNCTIONS(spec, {"fromUrl", NULL, from_url}, {"npa", NULL, npa}, {"npaResolve", NULL, npa_resolve});
