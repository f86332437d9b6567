/* SPDX-License-Identifier: MIT
 *
 * The packages a command line of exec names, and which of them a tree has already (npm's libnpmexec).
 *
 * A registry's version or range is looked for by name and version, everything else by where it came from, for which it has
 * to be asked for first. In the cache of exec a range, and a name alone, is never simply good: there may be something newer.
 */
#pragma once

#include "base/base.h"
#include "install/manifests.h"

struct err;
struct exec;
struct install_options;
struct node;
struct tree;

struct exec_want {
	struct manifest_ask ask;	/* its spec; its manifest once it was asked for */
	const struct manifest *found;	/* of the package in the project; NULL: it is missing there */
};

enum exec_place {
	EXEC_PROJECT,
	EXEC_GLOBAL,			/* only what was installed itself */
	EXEC_CACHE,
};

/* Reads the words; folders become absolute, so that one key stands for one package. e->packages.count of them. */
struct exec_want *exec_wants(struct exec *e, struct err *err) MUST_USE;
/* The tree in a folder; NULL when it cannot be read. */
struct tree *exec_tree(struct exec *e, const char *path, enum exec_place place);
/* The package that is meant, NULL when it is not there. What has to be asked for and was not, is not found. */
struct node *exec_find_in(const struct tree *t, const struct exec_want *w, enum exec_place place);
/* Finds what the project has, and asks for all the rest; how many are missing. */
int exec_wants_local(struct exec *e, struct exec_want *wants, size_t *missing, struct err *err) MUST_USE;
