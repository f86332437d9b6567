/* SPDX-License-Identifier: MIT */
#include "resolver/hosted_table.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/url.h"

const char *const hosted_templates[HOSTED_FORMS] = {
	[HOSTED_SSH] = "git@{domain}:{user}/{project}.git[#{committish}]",
	[HOSTED_SSHURL] = "git+ssh://git@{domain}/{user}/{project}.git[#{committish}]",
	[HOSTED_HTTPS] = "git+https://[{auth}@]{domain}/{user}/{project}.git[#{committish}]",
	[HOSTED_GIT] = "",
	[HOSTED_SHORTCUT] = "{type}:{user}/{project}[#{committish}]",
	[HOSTED_PATH] = "{user}/{project}[#{committish}]",
	[HOSTED_TARBALL] = "",
	[HOSTED_BROWSE] = "https://{domain}/{user}/{project}[/{treepath}/{committish%}]",
	[HOSTED_BROWSE_TREE] = "https://{domain}/{user}/{project}/{treepath}/{head%}/{path}[#{fragment}]",
	[HOSTED_BROWSE_BLOB] = "https://{domain}/{user}/{project}/{blobpath}/{head%}/{path}[#{fragment}]",
	[HOSTED_DOCS] = "https://{domain}/{user}/{project}[/{treepath}/{committish%}]#readme",
	[HOSTED_BUGS] = "https://{domain}/{user}/{project}/issues",
	[HOSTED_FILE] = "https://{domain}/{user}/{project}/raw/{head%}/{path}",
	[HOSTED_EDIT] = "https://{domain}/{user}/{project}[/{editpath}/{head%}/{path}]",
};

/* The path's parts after its first slash, at most n of them; the others are NULL. */
static void split_path(struct arena *a, const struct url *u, const char **parts, size_t n)
{
	struct str rest = str_skip(str_from(u->pathname), 1);
	if (!*u->pathname)
		return;
	for (size_t i = 0; i < n && rest.ptr; i++)
		parts[i] = str_dup(a, str_cut(rest, '/', &rest));
}

static const char *without_git(struct arena *a, const char *project)
{
	return cstr_ends(project, ".git") ? arena_strndup(a, project, strlen(project) - 4) : project;
}

static const char *hash_of(const struct url *u)
{
	return u->fragment ? u->fragment : "";
}

static bool is_given(const char *s)
{
	return s && *s;
}

/* /user/project, or /user/project/tree/committish. */
static bool extract_github(struct arena *a, const struct url *u, struct hosted_parts *out)
{
	const char *parts[4] = {0};
	split_path(a, u, parts, ARRAY_LEN(parts));
	if (is_given(parts[2]) && !streq(parts[2], "tree"))
		return false;
	out->user = parts[0];
	out->project = without_git(a, parts[1]);
	/* A tree without a name is JavaScript's undefined, written out. */
	out->committish = is_given(parts[2]) ? parts[3] ? parts[3] : "undefined" : hash_of(u);
	return is_given(out->user) && is_given(out->project);
}

/* /user/project, unless a third part says that it is an archive. */
static bool extract_plain(struct arena *a, const struct url *u, const char *archive, struct hosted_parts *out)
{
	const char *parts[3] = {0};
	split_path(a, u, parts, ARRAY_LEN(parts));
	if (streq(parts[2], archive))
		return false;
	out->user = parts[0];
	out->project = without_git(a, parts[1]);
	out->committish = hash_of(u);
	return is_given(out->user) && is_given(out->project);
}

static bool extract_bitbucket(struct arena *a, const struct url *u, struct hosted_parts *out)
{
	return extract_plain(a, u, "get", out);
}

static bool extract_sourcehut(struct arena *a, const struct url *u, struct hosted_parts *out)
{
	return extract_plain(a, u, "archive", out);
}

/* Groups may be nested: the last part is the project, all before it the user. */
static bool extract_gitlab(struct arena *a, const struct url *u, struct hosted_parts *out)
{
	struct str path = str_skip(str_from(u->pathname), 1);
	const char *text = str_dup(a, path);
	if (!*u->pathname || strstr(text, "/-/") || strstr(text, "/archive.tar.gz"))
		return false;
	ptrdiff_t slash = str_rfind(path, '/');
	out->user = slash < 0 ? "" : str_dup(a, str_first(path, (size_t)slash));
	out->project = without_git(a, str_dup(a, str_skip(path, (size_t)(slash + 1))));
	out->committish = hash_of(u);
	return *out->user && *out->project;
}

/* /user/id or /id. */
static bool extract_gist(struct arena *a, const struct url *u, struct hosted_parts *out)
{
	const char *parts[3] = {0};
	split_path(a, u, parts, ARRAY_LEN(parts));
	if (streq(parts[2], "raw"))
		return false;
	out->user = parts[0];
	out->project = parts[1];
	if (!is_given(out->project)) {
		if (!is_given(out->user))
			return false;
		out->project = out->user;
		out->user = NULL;
	}
	out->project = without_git(a, out->project);
	out->committish = hash_of(u);
	return true;
}

const struct hosted_host hosted_hosts[] = {
	{
		.type = "github",
		.domain = "github.com",
		.treepath = "tree",
		.blobpath = "blob",
		.editpath = "edit",
		.protocols = " git http git+ssh git+https ssh https ",
		.extract = extract_github,
		.templates = {
			[HOSTED_FILE] = "https://[{auth}@]raw.githubusercontent.com/{user}/{project}/{head%}/{path}",
			[HOSTED_GIT] = "git://[{auth}@]{domain}/{user}/{project}.git[#{committish}]",
			[HOSTED_TARBALL] = "https://codeload.{domain}/{user}/{project}/tar.gz/{head%}",
		},
	},
	{
		.type = "bitbucket",
		.domain = "bitbucket.org",
		.treepath = "src",
		.blobpath = "src",
		.editpath = "?mode=edit",
		.protocols = " git+ssh git+https ssh https ",
		.extract = extract_bitbucket,
		.templates = {
			[HOSTED_EDIT] = "https://{domain}/{user}/{project}[/{treepath}/{head%}/{path}{editpath}]",
			[HOSTED_TARBALL] = "https://{domain}/{user}/{project}/get/{head%}.tar.gz",
		},
	},
	{
		.type = "gitlab",
		.domain = "gitlab.com",
		.treepath = "tree",
		.blobpath = "tree",
		.editpath = "-/edit",
		.protocols = " git+ssh git+https ssh https ",
		.extract = extract_gitlab,
		.templates = {
			[HOSTED_TARBALL] =
				"https://{domain}/api/v4/projects/{slug%}/repository/archive.tar.gz?sha={head%}",
		},
		.old_templates = {
			[HOSTED_TARBALL] = "https://{domain}/{user}/{project}/repository/archive.tar.gz?ref={head%}",
		},
	},
	{
		.type = "gist",
		.domain = "gist.github.com",
		.editpath = "edit",
		.protocols = " git git+ssh git+https ssh https ",
		.file_fragment = true,
		.extract = extract_gist,
		.templates = {
			[HOSTED_SSH] = "git@{domain}:{project}.git[#{committish}]",
			[HOSTED_SSHURL] = "git+ssh://git@{domain}/{project}.git[#{committish}]",
			[HOSTED_EDIT] = "https://{domain}/{user}/{project}[/{committish%}]/{editpath}",
			[HOSTED_BROWSE] = "https://{domain}/{project}[/{committish%}]",
			[HOSTED_BROWSE_TREE] = "https://{domain}/{project}[/{committish%}][#{fragment}]",
			[HOSTED_BROWSE_BLOB] = "https://{domain}/{project}[/{committish%}][#{fragment}]",
			[HOSTED_DOCS] = "https://{domain}/{project}[/{committish%}]",
			[HOSTED_HTTPS] = "git+https://{domain}/{project}.git[#{committish}]",
			[HOSTED_FILE] = "https://gist.githubusercontent.com/{user}/{project}/raw[/{committish%}]/{path}",
			[HOSTED_SHORTCUT] = "{type}:{project}[#{committish}]",
			[HOSTED_PATH] = "{project}[#{committish}]",
			[HOSTED_BUGS] = "https://{domain}/{project}",
			[HOSTED_GIT] = "git://{domain}/{project}.git[#{committish}]",
			[HOSTED_TARBALL] = "https://codeload.github.com/gist/{project}/tar.gz/{head%}",
		},
	},
	{
		.type = "sourcehut",
		.domain = "git.sr.ht",
		.treepath = "tree",
		.blobpath = "tree",
		.protocols = " git+ssh https ",
		.extract = extract_sourcehut,
		.templates = {
			[HOSTED_FILE] = "https://{domain}/{user}/{project}/blob/{head%}/{path}",
			[HOSTED_HTTPS] = "https://{domain}/{user}/{project}[#{committish}]",
			[HOSTED_TARBALL] = "https://{domain}/{user}/{project}/archive/{head%}.tar.gz",
			[HOSTED_BUGS] = "",
		},
		.old_templates = {
			[HOSTED_HTTPS] = "https://{domain}/{user}/{project}.git[#{committish}]",
		},
	},
};

const size_t hosted_hosts_count = ARRAY_LEN(hosted_hosts);
