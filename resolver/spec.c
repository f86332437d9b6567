/* SPDX-License-Identifier: MIT */
#include "resolver/spec.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "base/url.h"
#include "resolver/hosted.h"
#include "resolver/name.h"
#include "resolver/range.h"
#include "resolver/spec_file.h"

#define GIT_SSH "git+ssh://"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool starts_nocase(const char *s, const char *prefix)
{
	return strncasecmp(s, prefix, strlen(prefix)) == 0;
}

static bool ends_nocase(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);
	return n >= m && strcasecmp(s + n - m, suffix) == 0;
}

/* "https:", "git+ssh:": letters and a colon, perhaps after "git+". */
static bool looks_like_url(const char *s)
{
	if (starts_nocase(s, "git+"))
		s += 4;
	const char *p = s;
	while (is_letter(*p))
		p++;
	return p > s && *p == ':';
}

/* user@host.tld:path, all on one line from the colon on. */
static bool looks_like_scp(const char *s)
{
	const char *at = strchr(s, '@');
	if (!at || at == s)
		return false;
	const char *dot = at + 1 + strcspn(at + 1, ":.");
	if (*dot != '.' || dot == at + 1)
		return false;
	const char *colon = strchr(dot + 1, ':');
	return colon && colon > dot + 1 && colon[1] && !colon[1 + strcspn(colon + 1, "\n\r")];
}

bool spec_is_tarball(const char *s)
{
	return ends_nocase(s, ".tgz") || ends_nocase(s, ".tar.gz") || ends_nocase(s, ".tar");
}

static bool is_file_spec(const char *s)
{
	if (starts_nocase(s, "file:") || *s == '.' || *s == '/' || cstr_starts(s, "~/"))
		return true;
	return is_letter(*s) && s[1] == ':';
}

/* ":22", ":22/…": a port and no scp path. */
static bool has_port(const char *s)
{
	for (const char *p = strchr(s, ':'); p; p = strchr(p + 1, ':')) {
		size_t n = strspn(p + 1, "0123456789");
		if (n && (!p[1 + n] || p[1 + n] == '/'))
			return true;
	}
	return false;
}

static int fail(struct err *err, const char *text)
{
	return err_set(err, ERR_EGENERIC, "%s", text);
}

/* One part of what stands after the hash: a committish, semver:range or path:folder. */
static int set_git_part(struct arena *a, struct spec *s, struct str part, struct err *err)
{
	struct str value;
	struct str key = str_cut(part, ':', &value);
	bool committish = s->git_committish && *s->git_committish;
	bool range = s->git_range && *s->git_range;
	if (!value.ptr) {
		if (range)
			return fail(err, "cannot override existing semver range with a committish");
		if (committish)
			return fail(err, "cannot override existing committish with a second committish");
		s->git_committish = str_dup(a, part);
		return 0;
	}
	value = str_cut(value, ':', &part);
	if (str_is(key, "semver")) {
		if (committish)
			return fail(err, "cannot override existing committish with a semver range");
		if (range)
			return fail(err, "cannot override existing semver range with a second semver range");
		s->git_range = url_decode_component(a, str_dup(a, value));
		return s->git_range ? 0 : fail(err, "URI malformed");
	}
	if (str_is(key, "path")) {
		if (s->git_subdir)
			return fail(err, "cannot override existing path with a second path");
		s->git_subdir = arena_printf(a, "/%.*s", STR_ARGS(value));
	}
	return 0;
}

static int set_git_parts(struct arena *a, struct spec *s, const char *committish, struct err *err)
{
	if (!committish || !*committish)
		return 0;
	for (const char *p = committish; p;) {
		const char *next = strstr(p, "::");
		struct str part = next ? str_range(p, next) : str_from(p);
		if (set_git_part(a, s, part, err) < 0)
			return -1;
		p = next ? next + 2 : NULL;
	}
	return 0;
}

static int from_hosted(struct arena *a, struct spec *s, struct hosted *h, struct err *err)
{
	struct hosted_options bare = {.no_git_plus = true, .no_committish = true};
	s->type = SPEC_GIT;
	s->hosted = h;
	s->save_spec = hosted_text(a, h, NULL);
	s->fetch_spec = streq(h->representation, "shortcut") ? NULL : hosted_text(a, h, &bare);
	return set_git_parts(a, s, h->committish, err);
}

/* git+ssh://git@host:user/project.git#…: scp's spelling in a URL's clothes. 1 when it is one, else 0; -1 on error. */
static int from_scp(struct arena *a, struct spec *s, struct err *err)
{
	if (!cstr_starts(s->raw_spec, GIT_SSH))
		return 0;
	const char *rest = s->raw_spec + strlen(GIT_SSH);
	const char *hash = strchr(rest, '#');
	const char *remote = hash ? arena_strndup(a, rest, (size_t)(hash - rest)) : rest;
	const char *colon = strchr(remote, ':');
	if (!colon || colon == remote || !colon[1] || has_port(remote) || (hash && hash[strcspn(hash, "\n\r")]))
		return 0;
	s->type = SPEC_GIT;
	s->fetch_spec = remote;
	return set_git_parts(a, s, hash ? hash + 1 : NULL, err) < 0 ? -1 : 1;
}

static bool is_git_scheme(const char *scheme)
{
	static const char *const schemes[] = {"git",	  "git+http", "git+https", "git+rsync",
					      "git+ftp", "git+file", "git+ssh"};
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (streq(scheme, schemes[i]))
			return true;
	return false;
}

static bool has_drive_host(const char *raw)
{
	return starts_nocase(raw, "git+file://") && is_letter(raw[11]) && raw[12] == ':';
}

static int from_git_url(struct arena *a, struct spec *s, struct url *u, struct err *err)
{
	s->type = SPEC_GIT;
	if (set_git_parts(a, s, u->fragment, err) < 0)
		return -1;
	u->fragment = NULL;
	const char *remote = has_drive_host(s->raw_spec) && streq(u->scheme, "git+file")
				     ? arena_printf(a, "git+file://%s:%s", cstr_lower(a, url_host(a, u)), u->pathname)
				     : url_href(a, u);
	s->fetch_spec = cstr_starts(remote, "git+") ? remote + 4 : remote;
	return 0;
}

static int from_url(struct arena *a, struct spec *s, struct err *err)
{
	const char *raw = s->raw_spec;
	struct url u;
	s->save_spec = raw;
	int scp = from_scp(a, s, err);
	if (scp)
		return scp < 0 ? -1 : 0;
	if (cstr_starts(raw, "git+file://"))
		raw = cstr_replace(a, raw, "\\", "/");
	if (!url_parse(a, str_from(raw), NULL, &u))
		return err_set(err, ERR_EINVALIDURL, "Invalid URL");
	if (is_git_scheme(u.scheme))
		return from_git_url(a, s, &u, err);
	if (!streq(u.scheme, "http") && !streq(u.scheme, "https"))
		return err_set(err, ERR_EUNSUPPORTEDPROTOCOL, "Unsupported URL Type \"%s:\": %s", u.scheme, raw);
	s->type = SPEC_REMOTE;
	s->fetch_spec = s->save_spec;
	return 0;
}

static int from_alias(struct arena *a, struct spec *s, const char *where, struct err *err)
{
	struct spec *sub = spec_parse(a, s->raw_spec + 4, where, err);
	if (!sub)
		return -1;
	if (sub->type == SPEC_ALIAS)
		return fail(err, "nested aliases not supported");
	if (!sub->registry)
		return fail(err, "aliases only work for registry deps");
	if (!sub->name)
		return fail(err, "aliases must have a name");
	s->sub = sub;
	s->registry = true;
	s->type = SPEC_ALIAS;
	return 0;
}

static int from_registry(struct arena *a, struct spec *s, struct err *err)
{
	struct str text = str_trim(str_from(s->raw_spec));
	s->registry = true;
	s->fetch_spec = str_dup(a, text);
	if (semver_valid(text, SEMVER_LOOSE)) {
		s->type = SPEC_VERSION;
	} else if ((s->range = range_parse(a, text, SEMVER_LOOSE))) {
		s->type = SPEC_RANGE;
	} else {
		s->type = SPEC_TAG;
		if (!streq(url_encode_component(a, s->fetch_spec), s->fetch_spec))
			return err_set(err, ERR_EINVALIDTAGNAME,
				       "Invalid tag name \"%s\" of package \"%s\": Tags may not have any characters that "
				       "encodeURIComponent encodes.", s->fetch_spec, s->raw);
	}
	return 0;
}

static int set_name(struct arena *a, struct spec *s, const char *name, struct err *err)
{
	if (!name_is_valid(name)) {
		struct name_check check = name_validate(a, name);
		struct buf why = BUF_INIT(1024);
		for (uint32_t i = 0; i < check.n_errors; i++)
			buf_printf(&why, "%s%s", i ? "; " : "", check.errors[i]);
		err_set(err, ERR_EINVALIDPACKAGENAME, "Invalid package name \"%s\" of package \"%s\": %s.", name, s->raw,
			buf_text(&why));
		buf_release(&why);
		return -1;
	}
	s->name = name;
	struct str scope = name_scope(name);
	s->scope = scope.len ? str_dup(a, scope) : NULL;
	const char *slash = strchr(name, '/');
	s->escaped_name = slash ? arena_printf(a, "%.*s%%2f%s", (int)(slash - name), name, slash + 1) : name;
	return 0;
}

static int sort_out(struct arena *a, struct spec *s, const char *where, struct err *err)
{
	const char *raw = s->raw_spec;
	if (is_file_spec(raw))
		return spec_from_file(a, s, where, err);
	/* A version, a range or a tag: everything else has one of these in it. */
	if (!strpbrk(raw, "/:") && !spec_is_tarball(raw))
		return from_registry(a, s, err);
	if (starts_nocase(raw, "npm:"))
		return from_alias(a, s, where, err);
	struct hosted *h = hosted_parse(a, raw);
	if (h)
		return from_hosted(a, s, h, err);
	if (looks_like_url(raw))
		return from_url(a, s, err);
	if (strchr(raw, '/') || spec_is_tarball(raw))
		return spec_from_file(a, s, where, err);
	return from_registry(a, s, err);
}

static struct spec *make(struct arena *a, const struct spec *start, const char *where, struct err *err)
{
	struct spec *s = ARENA_NEW(a, struct spec);
	s->raw = start->raw;
	s->raw_spec = start->raw_spec;
	if (start->name && *start->name && set_name(a, s, start->name, err) < 0)
		return NULL;
	return sort_out(a, s, where, err) < 0 ? NULL : s;
}

struct spec *spec_resolve(struct arena *a, const char *name, const char *spec, const char *where, struct err *err)
{
	struct spec start = {.name = arena_strdup(a, name), .raw_spec = arena_strdup(a, spec ? spec : "")};
	start.raw = name && *name ? cstr_join(a, name, '@', start.raw_spec) : start.raw_spec;
	return make(a, &start, where, err);
}

struct spec *spec_parse(struct arena *a, const char *text, const char *where, struct err *err)
{
	struct spec start = {.raw = arena_strdup(a, text)};
	const char *at = *text ? strchr(text + 1, '@') : NULL;
	const char *name = at ? arena_strndup(a, text, (size_t)(at - text)) : start.raw;
	if (looks_like_url(text)) {
		start.raw_spec = start.raw;
	} else if (looks_like_scp(text)) {
		start.raw_spec = arena_printf(a, GIT_SSH "%s", text);
	} else if (*name != '@' && (strchr(name, '/') || spec_is_tarball(name))) {
		start.raw_spec = start.raw;
	} else if (at) {
		start.name = name;
		start.raw_spec = at[1] ? arena_strdup(a, at + 1) : "*";
	} else if (name_is_valid(text)) {
		start.name = start.raw;
		start.raw_spec = "*";
	} else {
		start.raw_spec = start.raw;
	}
	return make(a, &start, where, err);
}

bool spec_is_any(const struct spec *s)
{
	return s->type == SPEC_RANGE && (streq(s->fetch_spec, "*") || streq(s->raw_spec, "") || streq(s->raw_spec, "*"));
}

const char *spec_type_name(enum spec_type type)
{
	static const char *const names[] = {
		[SPEC_VERSION] = "version", [SPEC_RANGE] = "range",   [SPEC_TAG] = "tag",   [SPEC_ALIAS] = "alias",
		[SPEC_GIT] = "git",	    [SPEC_REMOTE] = "remote", [SPEC_FILE] = "file", [SPEC_DIRECTORY] = "directory",
	};
	return names[type];
}

const char *spec_format(struct arena *a, const struct spec *s)
{
	const char *text = s->save_spec && *s->save_spec     ? s->save_spec
			   : s->fetch_spec && *s->fetch_spec ? s->fetch_spec
							     : s->raw_spec;
	if (!s->name)
		return *text ? text : s->raw;
	return *text ? arena_printf(a, "%s@%s", s->name, text) : s->name;
}
