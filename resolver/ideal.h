/* SPDX-License-Identifier: MIT
 *
 * The ideal tree: the one that satisfies package.json, worked out step by step from a start tree. A pump without I/O:
 *
 *	struct ideal *id = ideal_open(tree, &options);
 *	struct ideal_needs needs;
 *	while ((state = ideal_step(id, &needs, err)) == IDEAL_NEEDS)
 *		for each need in any order and at any time: ideal_feed(id, need, &answer);
 *	if (state == IDEAL_DONE) … tree->root is the ideal tree
 *	ideal_close(id);
 *
 * ideal_step works until it cannot go on without an answer. It lists every need not listed before: first the ones it is
 * stopped at (`required`), then hints for what it will want later, found in manifests already fed, so that the network is
 * never idle. It goes on when every required need has been fed; call it again whenever something was fed, hints give
 * new hints. Answers may come in any order: **the tree does not depend on it**. A failed hint does no harm.
 *
 * The start tree is what a lockfile says, what is in node_modules, or a lone root; it is changed in place.
 */
#pragma once

#include "base/base.h"
#include "base/err.h"
#include "base/vec.h"
#include "resolver/tree.h"

struct extended;
struct ideal;
struct ideal_event;
struct json;
struct manifest;
struct packument;
struct spec;

enum ideal_state { IDEAL_NEEDS, IDEAL_DONE, IDEAL_ERROR };

enum need_kind {
	NEED_PACKUMENT,		/* by name: answer.packument */
	NEED_MANIFEST,		/* of a git repository, a tarball URL or file: answer.manifest, resolved, integrity */
	NEED_DIRECTORY,		/* package.json of a directory: answer.manifest, realpath; an error means it has none */
	NEED_BUNDLE,		/* what a package bundles: unpack need.node's tarball and load its node_modules as
				   children of need.node (missing dependencies stay missing); answer is empty */
};

struct ideal_need {
	enum need_kind kind;
	bool required;
	const char *name;		/* packument: the package's name. Others: what the dependency is called, or NULL */
	const struct spec *spec;	/* what is asked for, with where relative paths start already applied */
	struct node *node;		/* NEED_BUNDLE */
	bool full_metadata;		/* the whole document, with times and licenses; else the abbreviated one. Where that is given all the
					 * same, manifests say so (abbreviated), and who saves the tree fills them up */
	bool whole;			/* nothing less will do: it is for some platforms only, and abbreviated documents do not tell libc */
	const char *from;		/* location of the first node that wants it, for messages; "" is the root */
	const char *integrity;		/* manifest: what the tarball must have; may be NULL */
	bool from_root;			/* it is the project or a workspace (allow-git=root…) */
	uint32_t id;
	void *extra;			/* the feeder's own */
};

struct ideal_needs {
	struct ideal_need **items;	/* borrowed; each is given once and stays valid until ideal_close, the list until the next step */
	size_t count;
};

/* One answer; everything in it must live as long as the tree. err.code != ERR_OK is a failure, which is fatal only when
 * something that is not optional wants it. */
struct ideal_answer {
	const struct packument *packument;
	struct manifest *manifest;
	const char *resolved;		/* as it goes into the lockfile: git+ssh://…#sha, https://….tgz, file:… */
	const char *integrity;
	const char *realpath;
	struct err err;
};

enum install_strategy { STRATEGY_HOISTED, STRATEGY_NESTED, STRATEGY_SHALLOW, STRATEGY_LINKED };
enum save_type { SAVE_INFER, SAVE_PROD, SAVE_DEV, SAVE_OPTIONAL, SAVE_PEER, SAVE_PEER_OPTIONAL };
enum allow { ALLOW_ALL, ALLOW_ROOT, ALLOW_NONE };

/* Who asks for what. */
struct ideal_asker {
	const struct spec *spec;
	const char *name, *version;	/* of the package that asks; may be NULL */
	const char *folder;		/* location of the project ("") or of a workspace; NULL for packages */
};

/* What another tool's lockfile keeps for it. */
struct ideal_lock {
	const struct spec *spec;	/* to be looked up instead */
	const char *integrity;		/* what it must have; NULL: anything */
	bool firm;			/* what fails fails, and it binds explicit requests too, as with npm; else a preference */
};

struct ideal_options {
	const char **add;		/* specs as typed; paths are relative to `where`. Even an empty list (`install` alone)
					   means that changes are asked for: what is extraneous goes. Else NULL */
	size_t add_count;
	const char *where;		/* default: the root's path */
	const char **rm;
	size_t rm_count;
	const char **update;		/* names */
	size_t update_count;
	bool update_all;
	enum save_type save_type;
	bool save_bundle;
	bool no_prune;			/* keep what is extraneous */
	bool no_save;			/* npm's save=false: nothing will be written to package.json or lockfile (ci) */
	bool complete;			/* the lockfile alone is wanted: look into bundles */
	bool prefer_dedupe;
	bool legacy_peer_deps;
	bool strict_peer_deps;
	bool force;
	bool global;
	const struct json *global_updates;	/* with global: the packages there that are to be updated: name -> "*" or file:… */
	bool install_links;
	bool engine_strict;
	enum install_strategy strategy;
	unsigned omit;			/* OMIT_*; only decides about engine and platform errors */
	const char **workspaces;	/* names or paths of workspaces to work on; none: the root */
	size_t workspace_count;
	bool include_workspace_root;
	const char *node_version, *npm_version;
	const char *cpu, *os, *libc;	/* for optional packages; NULL: this machine's */
	const char *host_cpu, *host_os, *host_libc;
	const char *before;		/* ISO date; NULL: none */
	bool abbreviated;		/* documents may come without licenses and acceptDependencies: those do not count */
	bool (*age_excluded)(const char *name, void *ctx);	/* names without age limit; may be NULL */
	void *age_ctx;
	const char *default_tag;	/* NULL: latest */
	const struct audit *audit;	/* what it knows to be vulnerable is to be fixed; NULL: nothing */
	enum allow allow_git, allow_remote, allow_file, allow_directory;
	/* The sha512 the lockfile keeps of "packageExtensions" (pkgext_canonical). NULL: not to be had here,
	 * then the lockfile counts as made under other rules. */
	const char *(*hash_extensions)(struct arena *a, const struct json *rules);
	bool (*locked)(const struct ideal_asker *who, struct ideal_lock *out, void *ctx);	/* may be NULL; false: nothing */
	void *locked_ctx;
	/* The project's .npm-extension: its hash (NULL: there is no such file), and what it makes of a manifest, before the rules of
	 * packageExtensions. identity: one answer does for all of that. transform may be NULL. */
	bool ignore_extension;
	const char *npm_extension_hash;
	int (*transform)(struct manifest *m, const char *identity, struct extended *out, void *ctx, struct err *err);
	void *transform_ctx;
	void *event_ctx;
	void (*event)(const struct ideal_event *e, void *ctx);	/* warnings and progress; may be NULL */
};

/* What happened that a person may want to know. */
enum ideal_event_kind {
	IDEAL_WARN,		/* title, text */
	IDEAL_WARN_ERESOLVE,	/* a peer dependency was overridden: data is the explanation (eresolve.h) */
	IDEAL_WARN_ENGINE,	/* data: {package, required, current} */
	IDEAL_PLACED,		/* progress: text is the location */
};

struct ideal_event {
	enum ideal_event_kind kind;
	const char *title;
	const char *text;
	const struct json *data;
};

/* Starts; nothing is asked yet. options are borrowed until ideal_close. */
struct ideal *ideal_open(struct tree *t, const struct ideal_options *options);
enum ideal_state ideal_step(struct ideal *id, struct ideal_needs *needs, struct err *err) MUST_USE;
void ideal_feed(struct ideal *id, struct ideal_need *need, const struct ideal_answer *answer);
/* After ERR_ERESOLVE: why, as npm's explanation object; NULL otherwise. */
const struct json *ideal_explanation(const struct ideal *id);
/* What was added: struct spec, with names, in the order of the arguments (for saving). */
const struct vec *ideal_added(const struct ideal *id);
void ideal_close(struct ideal *id);
