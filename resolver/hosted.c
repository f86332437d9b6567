/* SPDX-License-Identifier: MIT */
#include "resolver/hosted.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/url.h"
#include "resolver/hosted_table.h"

/* What a protocol says about the text it begins. */
static const struct {
	const char *scheme;
	const char *representation;	/* NULL: the scheme's own name */
	bool auth;			/* a user and password in it are kept */
} protocols[] = {
	{"git+ssh", "sshurl", false}, {"ssh", "sshurl", false}, {"git+https", "https", true}, {"git", NULL, true},
	{"http", NULL, true},	      {"https", NULL, true},	{"git+http", NULL, true},
};

static const struct hosted_host *find_shortcut(const char *scheme)
{
	for (size_t i = 0; i < hosted_hosts_count; i++)
		if (streq(scheme, hosted_hosts[i].type))
			return &hosted_hosts[i];
	return NULL;
}

static const struct hosted_host *find_domain(const char *hostname)
{
	if (cstr_starts(hostname, "www."))
		hostname += 4;
	for (size_t i = 0; hostname && i < hosted_hosts_count; i++)
		if (streq(hostname, hosted_hosts[i].domain))
			return &hosted_hosts[i];
	return NULL;
}

static bool protocol_known(struct arena *a, struct str scheme)
{
	const char *name = str_dup(a, scheme);
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++)
		if (streq(name, protocols[i].scheme))
			return true;
	return find_shortcut(name) != NULL;
}

/* Only after the first hash, or nowhere. */
static bool only_in_committish(const char *text, const char *at)
{
	const char *hash = strchr(text, '#');
	return !at || (hash && at > hash);
}

/* user/repo: one slash and neither a protocol, a scope, a relative path nor a blank before the hash. */
static bool is_shorthand(const char *text)
{
	const char *slash = strchr(text, '/');
	const char *hash = strchr(text, '#');
	const char *end = hash ? hash : text + strlen(text);
	const char *blank = strpbrk(text, " \t\n\v\f\r");
	if (!slash || slash == text || *text == '.')
		return false;
	return only_in_committish(text, blank) && only_in_committish(text, strchr(text, '@')) &&
	       only_in_committish(text, strchr(text, ':')) && only_in_committish(text, strchr(slash + 1, '/')) &&
	       (end == text || end[-1] != '/');
}

/* x:github.com/user/repo and user@host:path: what the text most likely lacks to be a URL. */
static const char *with_protocol(struct arena *a, const char *text)
{
	const char *colon = strchr(text, ':');
	const char *at = strchr(text, '@');
	if (colon && (protocol_known(a, str_range(text, colon)) || cstr_starts(colon, "://")))
		return text;
	if (at)
		return !colon || at > colon ? arena_printf(a, "git+ssh://%s", text) : text;
	size_t n = colon ? (size_t)(colon + 1 - text) : 0;
	return arena_printf(a, "%.*s//%s", (int)n, text, text + n);
}

static ptrdiff_t last_before_hash(const char *text, char c)
{
	struct str s = str_from(text);
	ptrdiff_t hash = str_find(s, '#');
	return str_rfind(hash < 0 ? s : str_first(s, (size_t)hash), c);
}

/* scp's host:path made host/path. */
static const char *without_scp(struct arena *a, const char *text)
{
	ptrdiff_t colon = last_before_hash(text, ':');
	if (colon > last_before_hash(text, '@'))
		text = arena_printf(a, "%.*s/%s", (int)colon, text, text + colon + 1);
	if (last_before_hash(text, ':') < 0 && !strstr(text, "//"))
		text = arena_printf(a, "git+ssh://%s", text);
	return text;
}

static bool parse_loosely(struct arena *a, const char *text, struct url *u)
{
	text = with_protocol(a, text);
	return url_parse(a, str_from(text), NULL, u) || url_parse(a, str_from(without_scp(a, text)), NULL, u);
}

/* github:user/project#committish; a user and password before an at sign do not count. */
static bool read_shortcut(struct arena *a, const struct url *u, struct hosted *h)
{
	const char *path = *u->pathname == '/' ? u->pathname + 1 : u->pathname;
	const char *at = strchr(path, '@');
	if (at)
		path = at + 1;
	const char *slash = strrchr(path, '/');
	h->user = slash && slash > path ? url_decode_component(a, arena_strndup(a, path, (size_t)(slash - path))) : NULL;
	h->project = url_decode_component(a, slash ? slash + 1 : path);
	h->representation = "shortcut";
	if (!h->project || (slash && slash > path && !h->user))
		return false;
	if (cstr_ends(h->project, ".git"))
		h->project = arena_strndup(a, h->project, strlen(h->project) - 4);
	if (!u->fragment || !*u->fragment)
		return true;
	h->committish = url_decode_component(a, u->fragment);
	return h->committish != NULL;
}

static bool speaks(const struct hosted_host *host, const char *scheme)
{
	char word[32];
	snprintf(word, sizeof(word), " %s ", scheme);
	return strstr(host->protocols, word) != NULL;
}

static bool read_address(struct arena *a, const struct url *u, struct hosted *h)
{
	struct hosted_parts parts = {0};
	if (!speaks(h->host, u->scheme) || !h->host->extract(a, u, &parts))
		return false;
	if (parts.user)
		h->user = url_decode_component(a, parts.user);
	h->project = url_decode_component(a, parts.project);
	h->committish = url_decode_component(a, parts.committish);
	return (!parts.user || h->user) && h->project && h->committish;
}

static void read_protocol(struct arena *a, const struct url *u, struct hosted *h)
{
	h->representation = u->scheme;
	for (size_t i = 0; i < ARRAY_LEN(protocols); i++) {
		if (!streq(u->scheme, protocols[i].scheme))
			continue;
		if (protocols[i].representation)
			h->representation = protocols[i].representation;
		if (protocols[i].auth && (*u->username || *u->password))
			h->auth = arena_printf(a, *u->password ? "%s:%s" : "%s%s", u->username, u->password);
	}
}

struct hosted *hosted_parse(struct arena *a, const char *text)
{
	struct url u;
	if (!text || !*text)
		return NULL;
	if (is_shorthand(text))
		text = arena_printf(a, "github:%s", text);
	if (!parse_loosely(a, text, &u))
		return NULL;
	const struct hosted_host *shortcut = find_shortcut(u.scheme);
	const struct hosted_host *host = shortcut ? shortcut : find_domain(u.hostname);
	if (!host)
		return NULL;
	struct hosted *h = ARENA_NEW(a, struct hosted);
	*h = (struct hosted){.host = host, .type = host->type, .domain = host->domain, .treepath = host->treepath,
			     .blobpath = host->blobpath, .editpath = host->editpath};
	read_protocol(a, &u, h);
	return (shortcut ? read_shortcut(a, &u, h) : read_address(a, &u, h)) ? h : NULL;
}
