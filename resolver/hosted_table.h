/* SPDX-License-Identifier: MIT
 *
 * The hosts as data: what hosted.c (reading) and hosted_format.c (writing) share.
 *
 * An address is a template: {name} stands for a value (JavaScript's "null" when it has none), {name%} for the value
 * escaped as encodeURIComponent does; what is in [brackets] is left out whole when one of its values is empty.
 */
#pragma once

#include "base/base.h"
#include "resolver/hosted.h"

struct url;

/* What a host's path means; texts still escaped, NULL when missing. */
struct hosted_parts {
	const char *user;
	const char *project;
	const char *committish;
};

struct hosted_host {
	const char *type;
	const char *domain;
	const char *treepath, *blobpath, *editpath;
	const char *protocols;			/* " https ssh ": those that may name a repository there */
	bool file_fragment;			/* a fragment is "file-" and the path, as gist has it */
	bool (*extract)(struct arena *a, const struct url *u, struct hosted_parts *out);
	const char *templates[HOSTED_FORMS];	/* NULL: the default; "": no such address */
	const char *old_templates[HOSTED_FORMS];	/* NULL: as above */
};

extern const struct hosted_host hosted_hosts[];
extern const size_t hosted_hosts_count;
/* The default template of a form. */
extern const char *const hosted_templates[HOSTED_FORMS];
