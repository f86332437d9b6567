/* SPDX-License-Identifier: MIT */
#include "lockfile/resolved.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"
#include "base/url.h"
#include "resolver/hosted.h"
#include "resolver/semver.h"
#include "resolver/spec.h"

#include <string.h>

/* A registry's tarball needs no looking into: most of a lockfile. */
static bool is_registry_tarball(const char *s)
{
	return (cstr_starts(s, "https://") || cstr_starts(s, "http://")) && strstr(s, "/-/") && cstr_ends(s, ".tgz");
}

static const char *hosted_url(struct arena *a, const struct hosted *h)
{
	bool https = (h->auth && *h->auth) || streq(h->representation, "https");
	return hosted_format(a, h, https ? HOSTED_HTTPS : HOSTED_SSHURL, NULL);
}

const char *resolved_normal(struct arena *a, const char *resolved, const char *from, const char *to, bool relative)
{
	struct err ignored;
	if (!resolved || !*resolved)
		return NULL;
	if (is_registry_tarball(resolved))
		return resolved;
	err_clear(&ignored);
	const struct spec *s = spec_parse(a, resolved, from, &ignored);
	if (!s)
		return resolved;
	if (s->type == SPEC_FILE || s->type == SPEC_DIRECTORY)
		return arena_printf(a, "file:%s", relative && to ? path_relative(a, to, s->fetch_spec) : s->fetch_spec);
	if (s->hosted) {
		const char *url = hosted_url(a, s->hosted);
		return url ? url : resolved;
	}
	if (s->type == SPEC_GIT)
		return s->save_spec;
	return streq(s->raw_spec, "*") ? s->raw : s->raw_spec;
}

/* "name" and "@scope" at the end of a path; %2f parts them as well as a slash. */
static const char *tgz_project(struct arena *a, const char *path, const char **scope)
{
	const char *plain = cstr_replace(a, cstr_replace(a, path, "%2f", "/"), "%2F", "/");
	const char *before = path_dir(a, plain);
	*scope = path_base(before);
	return path_base(plain);
}

static bool version_from_base(struct arena *a, struct str base, const char *path, const char **tgz_name,
			      const char **version)
{
	const char *scope, *project = tgz_project(a, path, &scope);
	size_t len = strlen(project);
	struct semver v;
	if (!str_starts(base, project) || base.len < len + 5 || base.ptr[len] != '-')
		return false;
	struct str text = {base.ptr + len + 1, base.len - len - 5};
	if (!semver_parse(&v, str_from(str_dup(a, text)), 0))
		return false;
	*version = semver_format(a, &v);
	*tgz_name = scope[0] == '@' ? arena_printf(a, "%s/%s", scope, project) : project;
	return true;
}

bool resolved_version(struct arena *a, const char *name, const char *url, const char **tgz_name, const char **version)
{
	struct url u;
	if (!url || !name || !cstr_ends(url, ".tgz"))
		return false;
	const char *base = path_base(url);
	if ((cstr_starts(url, "http:/") || cstr_starts(url, "https:/")) && url_parse(a, str_from(url), NULL, &u)) {
		const char *path = arena_strdup(a, u.pathname), *last = NULL;
		for (const char *at = strstr(path, "/-/"); at; at = strstr(at + 1, "/-/"))
			last = at;
		if (last && streq(last + 3, base))
			return version_from_base(a, str_from(base), arena_strndup(a, path, (size_t)(last - path)), tgz_name,
						 version);
	}
	return version_from_base(a, str_from(base), name, tgz_name, version);
}
