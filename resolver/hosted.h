/* SPDX-License-Identifier: MIT
 *
 * Git hosts npm knows by heart (hosted-git-info): github, gitlab, bitbucket, gist and sourcehut. Any way of naming
 * a repository there becomes one struct, and that any of the addresses its host serves.
 *
 *	struct hosted *h = hosted_parse(a, "npm/cli#v12");	// NULL: no known host
 *	hosted_format(a, h, HOSTED_HTTPS, NULL);		// git+https://github.com/npm/cli.git#v12
 */
#pragma once

#include "base/base.h"

struct arena;
struct hosted_host;

struct hosted {
	const struct hosted_host *host;
	const char *type;		/* "github", … */
	const char *domain;
	const char *treepath;		/* NULL where the host has none, as the next two */
	const char *blobpath;
	const char *editpath;
	const char *user;		/* NULL when none was given (a gist needs none) */
	const char *auth;		/* "user:password" as written; NULL when the protocol takes none or none was given */
	const char *project;
	const char *committish;		/* after the hash, decoded; "" or NULL when none */
	const char *representation;	/* how it was written: "shortcut", "sshurl", "https", "git" or "http" */
};

enum hosted_form {
	HOSTED_SSH,		/* git@github.com:user/project.git */
	HOSTED_SSHURL,		/* git+ssh://git@github.com/user/project.git */
	HOSTED_HTTPS,		/* git+https://github.com/user/project.git */
	HOSTED_GIT,		/* git://…; only where the host speaks it */
	HOSTED_SHORTCUT,	/* github:user/project */
	HOSTED_PATH,		/* user/project */
	HOSTED_TARBALL,		/* an archive of the committish, or of HEAD */
	HOSTED_BROWSE,		/* pages: of the repository, of a folder, of a file, of the readme, of the issues */
	HOSTED_BROWSE_TREE,
	HOSTED_BROWSE_BLOB,
	HOSTED_DOCS,
	HOSTED_BUGS,
	HOSTED_FILE,		/* the bytes of one file */
	HOSTED_EDIT,
	HOSTED_FORMS,
};

struct hosted_options {
	bool no_git_plus;	/* without the leading "git+" */
	bool no_committish;	/* without "#committish"; tarballs keep theirs */
	bool old_archives;	/* gitlab's archive page and sourcehut's .git clone address, as before hosted-git-info 9 */
	const char *path;	/* of the file or folder; NULL for none */
	const char *fragment;	/* a heading in it; NULL for none */
};

/* NULL when the text names no repository on a known host. */
struct hosted *hosted_parse(struct arena *a, const char *text);
/* NULL when the host has no such address; opts may be NULL. */
const char *hosted_format(struct arena *a, const struct hosted *h, enum hosted_form form, const struct hosted_options *opts);
/* In the form it was written in, else as sshurl. */
const char *hosted_text(struct arena *a, const struct hosted *h, const struct hosted_options *opts);
