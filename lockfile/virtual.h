/* SPDX-License-Identifier: MIT
 *
 * A lockfile as a tree: every entry a node, links with their targets, edges made from the entries' dependency lists.
 *
 * The caller has made t->root from the project's package.json (load_overrides) and set its workspaces. Where
 * package.json and the lockfile's own root entry no longer agree, the flags of all nodes are worked out again
 * and t->flags_suspect is set: the tree needs resolving. A link whose target is not in the lockfile is an error
 * (EMISSINGTARGET).
 */
#pragma once

#include "base/base.h"

struct err;
struct json;
struct lockfile;
struct manifest;
struct tree;

struct virtual_options {
	/* The package.json in dir, or NULL when there is none to be read: link targets outside node_modules are
	 * the user's to change, so what is on disk counts, not what the lockfile remembers. May itself be NULL. */
	struct manifest *(*read_manifest)(const char *dir, void *ctx);
	void *ctx;
	bool install_links, legacy_peer_deps;
	bool for_ideal;		/* start of an ideal or actual tree: flags are always worked out again */
};

/* Fills t from lf. Sets t's lock_packages, loaded_from_disk, original_lockfile_version and so on. */
int virtual_load(struct tree *t, struct lockfile *lf, const struct virtual_options *o, struct err *err) MUST_USE;
