/* SPDX-License-Identifier: MIT
 *
 * The git repository that a package lies in: is it clean, which tag is its last, a commit and a tag for a release.
 * No git program is needed. Hooks run as git runs them; nothing is ever signed.
 *
 *	struct gitrepo *repo = gitrepo_open(arena, dir, err);	closed with gitrepo_close
 *	gitrepo_clean(repo, &clean, err);
 *	gitrepo_commit(repo, &(struct gitrepo_release){…}, err);
 *	gitrepo_tag(repo, &(struct gitrepo_release){…}, err);
 */
#pragma once

#include "base/base.h"

struct arena;
struct err;
struct gitrepo;

struct gitrepo_release {
	const char *const *files;	/* absolute, NULL-ended: what has changed; one that is ignored is left out */
	const char *message;		/* of the commit and of the tag */
	const char *tag;		/* "v1.2.3" */
	bool hooks;			/* pre-commit, commit-msg and post-commit run */
	bool allow_same;		/* an empty commit is fine, and a tag that is there is moved */
};

/* dir itself holds the repository (or the file that leads to it); ENOENT when it does not. */
struct gitrepo *gitrepo_open(struct arena *a, const char *dir, struct err *err) MUST_USE;
void gitrepo_close(struct gitrepo *r);		/* NULL is fine */
/* The commit of the repository that dir is anywhere in; NULL when there is none. */
const char *gitrepo_head(struct arena *a, const char *dir);
/* No file that git knows has changed. */
int gitrepo_clean(struct gitrepo *r, bool *clean, struct err *err) MUST_USE;
/* The nearest tag with two dots in its name; EGIT when there is none. */
int gitrepo_last_tag(struct gitrepo *r, const char **tag, struct err *err) MUST_USE;
/* Does its configuration ask for signatures (commit.gpgSign, tag.gpgSign)? */
bool gitrepo_wants_signing(struct gitrepo *r);
bool gitrepo_has_tag(struct gitrepo *r, const char *tag);
/* The files as they are now, on top of what is staged. */
int gitrepo_commit(struct gitrepo *r, const struct gitrepo_release *release, struct err *err) MUST_USE;
/* A tag with a message, at the last commit. */
int gitrepo_tag(struct gitrepo *r, const struct gitrepo_release *release, struct err *err) MUST_USE;
