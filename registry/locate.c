/* SPDX-License-Identifier: MIT */
#include "registry/registry.h"

#include "base/arena.h"
#include "base/str.h"
#include "base/url.h"
#include "registry/auth.h"

#include <string.h>

const char *registry_of_package(struct arena *a, const struct registry_options *o, const char *name)
{
	const struct auth_query q = {.settings = o->settings, .registry = o->registry, .fallback = name ? o->scope : NULL};

	return auth_registry_for(a, &q, name ? name : "");
}

const char *registry_request_url(struct arena *a, const struct registry_options *o, const struct registry_request *rq)
{
	const char *base, *path = rq->path;
	struct url u;

	if (url_parse(a, str_from(path), NULL, &u))
		return path;
	base = registry_of_package(a, o, rq->name);
	while (*path == '/')
		path++;
	return base ? arena_printf(a, "%s/%s", base, path) : NULL;
}

const char *registry_packument_url(struct arena *a, const struct registry_options *o, const char *name)
{
	const char *base = registry_of_package(a, o, name);
	const char *slash = strchr(name, '/');

	if (!base)
		return NULL;
	if (!slash)
		return arena_printf(a, "%s/%s", base, name);
	return arena_printf(a, "%s/%.*s%%2f%s", base, (int)(slash - name), name, slash + 1);
}

/* Is path prefix itself or below it? */
static bool has_path_prefix(const char *path, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(path, prefix, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

static const char *without_last_slash(struct arena *a, const char *path)
{
	size_t n = strlen(path);

	return n && path[n - 1] == '/' ? arena_strndup(a, path, n - 1) : path;
}

/* What replace-registry-host matches: a host, and a path where it was a whole URL. */
struct match {
	const char *host, *path;
};

static struct match match_of(struct arena *a, const struct registry_options *o, const struct url *registry)
{
	const char *setting = o->replace_registry_host;
	struct url u;

	if (!setting || !*setting || streq(setting, "npmjs"))
		setting = o->public_host ? o->public_host : registry->hostname;
	/* "host:80" parses as a URL whose scheme is the host. */
	if (url_parse(a, str_from(setting), NULL, &u) && u.hostname)
		return (struct match){u.hostname, without_last_slash(a, u.pathname)};
	return (struct match){setting, NULL};
}

static void move_path(struct arena *a, struct url *u, const struct match *m, const char *registry_path)
{
	if (m->path && *m->path)
		u->pathname = arena_printf(a, "%s%s", registry_path, u->pathname + strlen(m->path));
	else if (*registry_path && !has_path_prefix(u->pathname, registry_path))
		u->pathname = arena_printf(a, "%s%s", registry_path, u->pathname);
}

const char *registry_tarball_url(struct arena *a, const struct registry_options *o, const char *url)
{
	struct url u, registry;
	struct match m;

	if (streq(o->replace_registry_host, "never") || !o->registry)
		return url;
	if (!url_parse(a, str_from(url), NULL, &u) || !u.hostname ||
		!url_parse(a, str_from(o->registry), NULL, &registry) || !registry.hostname)
		return url;
	m = match_of(a, o, &registry);
	if (!streq(o->replace_registry_host, "always") && !streq(m.host, u.hostname))
		return url;
	if (m.path && *m.path && !has_path_prefix(u.pathname, m.path))
		return url;
	u.scheme = registry.scheme;
	u.hostname = registry.hostname;
	u.port = registry.port;
	move_path(a, &u, &m, without_last_slash(a, registry.pathname));
	return url_href(a, &u);
}
