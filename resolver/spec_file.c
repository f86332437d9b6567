/* SPDX-License-Identifier: MIT */
#include "resolver/spec_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"
#include "base/url.h"
#include "resolver/spec.h"

#define PATH_LIMIT ((size_t)1 << 24)

/* A path, which may begin with "file:" already, as a URL that may be relative. */
static const char *file_url(struct arena *a, const char *path)
{
	struct buf out = BUF_INIT(PATH_LIMIT);
	if (!cstr_starts(path, "file:"))
		buf_adds(&out, "file:");
	for (; *path; path++) {
		if (strchr("\t\n\r \"#%?[\\]^|~", *path))
			buf_printf(&out, "%%%02X", (unsigned char)*path);
		else
			buf_addc(&out, *path);
	}
	const char *url = buf_dup(a, &out);
	buf_release(&out);
	return url;
}

/* One or three slashes and then . or ..: the slashes mean nothing. */
static const char *skip_slashes_before_dots(const char *path)
{
	const char *p = path + strspn(path, "/");
	if (p == path || p - path > 3 || *p != '.')
		return path;
	const char *end = p + (p[1] == '.' ? 2 : 1);
	return !*end || *end == '/' ? p : path;
}

/* file://path was never meant to have a host, and file:/../path is relative. */
static const char *forgive_slashes(struct arena *a, const char *url)
{
	const char *path = url + strlen("file:");
	if (*path != '/')
		return url;
	if (path[1] == '/' && path[2] && path[2] != '/')
		path = arena_printf(a, "/%s", path);
	return arena_printf(a, "file:%s", skip_slashes_before_dots(path));
}

static const char *decoded_path(struct arena *a, const char *url, const char *base)
{
	struct url b, u;
	if (base && !url_parse(a, str_from(base), NULL, &b))
		return NULL;
	return url_parse(a, str_from(url), base ? &b : NULL, &u) ? url_decode_component(a, u.pathname) : NULL;
}

static const char *home_dir(void)
{
	const char *home = getenv("HOME");
	return home && *home == '/' ? home : "/";
}

/* "/~" or "/~/…", as a "~/" path looks in its URL. */
static bool is_home(const char *path)
{
	return cstr_starts(path, "/~") && (!path[2] || path[2] == '/');
}

int spec_from_file(struct arena *a, struct spec *s, const char *where, struct err *err)
{
	where = path_resolve(a, "/", where);
	const char *url = forgive_slashes(a, file_url(a, s->raw_spec));
	const char *full = decoded_path(a, url, arena_printf(a, "%s/", file_url(a, where)));
	const char *given = decoded_path(a, url, NULL);
	const char *saved;
	s->type = spec_is_tarball(s->raw_spec) ? SPEC_FILE : SPEC_DIRECTORY;
	s->where = where;
	if (!full || !given)
		return err_set(err, ERR_EGENERIC, "Invalid file: URL, must comply with RFC 8089");
	if (is_home(given)) {
		saved = given + 1;
		full = path_resolve(a, home_dir(), given[2] ? given + 3 : "");
	} else if (url[strlen("file:")] != '/') {
		saved = path_relative(a, where, full);
	} else {
		saved = path_resolve(a, where, full);
	}
	s->fetch_spec = path_resolve(a, where, full);
	saved = cstr_replace(a, saved, "\\", "/");
	s->save_spec = arena_printf(a, "file:%s", cstr_starts(saved, "//") ? saved + 1 : saved);
	return 0;
}
