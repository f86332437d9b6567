/* SPDX-License-Identifier: MIT */
#include "base/url.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/url_parts.h"
#include "base/vec.h"

#define URL_MAX ((size_t)1 << 26)

/* One parse: what is left of the text, and the URL as far as it is known. */
struct parse {
	struct arena *a;
	struct str in;
	const struct url *base;
	struct url *u;
	bool special;
	bool file;
	struct vec path;	/* segments, encoded */
};

static const struct {
	const char *scheme;
	int port;
} special_schemes[] = {
	{"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}, {"ftp", 21}, {"file", -1},
};

static bool scheme_special(const char *scheme, int *port)
{
	for (size_t i = 0; i < ARRAY_LEN(special_schemes); i++)
		if (streq(scheme, special_schemes[i].scheme)) {
			*port = special_schemes[i].port;
			return true;
		}
	*port = -1;
	return false;
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_slash(const struct parse *p, char c)
{
	return c == '/' || (p->special && c == '\\');
}

static bool slash_at(const struct parse *p, size_t i)
{
	return i < p->in.len && is_slash(p, p->in.ptr[i]);
}

/* "C:" or, where old spellings are read, "C|". */
static bool is_drive(struct str s)
{
	return s.len == 2 && is_alpha(s.ptr[0]) && (s.ptr[1] == ':' || s.ptr[1] == '|');
}

static bool starts_with_drive(struct str s)
{
	return is_drive(str_first(s, 2)) && (s.len == 2 || strchr("/\\?#", s.ptr[2]));
}

static const char *encoded(struct arena *a, struct str s, const char *set)
{
	struct buf out = BUF_INIT(URL_MAX);
	url_encode(&out, s, set);
	const char *text = buf_dup(a, &out);
	buf_release(&out);
	return text;
}

/* Controls and spaces at both ends, tabs and newlines anywhere. */
static struct str clean_input(struct arena *a, struct str s)
{
	while (s.len && (unsigned char)s.ptr[0] <= ' ')
		s = str_skip(s, 1);
	while (s.len && (unsigned char)s.ptr[s.len - 1] <= ' ')
		s.len--;
	char *out = arena_alloc(a, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != '\t' && s.ptr[i] != '\n' && s.ptr[i] != '\r')
			out[n++] = s.ptr[i];
	return (struct str){out, n};
}

static void take_fragment(struct parse *p)
{
	ptrdiff_t at = str_find(p->in, '#');
	if (at < 0)
		return;
	p->u->fragment = encoded(p->a, str_skip(p->in, (size_t)at + 1), URL_SET_FRAGMENT);
	p->in.len = (size_t)at;
}

static void take_query(struct parse *p)
{
	ptrdiff_t at = str_find(p->in, '?');
	if (at < 0)
		return;
	p->u->query = encoded(p->a, str_skip(p->in, (size_t)at + 1), p->special ? URL_SET_SPECIAL_QUERY : URL_SET_QUERY);
	p->in.len = (size_t)at;
}

/* The base's path as segments. */
static void split_base_path(struct parse *p)
{
	struct str rest = str_from(p->base->pathname);
	if (!rest.len)
		return;
	rest = str_skip(rest, 1);
	while (rest.ptr)
		vec_add(&p->path, (void *)str_dup(p->a, str_cut(rest, '/', &rest)));
}

static void shorten_path(struct parse *p)
{
	if (p->file && p->path.count == 1) {
		struct str first = str_from(p->path.items[0]);
		if (is_drive(first) && first.ptr[1] == ':')
			return;
	}
	vec_pop(&p->path);
}

/* 1 for ".", 2 for "..", 0 for a name; dots may be escaped. */
static int dots(struct str s)
{
	int n = 0;
	while (s.len && n < 3) {
		size_t skip = s.ptr[0] == '.' ? 1 : str_starts(s, "%2e") || str_starts(s, "%2E") ? 3 : 0;
		if (!skip)
			return 0;
		s = str_skip(s, skip);
		n++;
	}
	return s.len || n > 2 ? 0 : n;
}

static void add_segment(struct parse *p, struct str seg, bool last)
{
	int n = dots(seg);
	if (n == 2)
		shorten_path(p);
	if (n) {
		if (last)
			vec_add(&p->path, (void *)"");
		return;
	}
	char *text = (char *)encoded(p->a, seg, URL_SET_PATH);
	if (p->file && !p->path.count && is_drive(str_from(text)))
		text[1] = ':';
	vec_add(&p->path, text);
}

static void take_segments(struct parse *p)
{
	struct str rest = p->in;
	for (;;) {
		size_t n = 0;
		while (n < rest.len && !is_slash(p, rest.ptr[n]))
			n++;
		bool last = n == rest.len;
		add_segment(p, str_first(rest, n), last);
		if (last)
			return;
		rest = str_skip(rest, n + 1);
	}
}

/* What is left is a path, perhaps with its first slash. */
static void take_path(struct parse *p)
{
	if (!p->special && !p->in.len)
		return;
	if (slash_at(p, 0))
		p->in = str_skip(p->in, 1);
	take_segments(p);
}

static void join_path(struct parse *p)
{
	struct buf out = BUF_INIT(URL_MAX);
	for (size_t i = 0; i < p->path.count; i++) {
		buf_addc(&out, '/');
		buf_adds(&out, p->path.items[i]);
	}
	p->u->pathname = buf_dup(p->a, &out);
	buf_release(&out);
}

static void take_userinfo(struct parse *p, struct str info)
{
	struct str password = STR_NULL;
	struct str name = str_cut(info, ':', &password);
	p->u->username = encoded(p->a, name, URL_SET_USERINFO);
	if (password.ptr)
		p->u->password = encoded(p->a, password, URL_SET_USERINFO);
}

static bool take_port(struct parse *p, struct str digits)
{
	int port = 0, usual;
	for (size_t i = 0; i < digits.len; i++) {
		if (!is_digit(digits.ptr[i]))
			return false;
		port = port * 10 + (digits.ptr[i] - '0');
		if (port > 65535)
			return false;
	}
	scheme_special(p->u->scheme, &usual);
	p->u->port = digits.len && port != usual ? port : -1;
	return true;
}

/* The first colon outside of an IPv6 address' brackets. */
static ptrdiff_t find_port(struct str s)
{
	bool inside = false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '[')
			inside = true;
		else if (s.ptr[i] == ']')
			inside = false;
		else if (s.ptr[i] == ':' && !inside)
			return (ptrdiff_t)i;
	}
	return -1;
}

/* user:password@host:port up to the path. */
static bool take_authority(struct parse *p)
{
	size_t n = 0;
	while (n < p->in.len && !is_slash(p, p->in.ptr[n]))
		n++;
	struct str host = str_first(p->in, n);
	p->in = str_skip(p->in, n);
	ptrdiff_t at = str_rfind(host, '@');
	if (at >= 0) {
		take_userinfo(p, str_first(host, (size_t)at));
		host = str_skip(host, (size_t)at + 1);
		if (!host.len)
			return false;
	}
	ptrdiff_t colon = find_port(host);
	if (colon == 0 || (!host.len && p->special))
		return false;
	if (colon > 0) {
		if (!take_port(p, str_skip(host, (size_t)colon + 1)))
			return false;
		host.len = (size_t)colon;
	}
	p->u->hostname = url_host_parse(p->a, host, p->special);
	return p->u->hostname != NULL;
}

static bool take_authority_and_path(struct parse *p)
{
	if (!take_authority(p))
		return false;
	take_path(p);
	return true;
}

static void copy_authority(struct parse *p)
{
	p->u->username = p->base->username;
	p->u->password = p->base->password;
	p->u->hostname = p->base->hostname;
	p->u->port = p->base->port;
}

/* Nothing but a query or a fragment keeps the base's path; a query keeps nothing of its query. */
static void take_relative_path(struct parse *p)
{
	if (slash_at(p, 0)) {
		take_path(p);
		return;
	}
	split_base_path(p);
	if (!p->in.len) {
		if (!p->u->query)
			p->u->query = p->base->query;
		return;
	}
	shorten_path(p);
	take_segments(p);
}

static bool take_relative(struct parse *p)
{
	if (slash_at(p, 0) && slash_at(p, 1)) {
		p->in = str_skip(p->in, 2);
		while (p->special && slash_at(p, 0))
			p->in = str_skip(p->in, 1);
		return take_authority_and_path(p);
	}
	copy_authority(p);
	take_relative_path(p);
	return true;
}

/* file://host/path: a drive letter or localhost is no host. */
static bool take_file_host(struct parse *p)
{
	size_t n = 0;
	while (n < p->in.len && !is_slash(p, p->in.ptr[n]))
		n++;
	struct str host = str_first(p->in, n);
	if (is_drive(host)) {
		take_path(p);
		return true;
	}
	if (host.len) {
		p->u->hostname = url_host_parse(p->a, host, true);
		if (!p->u->hostname)
			return false;
		if (streq(p->u->hostname, "localhost"))
			p->u->hostname = "";
	}
	p->in = str_skip(p->in, n);
	take_path(p);
	return true;
}

static void keep_base_drive(struct parse *p)
{
	struct str first = str_first(str_skip(str_from(p->base->pathname), 1), 2);
	if (!starts_with_drive(p->in) && is_drive(first) && first.ptr[1] == ':')
		vec_add(&p->path, (void *)str_dup(p->a, first));
}

static bool take_file(struct parse *p)
{
	bool based = p->base && streq(p->base->scheme, "file");
	p->u->hostname = "";
	if (slash_at(p, 0) && slash_at(p, 1)) {
		p->in = str_skip(p->in, 2);
		return take_file_host(p);
	}
	if (based)
		p->u->hostname = p->base->hostname;
	if (slash_at(p, 0)) {
		p->in = str_skip(p->in, 1);
		if (based)
			keep_base_drive(p);
		take_segments(p);
		return true;
	}
	if (based && !starts_with_drive(p->in)) {
		take_relative_path(p);
		return true;
	}
	take_segments(p);
	return true;
}

/* "name:" at the start; the text after it is left. */
static bool take_scheme(struct parse *p)
{
	size_t n = 0;
	while (n < p->in.len && (is_alpha(p->in.ptr[n]) || (n && (is_digit(p->in.ptr[n]) || strchr("+-.", p->in.ptr[n])))))
		n++;
	if (!n || n >= p->in.len || p->in.ptr[n] != ':')
		return false;
	p->u->scheme = cstr_lower(p->a, str_dup(p->a, str_first(p->in, n)));
	p->in = str_skip(p->in, n + 1);
	return true;
}

static void set_scheme(struct parse *p, const char *scheme)
{
	int port;
	p->u->scheme = scheme;
	p->special = scheme_special(scheme, &port);
	p->file = streq(scheme, "file");
}

static bool take_without_scheme(struct parse *p)
{
	const struct url *base = p->base;
	if (!base || (base->opaque && !str_starts(p->in, "#")))
		return false;
	set_scheme(p, base->scheme);
	take_fragment(p);
	if (base->opaque) {
		p->u->opaque = true;
		p->u->pathname = base->pathname;
		p->u->query = base->query;
		return true;
	}
	take_query(p);
	return p->file ? take_file(p) : take_relative(p);
}

/* Text may be relative even with a scheme, when it is the base's own. */
static bool take_special(struct parse *p)
{
	bool slashes = str_starts(p->in, "//");
	if (p->base && streq(p->base->scheme, p->u->scheme) && !slashes)
		return take_relative(p);
	while (slash_at(p, 0))
		p->in = str_skip(p->in, 1);
	return take_authority_and_path(p);
}

static bool take_opaque(struct parse *p)
{
	p->u->opaque = true;
	if ((p->u->query || p->u->fragment) && str_ends(p->in, " "))
		p->u->pathname = arena_printf(p->a, "%s%%20", encoded(p->a, str_first(p->in, p->in.len - 1), URL_SET_C0));
	else
		p->u->pathname = encoded(p->a, p->in, URL_SET_C0);
	return true;
}

static bool take_with_scheme(struct parse *p)
{
	set_scheme(p, p->u->scheme);
	take_fragment(p);
	take_query(p);
	if (p->file)
		return take_file(p);
	if (p->special)
		return take_special(p);
	if (str_starts(p->in, "//")) {
		p->in = str_skip(p->in, 2);
		return take_authority_and_path(p);
	}
	if (!str_starts(p->in, "/"))
		return take_opaque(p);
	take_path(p);
	return true;
}

bool url_parse(struct arena *a, struct str text, const struct url *base, struct url *out)
{
	struct url u = {.username = "", .password = "", .port = -1, .pathname = ""};
	struct parse p = {.a = a, .in = clean_input(a, text), .base = base, .u = &u};
	vec_init(&p.path, a);
	bool ok = take_scheme(&p) ? take_with_scheme(&p) : take_without_scheme(&p);
	if (ok && !u.opaque)
		join_path(&p);
	*out = u;
	return ok;
}

bool url_is_special(const struct url *u)
{
	int port;
	return scheme_special(u->scheme, &port);
}

int url_port(const struct url *u)
{
	int usual;
	scheme_special(u->scheme, &usual);
	return u->port >= 0 ? u->port : usual;
}

const char *url_host(struct arena *a, const struct url *u)
{
	if (!u->hostname)
		return "";
	return u->port < 0 ? u->hostname : arena_printf(a, "%s:%d", u->hostname, u->port);
}

const char *url_origin(struct arena *a, const struct url *u)
{
	if (!url_is_special(u) || streq(u->scheme, "file"))
		return "null";
	return arena_printf(a, "%s://%s", u->scheme, url_host(a, u));
}

const char *url_href(struct arena *a, const struct url *u)
{
	struct buf out = BUF_INIT(URL_MAX);
	buf_printf(&out, "%s:", u->scheme);
	if (u->hostname) {
		buf_adds(&out, "//");
		if (*u->username || *u->password)
			buf_printf(&out, *u->password ? "%s:%s@" : "%s%s@", u->username, u->password);
		buf_adds(&out, url_host(a, u));
	} else if (!u->opaque && cstr_starts(u->pathname, "//")) {
		buf_adds(&out, "/.");
	}
	buf_adds(&out, u->pathname);
	if (u->query)
		buf_printf(&out, "?%s", u->query);
	if (u->fragment)
		buf_printf(&out, "#%s", u->fragment);
	const char *text = buf_dup(a, &out);
	buf_release(&out);
	return text;
}

const char *url_normal(struct arena *a, const char *text)
{
	struct url u;
	return url_parse(a, str_from(text), NULL, &u) ? url_href(a, &u) : NULL;
}
