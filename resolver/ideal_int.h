/* SPDX-License-Identifier: MIT
 *
 * What the ideal_*.c files share; nobody else includes it.
 *
 * The algorithm runs on a fiber, straight down as npm's does; where npm awaits an answer, it yields until that was fed. So it
 * takes everything in one fixed order, whenever answers come.
 */
#pragma once

#include "base/map.h"
#include "base/vec.h"
#include "resolver/ideal.h"
#include "resolver/pkgext.h"
#include "resolver/platform.h"

struct fiber;
struct spec;

/* What is noted of a node while resolving. */
struct ideal_note {
	struct node *virtual_root;	/* where its dependencies' peers are worked out */
	struct node *peer_source;	/* whose virtual root it was made in */
	bool seen, failed;
};

/* Something asked for, once. */
struct ideal_ask {
	struct ideal_need need;
	const struct packument *packument;	/* the answer: as in struct ideal_answer */
	struct manifest *manifest;
	const char *resolved, *integrity, *realpath;
	const struct err *err;		/* NULL unless it failed */
	bool answered;
	struct vec wanted;		/* const char *: specs of this packument whose dependencies are to be hinted at */
};

/* What a spec turned out to be. */
struct ideal_found {
	struct manifest *manifest;	/* NULL: err says why not */
	const char *resolved, *integrity, *realpath;
	const struct err *err;		/* NULL unless it failed */
};

struct ideal {
	struct tree *tree;
	struct arena *arena;
	struct ideal_options options;
	struct platform platform;	/* for optional packages */
	struct platform host;
	int64_t before;			/* PICK_ANY_TIME: no limit */
	struct fiber *fiber;
	struct err err;
	struct err ignored;		/* of hints */
	bool over;
	struct node *project;		/* the root, or what it links to */
	struct map asks;		/* struct ideal_ask by what is asked for */
	struct map found;		/* struct ideal_found by spec */
	struct vec unsaid;		/* struct ideal_need: not yet listed to the caller */
	struct vec said;		/* struct ideal_need: those listed last */
	struct vec fed;			/* struct ideal_ask: answered, not yet looked at for hints */
	struct ideal_ask *waiting;	/* what the fiber waits for */
	struct map visits;		/* how often each place was looked at: struct ideal_visits by location */
	struct vec queue;		/* struct node: those taken already, what is sorted, what came last */
	size_t taken, sorted;		/* where the next one is, and the first not yet sorted */
	struct vec link_nodes;
	struct vec failures;		/* struct node */
	struct vec explicit_edges;
	struct vec added;		/* struct spec */
	struct map engines;		/* ranges that the runtime's version was held against: struct ideal or NULL for no */
	bool requested, mutated;
	bool brief;			/* abbreviated packuments will do: an old lockfile is being filled up */
	struct pkgext *extensions;	/* the project's packageExtensions; NULL: none */
	uint32_t serial;
	const struct json *explanation;
};

/* ---- ideal_ask.c: asking ---- */

struct ideal_note *ideal_note(struct ideal *id, struct node *n);
const struct err *ideal_keep_err(struct ideal *id, const struct err *err);
/* What spec is; waits for it. from: who wants it. */
const struct ideal_found *ideal_find(struct ideal *id, const struct spec *spec, const struct node *from);
/* The same with the integrity that a tarball must have; may be NULL. Registries' packages are not checked here. */
const struct ideal_found *ideal_find_with(struct ideal *id, const struct spec *spec, const struct node *from,
					  const char *integrity);
/* package.json of a link's target. */
const struct ideal_found *ideal_find_directory(struct ideal *id, const char *path, const struct node *from);
/* Loads what a package bundles. */
void ideal_load_bundle(struct ideal *id, struct node *n);
/* It will be wanted soon; as an optional one it may be for some platforms only. */
void ideal_hint(struct ideal *id, const struct spec *spec, const struct node *from, bool optional);
/* Follow answered hints to what they depend on. */
void ideal_follow_hints(struct ideal *id);

/* ---- ideal_locked.c: another tool's lockfile ---- */

/* As ideal_find for what e asks for, in the version that the lockfile keeps. */
const struct ideal_found *ideal_find_locked(struct ideal *id, const struct spec *spec, const struct edge *e);
/* What will be looked up for it; the spec itself when nothing is kept. */
const struct spec *ideal_locked_spec(const struct ideal *id, const struct spec *spec, const struct node *from);
const struct spec *ideal_locked_dep(const struct ideal *id, const struct spec *spec, const struct manifest *from);

/* ---- ideal_request.c: what the user wants ---- */

int ideal_request(struct ideal *id, struct err *err) MUST_USE;
bool ideal_is_update_name(const char *name, void *id);

/* ---- ideal_fix.c: what an audit found ---- */

/* Is it known to be vulnerable? n may be NULL. */
bool ideal_is_vulnerable(const struct ideal *id, const struct node *n);
/* Versions of a package to be avoided; NULL: none. */
const char *ideal_avoid(const struct ideal *id, const char *name);
/* Queues who depends on what is vulnerable, and with force puts versions that help into package.json. */
int ideal_request_fixes(struct ideal *id, struct err *err) MUST_USE;
/* Adds these specs to one package.json, as `install` does. (ideal_request.c) */
int ideal_add_to(struct ideal *id, struct node *tree, const char *const *specs, size_t n, struct err *err) MUST_USE;

/* ---- ideal_node.c: candidates ---- */

/* A candidate for e with its peers, in a virtual root (parent, or one made for it). NULL on ERESOLVE. */
struct node *ideal_candidate(struct ideal *id, struct edge *e, struct node *parent, struct err *err) MUST_USE;
struct node *ideal_virtual_root(struct ideal *id, struct node *n, bool reuse);
/* May a spec of this kind be used here? EALLOWGIT and its kin. */
int ideal_check_allowed(const struct ideal *id, const struct spec *spec, const struct node *from, struct err *err) MUST_USE;

/* ---- ideal_build.c: the queue ---- */

void ideal_queue(struct ideal *id, struct node *n);
int ideal_build(struct ideal *id, struct err *err) MUST_USE;
/* Whoever stands in the queue is going to ask: it is all on its way before the first answer is waited for. */
void ideal_hint_queued(struct ideal *id);
/* Edges of n that need work, in order. */
void ideal_problem_edges(struct ideal *id, struct node *n, struct vec *out);

/* ---- ideal_extend.c: packageExtensions ---- */

int ideal_load_extensions(struct ideal *id, struct err *err) MUST_USE;
/* A manifest as the project's code and rules make it, on a node that is made from it. */
int ideal_extend(struct ideal *id, struct manifest *m, const char *identity, struct extended out[2], struct err *err) MUST_USE;
/* Rules for workspaces, or in them, have no effect: say so. */
void ideal_warn_extensions(struct ideal *id);

/* ---- ideal_finish.c: afterwards ---- */

int ideal_inflate(struct ideal *id, struct err *err) MUST_USE;
int ideal_finish(struct ideal *id, struct err *err) MUST_USE;
void ideal_warn(struct ideal *id, const char *title, const char *text);
