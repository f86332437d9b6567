/* SPDX-License-Identifier: MIT
 *
 * Candidates: a node for what an edge asks for, with the peers it brings, in a virtual root: a copy of the place that
 * asked, without what is there, where peers can be worked out before anything is placed in the tree.
 */
#include "base/arena.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"
#include "resolver/collate.h"
#include "resolver/conflict.h"
#include "resolver/dep_valid.h"
#include "resolver/ideal_int.h"
#include "resolver/manifest.h"
#include "resolver/pkgext.h"
#include "resolver/spec.h"

#include <string.h>

/* Nodes that the one who started it all cannot do without: a conflict among these is real. */
struct required {
	struct ideal *id;
	struct vec nodes;
	unsigned depth;		/* of the peers' peers */
};

/* More than any sound set of peers: some sets nest for ever, where npm does not end. */
enum { PEERS_MAX_DEPTH = 500 };

static bool is_required(const struct required *r, const struct node *n)
{
	return vec_find(&r->nodes, n) >= 0;
}

/* ---- virtual roots ---- */

struct node *ideal_virtual_root(struct ideal *id, struct node *n, bool reuse)
{
	struct ideal_note *note = ideal_note(id, n);

	if (reuse && note->virtual_root)
		return note->virtual_root;
	note->virtual_root = node_make(id->tree, &(struct node_options){
		.path = n->realpath,
		.source = n,
		/* a copied folder's own folders are found from where it was copied from */
		.resolved = cstr_starts(n->resolved, "file:") ? n->resolved : NULL,
		.overrides = n->overrides,
		.install_links = id->options.install_links,
		.legacy_peer_deps = id->options.legacy_peer_deps,
	});
	/* Targets of links are there too, so that what they provide resolves. */
	for (struct map_entry *i = map_first(&n->children.map); i; i = map_next(&n->children.map, i)) {
		struct node *child = i->value;

		if (child->is_link && child->target)
			node_make(id->tree, &(struct node_options){
				.path = child->realpath,
				.source = child->target,
				.root = note->virtual_root,
			});
	}
	return note->virtual_root;
}

/* ---- from a spec to a node ---- */

static struct node *failure(struct ideal *id, const char *name, struct node *parent, const struct err *why)
{
	struct err *kept = ARENA_NEW(id->arena, struct err);
	struct node *n;

	if (why)
		*kept = *why;
	n = node_make(id->tree, &(struct node_options){
		.name = name,
		.parent = parent,
		.error = kept,
		.install_links = id->options.install_links,
		.legacy_peer_deps = id->options.legacy_peer_deps,
	});
	ideal_note(id, n)->failed = true;
	vec_add(&id->failures, n);
	return n;
}

static int check_reach(const struct ideal *id, const struct spec *spec, const struct node *from, enum err_code code,
		       struct err *err)
{
	bool local = spec->type == SPEC_FILE || spec->type == SPEC_DIRECTORY;

	if (!local || !from || !spec->fetch_spec || node_may_reach(from, spec->fetch_spec, id->tree->root->realpath))
		return 0;
	err_set(err, code, "'%s' of '%s' is outside the project", spec->raw, node_id(from));
	err_note(err, "only the project itself may depend on files and folders outside it");
	return -1;
}

int ideal_check_allowed(const struct ideal *id, const struct spec *spec, const struct node *from, struct err *err)
{
	static const enum err_code codes[] = {
		[SPEC_GIT] = ERR_EALLOWGIT,
		[SPEC_REMOTE] = ERR_EALLOWREMOTE,
		[SPEC_FILE] = ERR_EALLOWFILE,
		[SPEC_DIRECTORY] = ERR_EALLOWDIRECTORY,
	};
	const struct ideal_options *o = &id->options;
	const enum allow rules[] = {
		[SPEC_GIT] = o->allow_git,
		[SPEC_REMOTE] = o->allow_remote,
		[SPEC_FILE] = o->allow_file,
		[SPEC_DIRECTORY] = o->allow_directory,
	};
	enum allow allow = spec->registry ? ALLOW_ALL : rules[spec->type];

	if (!spec->registry && check_reach(id, spec, from, codes[spec->type], err) < 0)
		return -1;
	if (allow == ALLOW_ALL)
		return 0;
	if (allow == ALLOW_ROOT && from && (node_is_project_root(from) || node_is_workspace(from)))
		return 0;
	err_set(err, codes[spec->type], "Fetching%s packages of type \"%s\" have been disabled",
		allow == ALLOW_ROOT ? " non-root" : "", spec_type_name(spec->type));
	err_note(err, "Refusing to fetch \"%s\"", spec_format(id->arena, spec));
	return -1;
}

/* A folder inside the project, named by a relative path, is always linked. */
static bool is_inside_project(struct ideal *id, const struct edge *e, const struct node *parent)
{
	if (!cstr_starts(e->raw_spec, "file:../") && !cstr_starts(e->raw_spec, "file:./"))
		return false;
	return path_is_in(path_resolve(id->arena, parent->realpath, e->raw_spec + strlen("file:")), id->tree->root->realpath);
}

static bool is_workspace_name(const struct ideal *id, const char *name)
{
	return name && id->tree->root->workspaces && map_has(id->tree->root->workspaces, name);
}

static struct node *link_node(struct ideal *id, const struct spec *spec, struct node *parent, struct edge *e)
{
	const struct ideal_found *f = ideal_find_directory(id, spec->fetch_spec, e->from);
	struct node *link = node_make(id->tree, &(struct node_options){
		.name = e->name,
		.parent = parent,
		.is_link = true,
		.realpath = f->realpath ? f->realpath : spec->fetch_spec,
		.manifest = f->manifest,
		.install_links = id->options.install_links,
		.legacy_peer_deps = id->options.legacy_peer_deps,
	});

	vec_add(&id->link_nodes, link);
	return link;
}

/* NULL where the project's packageExtensions do not go with the package: nothing optional excuses that. */
static struct node *found_node(struct ideal *id, const struct spec *spec, struct node *parent, struct edge *e, struct err *err)
{
	const struct ideal_found *f = ideal_find_locked(id, spec, e);
	struct extended extended[2];
	const char *identity;
	struct err incomplete = ERR_INIT;
	struct node *n;

	if (!f->manifest)
		return failure(id, e->name, parent, f->err);
	if (!f->manifest->version && spec->registry) {
		err_set(&incomplete, ERR_EGENERIC, "incomplete manifest for %s, missing version", e->name);
		return failure(id, e->name, parent, &incomplete);
	}
	identity = f->integrity && f->integrity[0] ? f->integrity :
		arena_printf(id->arena, "%s:%s@%s", f->resolved ? f->resolved : "", f->manifest->name ? f->manifest->name : "",
			f->manifest->version ? f->manifest->version : "");
	if (ideal_extend(id, f->manifest, identity, extended, err) < 0)
		return NULL;
	n = node_make(id->tree, &(struct node_options){
		.name = e->name,
		.manifest = extended[1].manifest,
		.parent = parent,
		.resolved = f->resolved,
		.integrity = f->integrity,
		.install_links = id->options.install_links,
		.legacy_peer_deps = id->options.legacy_peer_deps,
	});
	n->npm_extension = extended[0].applied;
	n->extension = extended[1].applied;
	return n;
}

/* A folder that a package which was itself installed from a folder depends on: it is installed too, not linked. */
static bool is_nested_folder(const struct ideal *id, const struct spec *spec, const struct node *parent)
{
	return spec->type == SPEC_DIRECTORY && id->options.install_links && !parent->is_link &&
	       cstr_starts(parent->resolved, "file:");
}

/* The workspace of that name, where it will do: it goes before what a registry has. */
static struct node *own_workspace(struct ideal *id, const char *name, struct edge *e)
{
	struct edge *own = is_workspace_name(id, name) ? node_edge(id->project, name) : NULL;

	return own && own->to && node_is_workspace(own->to) && node_satisfies(own->to, e) ? own->to : NULL;
}

static struct node *node_from_spec(struct ideal *id, const struct spec *spec, struct node *parent, struct edge *e,
				   struct err *err)
{
	bool nested_file = is_nested_folder(id, spec, parent);
	struct err why = ERR_INIT;
	struct node *own;

	if (ideal_check_allowed(id, spec, e->from, &why) < 0)
		return failure(id, e->name, parent, &why);
	if (spec->type == SPEC_DIRECTORY && !nested_file &&
		(is_workspace_name(id, spec->name) || !id->options.install_links || is_inside_project(id, e, parent)))
		return link_node(id, spec, parent, e);
	own = own_workspace(id, spec->name, e);
	if (own)
		return own;
	if (nested_file)
		spec = spec_resolve(id->arena, e->name,
			arena_printf(id->arena, "file:%s", path_resolve(id->arena, parent->resolved + strlen("file:"),
				e->raw_spec + strlen("file:"))), "/", &why);
	return spec ? found_node(id, spec, parent, e, err) : failure(id, e->name, parent, &why);
}

/* A name or a spec that cannot be is an error even where the dependency is optional: no node can stand for it, and its
 * name could lead out of the tree. */
static struct node *node_from_edge_spec(struct ideal *id, struct edge *e, struct node *parent, struct err *err)
{
	const char *where = edge_where(e->from, e);
	const struct spec *spec;

	if (!e->name[0]) {
		err_set(err, ERR_EINVALIDPACKAGENAME, "Invalid package name \"\" of package \"@%s\": name length must be greater "
			"than zero.", edge_spec(e));
		return NULL;
	}
	spec = tree_spec(id->tree, &(struct dep){.name = e->name, .spec = edge_spec(e)}, where ? where : "/", err);
	return spec ? node_from_spec(id, spec, parent, e, err) : NULL;
}

/* ---- with peers ---- */

struct pair {
	struct edge *edge;
	struct edge *second;	/* another edge for the same name, to be made happy too if possible; NULL */
	struct node *parent;	/* the virtual root; NULL: a new one */
};

static int load_peers(struct required *r, struct node *n, struct err *err);

/* What the second edge asks for, where both are happy with it. */
static struct node *node_for_pair(struct ideal *id, const struct pair *p, struct node *parent, struct err *err)
{
	struct node *first = node_from_edge_spec(id, p->edge, parent, err), *second;

	if (!first || !p->second || edge_valid(p->second))
		return first;
	second = node_from_edge_spec(id, p->second, parent, err);
	if (!second)
		return NULL;
	return edge_valid(p->edge) ? second : first;
}

static struct node *node_from_edge(struct required *r, const struct pair *p, struct err *err)
{
	struct ideal *id = r->id;
	struct edge *e = p->edge, *other = p->second;
	struct node *parent = p->parent ? p->parent : ideal_virtual_root(id, e->from, false), *n;
	int bad;

	n = node_for_pair(id, p, parent, err);
	if (!n)
		return NULL;
	node_set_parent(n, parent);
	if ((is_required(r, e->from) && e->type != EDGE_PEER_OPTIONAL) ||
		(other && is_required(r, other->from) && other->type != EDGE_PEER_OPTIONAL))
		vec_add(&r->nodes, n);
	ideal_note(id, n)->peer_source = parent->source;
	if (id->options.global && node_is_project_root(e->from))
		return n;
	if (r->depth >= PEERS_MAX_DEPTH) {
		err_set(err, ERR_ERESOLVE, "the peer dependencies of '%s' cannot be settled: they nest for ever", node_id(n));
		return NULL;
	}
	r->depth++;
	bad = load_peers(r, n, err);
	r->depth--;
	return bad ? NULL : n;
}

static int by_name(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return collate_compare(((const struct edge *)a)->name, ((const struct edge *)b)->name);
}

static bool may_conflict(const struct ideal *id, const struct node *n)
{
	const struct node *source = n->parent->source;
	bool mine = node_is_project_root(source) || node_is_workspace(source);

	return id->options.force || (!mine && !id->options.strict_peer_deps);
}

static int fail_peers(struct ideal *id, struct edge *e, struct edge *current, struct err *err)
{
	id->explanation = conflict_explain_peers(e, current, &id->options);
	return err_set(err, ERR_ERESOLVE, "unable to resolve dependency tree");
}

/* Nothing of that name is in the virtual root yet. */
static int load_missing_peer(struct required *r, struct node *n, struct edge *e, struct err *err)
{
	struct edge *wanted = node_edge(n->parent, e->name);
	bool conflict_ok = may_conflict(r->id, n);
	struct node *dep;

	if (!wanted) {
		if (e->type == EDGE_PEER_OPTIONAL) {
			struct node *now = node_resolve(n->parent->source, e->name);

			if (!now || node_satisfies(now, e))
				return 0;
		}
		return node_from_edge(r, &(struct pair){e, NULL, n->parent}, err) ? 0 : -1;
	}
	/* Whoever asked wants it too: take what suits both if there is such a thing. */
	dep = node_from_edge(r, &(struct pair){wanted, e, n->parent}, err);
	if (!dep)
		return -1;
	if (edge_valid(e))
		return 0;
	if (conflict_ok || !is_required(r, dep)) {
		e->peer_conflicted = true;
		return 0;
	}
	return n->parent ? fail_peers(r->id, e, wanted, err) : 0;
}

/* Something is there, and it is the wrong one: does what would be right suit everyone else? */
static int load_other_peer(struct required *r, struct node *n, struct edge *e, struct err *err)
{
	struct edge *wanted = node_edge(n->parent, e->name);
	bool conflict_ok = may_conflict(r->id, n);
	struct node *now = e->to, *dep = node_from_edge(r, &(struct pair){e, NULL, NULL}, err);

	if (!dep)
		return -1;
	if (node_can_replace(dep, now, NULL))
		return !n->parent || node_from_edge(r, &(struct pair){e, NULL, n->parent}, err) ? 0 : -1;
	if (conflict_ok || !is_required(r, e->from))
		return 0;
	return fail_peers(r->id, e, wanted, err);
}

static int load_peers(struct required *r, struct node *n, struct err *err)
{
	struct vec edges;

	vec_init(&edges, r->id->arena);
	for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
		struct edge *e = i->value;

		if (edge_is_peer(e) && !(edge_valid(e) && e->to))
			vec_add(&edges, e);
	}
	vec_sort(&edges, by_name, NULL);
	for (size_t i = 0; i < edges.count; i++) {
		struct edge *e = edges.items[i];

		/* A better one may have taken its place while its peers were loaded. */
		if (!n->parent || !e->from)
			break;
		if (edge_valid(e) && e->to)
			continue;
		if (e->to ? load_other_peer(r, n, e, err) : load_missing_peer(r, n, e, err))
			return -1;
	}
	return 0;
}

struct node *ideal_candidate(struct ideal *id, struct edge *e, struct node *parent, struct err *err)
{
	struct required r = {.id = id};

	vec_init(&r.nodes, id->arena);
	vec_add(&r.nodes, e->from);
	return node_from_edge(&r, &(struct pair){e, NULL, parent}, err);
}
