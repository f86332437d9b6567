/* SPDX-License-Identifier: MIT
 *
 * From a lockfile to a tree and back, ordinary or hidden: what was read is written, and what was written is read.
 * The root's own entry stands for package.json.
 */
#include "fuzz.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "lockfile/commit.h"
#include "lockfile/lockfile.h"
#include "lockfile/virtual.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

#include <stdlib.h>

static struct lockfile *read_lock(struct arena *a, struct str text, bool hidden, struct err *err)
{
	struct lockfile_options o = {.path = "/p", .hidden = hidden};
	struct lockfile *lf = lockfile_parse(a, text, &o, err);

	if (!lf && err->code == ERR_OK)
		abort();
	return lf;
}

/* Every node is where the tree says it is. */
static void check(const struct tree *t)
{
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;

		if (n->root != t->root || (n->parent && node_child(n->parent, n->name) != n))
			abort();
		for (struct map_entry *k = map_first(&n->edges_out.map); k; k = map_next(&n->edges_out.map, k)) {
			struct edge *e = k->value;

			if (e->from != n || e->to != node_resolve(n, e->name))
				abort();
			(void)edge_error(e);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct err err = ERR_INIT;
	bool hidden = size && data[0] == 'H';
	struct lockfile *lf = read_lock(&a, (struct str){(const char *)data + hidden, size - hidden}, hidden, &err);
	struct buf b = BUF_INIT((size_t)1 << 26);

	if (lf && lf->loaded) {
		struct json *entry = lockfile_entry(lf, "");
		struct tree *t = tree_make(&a);
		struct virtual_options o = {.for_ideal = !hidden};

		t->root = node_make(t, &(struct node_options){
			.path = "/p",
			.manifest = manifest_from_json(&a, entry ? json_copy(&a, entry) : json_object(&a)),
		});
		if (virtual_load(t, lf, &o, &err) == 0) {
			struct err again = ERR_INIT;

			check(t);
			lockfile_format(&a, &b, lf, t, &(struct commit_options){0});
			if (!b.failed)
				(void)read_lock(&a, buf_str(&b), hidden, &again);
		} else if (err.code == ERR_OK) {
			abort();
		}
	}
	buf_release(&b);
	arena_release(&a);
	return 0;
}
