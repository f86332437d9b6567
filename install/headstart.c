/* SPDX-License-Identifier: MIT */
#include "install/headstart.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "base/vec.h"
#include "cache/store.h"
#include "install/install.h"
#include "install/loop.h"
#include "install/reify.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/platform.h"
#include "resolver/tree.h"

#include <unistd.h>

/* A package.json that was changed since changes the tree, and who knows how much of it. */
static bool asks_for_what_is_there(struct node *root)
{
	for (struct map_entry *i = map_first(&root->edges_out.map); i; i = map_next(&root->edges_out.map, i)) {
		struct edge *e = i->value;

		if (!edge_valid(e) && !edge_is_optional(e))
			return false;
	}
	return root->children.map.count > 0;
}

/* Sure to be wanted as it is, and to come without anything being run. */
static bool is_sure(const struct reify *r, struct node *n, const struct platform *platform)
{
	if (n->is_link || n->inert || node_is_root(n) || node_in_bundle(n) || !n->integrity || !n->integrity[0])
		return false;
	if (!cstr_starts(node_resolved(n), "http"))
		return false;
	return !node_should_omit(n, r->options->omit) && platform_ok(n->manifest, platform);
}

/* Work for the workers while the others are weighed. */
#define UNWEIGHED 24

struct candidate {
	struct node *node;
	uint64_t weight;
};

static int by_weight(const void *pa, const void *pb, UNUSED void *ctx)
{
	const struct candidate *a = pa, *b = pb;

	return (a->weight < b->weight) - (a->weight > b->weight);
}

/* The largest first, so that no worker is left alone with one in the end. What the store does not have weighs nothing: where
 * that is all of the first few it is an empty cache, and nobody is weighed. */
static void weigh(const struct reify *r, struct vec *candidates)
{
	struct arena scratch = ARENA_INIT;
	uint64_t sum = 0;

	for (size_t i = 0; i < candidates->count && (sum || i < UNWEIGHED); i++) {
		struct candidate *c = candidates->items[i];

		c->weight = store_weight(&scratch, r->loop->cache, c->node->integrity);
		sum += c->weight;
	}
	arena_release(&scratch);
	vec_sort(candidates, by_weight, NULL);
}

/* The staging folder. What is said of a node_modules that is a link, and that it goes, comes when the tree is sure; what goes
 * wrong with the folder goes wrong again, aloud, when it has to be there. */
static bool has_stage(struct reify *r)
{
	const char *modules = path_join(r->arena, r->root, "node_modules");
	struct err ignored = ERR_INIT;

	if (r->stage || r->no_headstart)
		return r->stage;
	if (fs_lstat(modules).kind != FS_LINK && stage_make(r, &ignored) == 0)
		return true;
	r->no_headstart = true;
	if (r->made_modules && rmdir(modules) == 0)
		r->made_modules = false;
	return false;
}

/* What has to be fetched is unpacked first: links would keep the workers from that. */
static bool is_in_store(const struct reify *r, const struct node *n)
{
	struct arena scratch = ARENA_INIT;
	bool there = store_weight(&scratch, r->loop->cache, n->integrity) > 0;

	arena_release(&scratch);
	return there;
}

/* Flags are worked out when the tree is whole: where anything is left out, nothing is begun with here. */
bool headstart_one(struct reify *r, struct node *n, const struct platform *platform)
{
	const struct place *begun = map_find(&r->ahead, n->path);

	/* What another had there is looked at when this one's turn comes. */
	if (begun)
		return begun->node == n;
	if (!is_sure(r, n, platform) || !is_in_store(r, n) || !has_stage(r))
		return false;
	stage_ahead(r, n);
	return true;
}

void headstart(struct reify *r, struct tree *t, const struct platform *platform)
{
	struct node *root = node_target(t->root);
	struct vec later;
	size_t begun = 0;

	if (!asks_for_what_is_there(root) || !has_stage(r))
		return;
	vec_init(&later, r->arena);
	for (struct map_entry *i = inventory_first(root); i; i = inventory_next(root, i)) {
		struct node *n = i->value;
		struct candidate *c;

		if (map_has(&r->ahead, n->path) || !is_sure(r, n, platform))
			continue;
		if (begun++ < UNWEIGHED) {
			stage_ahead(r, n);
			continue;
		}
		c = ARENA_NEW(r->arena, struct candidate);
		c->node = n;
		vec_add(&later, c);
	}
	weigh(r, &later);
	for (size_t i = 0; i < later.count; i++)
		stage_ahead(r, VEC_AT(&later, struct candidate, i)->node);
}
