/* SPDX-License-Identifier: MIT
 *
 * Edits of package.json's allowScripts, as npm's install-scripts makes them: approving pins the installed versions (or, on
 * request, writes the name), takes away pins that no longer apply, and never goes over a denial; denying writes the name and
 * takes every allowed version away. Keys are only made from what can be trusted, never from what a package says of itself.
 */
#pragma once

#include "base/base.h"
#include "base/vec.h"

struct arena;
struct json;
struct node;

struct allow_change {
	const char *key;
	const char *change;	/* "added", "removed-stale", "removed-pinned-allow", "replaced-by-pin"; of pruning: why */
};

/* One edit after the other: field is the object as it is by then. */
struct allow_edit {
	struct arena *arena;
	const char *root;	/* the project's directory */
	struct json *field;
	bool pin;
};

struct allow_edited {
	struct vec changes;	/* of struct allow_change */
	const char *warning;	/* NULL: none */
};

/* A copy of existing (NULL or no object: empty) is edited. */
void allow_edit_init(struct allow_edit *e, struct arena *a, const struct json *existing, const char *root);
/* The key that stands for every version of a package, NULL when it has no identity to trust. */
const char *allow_name_key(struct arena *a, struct node *node);
/* Approves or denies the nodes, which share a name key. */
void allow_edit_approve(struct allow_edit *e, const struct vec *nodes, struct allow_edited *out);
void allow_edit_deny(struct allow_edit *e, const struct vec *nodes, struct allow_edited *out);
/* Drops what matches no node or none with scripts; change is then "not-installed" or "no-scripts". */
void allow_edit_prune(struct allow_edit *e, const struct vec *nodes, struct allow_edited *out);
