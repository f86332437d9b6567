/* SPDX-License-Identifier: MIT
 *
 * Packages in git repositories, as npm reads them: which commit a spec means, and its tree as files.
 *
 *	struct git_wish w = {.url = "git+https://host.example.test/a/b.git", .range = "^1.2.0"};
 *	git_resolve(arena, &w, &found, &err);			asks for the list of refs only
 *	git_checkout(arena, &w, &found, dir, &err);		fetches and writes the files, without .git
 *
 * Both block: run them on a worker. A repository of a known host is tried over https first, then over ssh, which
 * `alternate` gives. Credentials come from the URL, the ssh agent and the user's ssh keys; nothing is ever asked for.
 * Hosted repositories at a full commit are better fetched as a tarball (resolver/hosted.h gives its URL); a caller
 * does that through registry_tarball and falls back to git_checkout on a status of 400 and more or a bad archive.
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;

struct git_wish {
	const char *url;		/* with or without "git+": https, http, ssh, git, file, scp-like, or a local path */
	const char *alternate;		/* tried when url fails other than by a missing ref; NULL: none */
	const char *committish;		/* branch, tag, commit (also short), pull/1; NULL or "": HEAD */
	const char *range;		/* semver: the best tag; beats committish */
	const char *subdir;		/* "path/in/it": the package is there, NULL: at the top */
	const char *name;		/* for messages; may be NULL */
	int64_t timeout_ms;		/* for one step without progress; 0: 300000 */
	int retries;			/* of broken connections; 0: 2 */
};

struct git_found {
	const char *sha;		/* the commit, 40 hexadecimal digits; NULL: refs do not say, a checkout will */
	const char *ref;		/* "refs/tags/v1.2.3" that names it, NULL: none does */
	const char *version;		/* the version a range chose, else NULL */
	const char *url;		/* the one of both that answered */
};

int git_resolve(struct arena *a, const struct git_wish *w, struct git_found *out, struct err *err) MUST_USE;
/*
 * Writes the commit's files (and its submodules') below dir, which exists and is empty; found->sha is filled when it was not known.
 * Symbolic links are written as they are; nothing is written outside dir. Returns the package's own directory
 * (dir, or the subdirectory in it), NULL on error: EGIT, ENOENT for a missing subdirectory.
 */
const char *git_checkout(struct arena *a, const struct git_wish *w, struct git_found *found, const char *dir,
			 struct err *err) MUST_USE;
/* `resolved` of it: "git+<url>#<sha>" with the subdirectory kept ("#<sha>::path:<dir>"). */
const char *git_resolved(struct arena *a, const char *url, const char *sha, const char *subdir);
