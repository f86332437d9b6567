/* SPDX-License-Identifier: MIT
 *
 * The tree: nodes (a package at a place), links (a symlink at a place, with a target node), edges (one node wants
 * another by name). The same structures hold what a lockfile says, what is on disk, and what an install will make.
 *
 * Every node has a root. A node made alone is its own root; giving it a parent, a file-system parent or a root moves it,
 * with its whole family, into that root's inventory, and re-resolves the edges concerned, at once. So there is no
 * "finish" step and no stale edge: what node_* leaves behind always agrees with Node's resolution rules.
 * Putting a node where another is throws the other out (it becomes a root of its own, in no inventory but its own).
 *
 *	parent      the node whose node_modules folder holds this one
 *	fs_parent   the node in whose directory (not node_modules) this one lies: workspaces, link targets
 *	location    path relative to the root's real path, '/'-separated, "" for the root itself: a lockfile's key
 *
 * Memory: everything is in tree->arena; nothing is freed alone. Text is borrowed and must live as long as the tree.
 * A tree and what is in it belong to one thread.
 *
 *	struct tree *t = tree_make(&arena);
 *	t->root = node_make(t, &(struct node_options){.path = "/p", .manifest = m, .load_overrides = true});
 *	node_make(t, &(struct node_options){.path = "/p/node_modules/a", .manifest = a, .root = t->root, .resolved = …});
 *	const struct node *b = node_resolve(t->root, "b");
 */
#pragma once

#include "base/base.h"
#include "base/map.h"
#include "base/vec.h"

struct arena;
struct edge;
struct err;
struct inventory;
struct json;
struct known_spec;
struct manifest;
struct node;
struct override_set;

enum edge_type { EDGE_PROD, EDGE_DEV, EDGE_OPTIONAL, EDGE_PEER, EDGE_PEER_OPTIONAL, EDGE_WORKSPACE };
enum edge_error {
	EDGE_UNKNOWN,		/* not worked out yet; edge_error() never gives it */
	EDGE_OK,
	EDGE_MISSING,
	EDGE_INVALID,
	EDGE_PEER_LOCAL,	/* a peer dependency sits in its dependent's own node_modules */
	EDGE_DETACHED,
};

/* What one person's package.json or package wants by one name. `from` is NULL once detached. */
struct edge {
	struct node *from;
	struct node *to;		/* what the name resolves to, valid or not; NULL when nothing */
	const char *name;
	const char *raw_spec;		/* as written; edge_spec() applies overrides */
	const char *accept;		/* acceptDependencies' other spec; NULL when there is none */
	enum edge_type type;
	enum edge_error state;		/* cached; read it through edge_error() */
	size_t listed;			/* position among the tree's edges of this name */
	bool peer_conflicted;		/* left broken on purpose: do not try again */
	struct override_set *overrides;	/* rules for what is below this edge; NULL when none */
	struct json *explanation;	/* cached by edge_explain */
	const char *parsed_text;	/* the spec `parsed` was made from */
	const char *parsed_where;
	const struct known_spec *parsed; /* cached by dep_valid */
};

/* A map from names to nodes or edges which treats names that differ in case only as one, as file systems may. */
struct name_map {
	struct map map;
};

/* npm's flags: how a node is reachable. All are true until dep flags are worked out (flags.h). */
struct node_flags {
	bool dev;		/* only through development dependencies */
	bool optional;		/* only through optional ones */
	bool dev_optional;	/* through both kinds, but by neither alone */
	bool peer;		/* only through peer ones */
	bool extraneous;	/* not at all */
};

struct node {
	struct tree *tree;
	struct node *root;
	struct node *parent;
	struct node *fs_parent;
	struct node *target;		/* links only; NULL while none is known */
	struct node *source;		/* a virtual node's original (peer sets are worked out on copies); else NULL */
	const char *name;		/* where it is installed as: an alias keeps its own */
	const char *path;		/* absolute; NULL for a node not in any place yet */
	const char *realpath;		/* the same, but for links: their target's */
	const char *location;
	struct manifest *manifest;	/* never NULL */
	const char *resolved;		/* see node_resolved() */
	const char *integrity;
	struct json *patched;		/* lockfile v4's {path, integrity}; NULL */
	struct json *extension;		/* packageExtensionsApplied; NULL */
	struct json *npm_extension;	/* npmExtensionApplied; NULL */
	struct inventory *inventory;	/* roots only, else NULL */
	struct name_map children;	/* struct node */
	struct name_map edges_out;	/* struct edge */
	struct vec fs_children;
	struct vec links_in;
	struct vec edges_in;
	struct vec tops;		/* roots only: nodes in it without a parent */
	struct vec errors;		/* struct err: why it could not be loaded, specs nobody understands */
	struct map *workspaces;		/* project roots: name to path, else NULL */
	struct override_set *overrides;
	struct json *explanation;	/* cached by node_explain */
	struct node_flags flags;
	bool is_link;
	bool is_global;			/* root of a global install */
	bool dummy;			/* a stand-in for a directory outside the project */
	bool inert;			/* stays in the lockfile and is not installed: optional, and cannot be here */
	bool in_store;			/* a package of the linked strategy's store */
	bool shared;			/* a package of that store that other projects use, too: nobody may write to it */
	bool store_link;		/* a link of that strategy to what a package depends on */
	bool install_links;
	bool legacy_peer_deps;
	bool patch_removed;
	bool in_place;			/* it is known to be on disk as it is here: nobody has to compare it */
	bool without_gyp;		/* its files were put in place just now, and no binding.gyp is among them */
	const struct inventory *listed_in; /* whose lists by name and real path have it */
	bool queued;			/* its turn depends on where it is: moving it sets tree->queue_moved */
	uint64_t mark;			/* membership in the set being built (tree->mark) */
	const void *version_cache;	/* dep_valid's parsed version */
	void *extra;			/* the room that works on the tree may hang something here */
};

struct tree {
	struct arena *arena;
	struct node *root;		/* the project; may be a link */
	const struct json *lock_data;	/* the lockfile the tree came from; NULL */
	const struct json *lock_packages; /* its "packages" */
	bool loaded_from_disk;		/* from a lockfile, or from a node_modules that is not empty */
	bool flags_suspect;		/* package.json and lockfile disagree: flags must be worked out again */
	int original_lockfile_version;	/* 0: no lockfile */
	bool ancient_lockfile;		/* v1 without "requires" */
	bool hidden_lockfile;
	const char *package_extensions_hash;	/* as in the lockfile; the resolver puts the project's own here */
	const char *npm_extension_hash;
	/* An edge has found its node, in the tree of the root; may be NULL. */
	void (*edge_added)(struct edge *e, void *ctx);
	void *edge_added_ctx;
	struct err *failure;		/* the first thing that makes the whole tree impossible: a $reference to nothing */
	uint64_t mark;
	struct map edges;		/* name in lower case to struct vec of struct edge: all that have a dependent */
	unsigned moving;		/* families on their way to another root */
	bool queue_moved;		/* a queued node was moved or taken out */
	struct map specs;		/* dep_valid's cache */
	struct vec scratch;		/* idle vectors */
};

struct node_options {
	const char *name;		/* default: from path, then the manifest */
	const char *path;
	const char *realpath;		/* links only */
	struct manifest *manifest;	/* default: the source's, else an empty one */
	struct node *parent;
	struct node *fs_parent;
	struct node *root;
	bool is_link;
	struct node *target;		/* links: default is root's node at realpath, or a new one with this manifest */
	struct node *source;
	const char *resolved;		/* default: the manifest's _resolved */
	const char *integrity;		/* default: the manifest's _integrity */
	struct override_set *overrides;
	bool load_overrides;		/* from the manifest's own "overrides" */
	struct err *error;		/* borrowed: why it could not be loaded */
	const struct node_flags *flags;	/* default: all true (all false for a dummy) */
	bool is_global, dummy, install_links, legacy_peer_deps, in_store;
};

struct tree *tree_make(struct arena *a);
/* The tree cannot be worked out at all; the first failure stays. */
void tree_fail(struct tree *t, const struct err *e);

/* ---- Nodes ---- */

struct node *node_make(struct tree *t, const struct node_options *o);
/* NULL takes the node out of its tree (as node_set_root(n, NULL)). A link as parent means its target. */
void node_set_parent(struct node *n, struct node *parent);
void node_set_fs_parent(struct node *n, struct node *fs_parent);
/* Move into root's tree by path; NULL: become a root of one's own. */
void node_set_root(struct node *n, struct node *root);
/* Take old's place, name and children. */
void node_replace(struct node *n, struct node *old);
/* A new manifest: every edge out is made again, every edge in is checked again. Also after changing one in place. */
void node_set_manifest(struct node *n, struct manifest *m);
/* Project root: its workspaces (name to absolute path), as edges. */
void node_set_workspaces(struct node *n, struct map *workspaces);
void link_set_target(struct node *link, struct node *target);
/* Edges from the manifest; node_make does it. */
void node_load_deps(struct node *n);
void node_add_error(struct node *n, const struct err *e);
/* Overrides reach link targets again: what is below a target may have come after the link did. */
void tree_spread_overrides(struct node *root);

/* What `name` means to code in n; NULL when nothing. */
struct node *node_resolve(const struct node *n, const char *name);
struct node *node_child(const struct node *n, const char *name);
struct edge *node_edge(const struct node *n, const char *name);
/* The node itself, a link's target. */
struct node *node_target(struct node *n);
struct node *node_resolve_parent(const struct node *n);
struct node *node_top(struct node *n);
int node_depth(const struct node *n);
/* The package that bundles n; NULL when none does. */
struct node *node_bundler(struct node *n);
bool node_in_bundle(struct node *n);
bool node_in_dep_bundle(struct node *n);	/* bundled by something else than the root */
bool node_is_root(const struct node *n);
bool node_is_project_root(const struct node *n);
bool node_is_workspace(const struct node *n);
bool node_is_top(const struct node *n);
bool node_is_global_top(const struct node *n);
bool node_is_descendant(const struct node *n, const struct node *of);
bool node_is_registry_dep(struct node *n);	/* every edge in asks a registry */
bool node_overridden(struct node *n);
/* May n depend on the file or folder at path? Whatever came from elsewhere (a registry, git, a URL) reaches nothing
 * outside the project, nor outside the linked folder, that it is installed in. Stricter than npm. */
bool node_may_reach(const struct node *n, const char *path, const char *project);
const char *node_version(const struct node *n);		/* "" when there is none; a link's is its target's */
const char *node_package_name(const struct node *n);	/* NULL when there is none */
const char *node_resolved(const struct node *n);	/* a link's is file:<relative path>; NULL when there is none */
bool node_has_install_script(const struct node *n);
/* name@version, name@npm:other@version for an alias. */
const char *node_id(const struct node *n);

/* Which kinds are left out: bits. */
enum { OMIT_DEV = 1, OMIT_OPTIONAL = 2, OMIT_PEER = 4 };
bool node_should_omit(struct node *n, unsigned omit);

bool node_satisfies(struct node *n, struct edge *e);
bool node_matches(struct node *a, struct node *b);		/* the same thing, as far as one can tell */
/* Would every dependent of old accept n in its place? ignore_peers: names of peers replaced together, or NULL. */
bool node_can_replace(struct node *n, struct node *old, const struct name_map *ignore_peers);
bool node_can_dedupe(struct node *n, bool prefer_dedupe, bool explicit_request);
void node_reset_flags(struct node *n);		/* all true */
void node_unset_flags(struct node *n);		/* all false */

/* ---- Edges ---- */

struct edge *edge_make(struct node *from, enum edge_type type, const char *name, const char *spec, const char *accept);
void edge_reload(struct edge *e, bool hard);
void edge_detach(struct edge *e);
/* EDGE_OK, also for an optional dependency that is not there. */
enum edge_error edge_error(struct edge *e);
static inline bool edge_valid(struct edge *e) { return edge_error(e) == EDGE_OK; }
/* With overrides applied. Never NULL. */
const char *edge_spec(const struct edge *e);
bool edge_satisfied_by(struct edge *e, struct node *n);
bool edge_is_bundled(const struct edge *e);
const char *edge_type_name(enum edge_type type);	/* "prod", "peerOptional"… */
const char *edge_error_name(enum edge_error e);		/* "MISSING"…; NULL for EDGE_OK */
static inline bool edge_is_peer(const struct edge *e) { return e->type == EDGE_PEER || e->type == EDGE_PEER_OPTIONAL; }
static inline bool edge_is_optional(const struct edge *e)
{
	return e->type == EDGE_OPTIONAL || e->type == EDGE_PEER_OPTIONAL;
}

/* ---- Maps by name, in order of arrival (an entry put again moves to the end) ---- */

void name_map_init(struct name_map *m, struct arena *a);
void name_map_put(struct name_map *m, const char *name, void *value);
void *name_map_find(const struct name_map *m, const char *name);
/* Where a walk comes to it; only good for comparing. NULL when it is not there. */
const struct map_entry *name_map_entry(const struct name_map *m, const char *name);
bool name_map_remove(struct name_map *m, const char *name);
/* The key that stands for name in m.map; name itself when it is in lower case. */
const char *name_map_key(const struct name_map *m, const char *name);

/* Both walks allow removing what is at hand:
 *	for (struct map_entry *i = map_first(&n->children.map); i; i = map_next(&n->children.map, i))
 *		struct node *child = i->value;
 */

/* ---- Scratch: a vector for a moment; give it back ---- */

struct vec *tree_scratch(struct tree *t);
void tree_scratch_done(struct tree *t, struct vec *v);
