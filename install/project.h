/* SPDX-License-Identifier: MIT
 *
 * The files of a project, read: package.json, workspaces, lockfile; and the trees they make.
 * Nothing here writes.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"
#include "lockfile/style.h"

struct arena;
struct err;
struct lockfile;
struct lockfile_options;
struct manifest;
struct map;
struct tree;
struct vec;

struct package_file {
	struct manifest *manifest;	/* normalised; an empty one when there is no file */
	struct str text;		/* as on disk; ptr NULL when there is no file */
	struct style style;
};

/* dir/package.json; a missing file is ENOENT, JSON that cannot be read EJSONPARSE naming the file. */
int package_read(struct arena *a, const char *dir, struct package_file *out, struct err *err) MUST_USE;
/* As package_read, but a missing file gives an empty manifest. */
int package_read_if(struct arena *a, const char *dir, struct package_file *out, struct err *err) MUST_USE;
/* npm's workspaces setting as folders on disk: name to absolute path, in npm's order. An empty map when there are none.
 * EDUPLICATEWORKSPACE when two have one name. */
struct map *workspaces_find(struct arena *a, const struct manifest *root, const char *dir, struct err *err) MUST_USE;

/* Adds the folders that the setting means, relative to dir; whether there is a package in them is not looked at. */
void workspaces_folders(struct arena *a, const struct manifest *root, const char *dir, struct vec *out);

struct workspace_choice {
	const char *path;		/* the project */
	const char *root_name;		/* its name, for with_root */
	const char *cwd;		/* what relative folders start from */
	const char *const *filters;	/* names, folders of workspaces, folders that hold some */
	size_t n_filters;		/* 0: all of them */
	bool with_root;
};

/* The workspaces that -w and -ws mean: name to path. "No workspaces found" when there are none. */
struct map *workspaces_choose(struct arena *a, const struct map *all, const struct workspace_choice *c,
			      struct err *err) MUST_USE;

/* What to do about a lockfile that cannot be used. */
#define LOCKFILE_ADVICE                                                                                                \
	"To fix:\n1. get package-lock.json back (git checkout package-lock.json), or\n"                                 \
	"2. rm package-lock.json, and `lode install` makes a new one"

/* The package-lock.json in o->path. No file, or one that cannot be read, gives lockfile_none (as npm does; *why then tells).
 * NULL only for what npm refuses: a newer format. why may be NULL. */
struct lockfile *lockfile_read(struct arena *a, const struct lockfile_options *o, struct err *why,
			       struct err *err) MUST_USE;

struct yarn;

struct project_options {
	const char *path;		/* the project: absolute, normal */
	int lockfile_version;		/* setting lockfile-version, 0 when unset */
	bool install_links, legacy_peer_deps;
	bool ignore_extension;		/* the project's .npm-extension does not run */
	const char *extension_file;	/* the setting; NULL: the usual names */
	bool global;
	bool linked;			/* install-strategy=linked */
	bool no_lockfile;		/* package-lock=false */
	const char *public_registry;	/* URL, with a slash at its end, of the registry that yarn has its own name for; NULL */
	bool broken_ok;			/* go on with an empty manifest when package.json cannot be read: package_error */
};

/* What a command works on. */
struct project {
	struct project_options options;
	struct package_file package;
	struct map *workspaces;		/* name to path */
	struct lockfile *lockfile;	/* lockfile_none when there is none, or options.no_lockfile */
	struct lockfile *on_disk;	/* the same, whatever no_lockfile says: what is known of packages that are there */
	bool had_lockfile;		/* there is a file, if only a broken one */
	struct yarn *yarn;		/* yarn 1's lockfile, whether or not there is one of npm's; NULL: none */
	struct err *lock_error;		/* why a lockfile that is there was not read; NULL */
	struct err *package_error;	/* broken_ok: what is wrong with package.json; also among the root's errors. NULL */
};

/* package.json (may be missing), workspaces, lockfile. */
int project_load(struct arena *a, const struct project_options *o, struct project *out, struct err *err) MUST_USE;
/* The yarn.lock lends the tree what packages do not say of themselves, as edges find them. */
void project_watch(const struct project *p, struct tree *t);
/* A tree with its root: manifest, workspaces, overrides; no children. EOVERRIDE when an override meets a direct dependency. */
struct tree *project_root(struct arena *a, const struct project *p, struct err *err) MUST_USE;
/* The lockfile as a tree. for_ideal: to resolve from (flags are worked out again); else as it is.
 * ENOLOCK when there is no lockfile and not for_ideal. */
struct tree *project_virtual(struct arena *a, const struct project *p, bool for_ideal, struct err *err) MUST_USE;
