/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "lockfile/commit.h"
#include "lockfile/lockfile.h"
#include "resolver/inventory.h"
#include "resolver/isolated.h"
#include "resolver/tree.h"

static void add_entry(struct arena *a, struct json *packages, struct node *n, const char *path,
		      const struct commit_options *o)
{
	const struct isolated *i = isolated_of(n);
	struct json *entry;

	if (i->undeclared || node_is_root(n))
		return;
	entry = commit_entry(a, n, path, o);
	if (i->in_bundle)
		json_put_bool(a, entry, "inBundle", true);
	json_put(a, packages, n->location, entry);
	if (i->store)
		json_put(a, packages, i->store, json_object(a));
}

void lockfile_format_linked(struct arena *a, struct buf *out, const struct lockfile *lf, struct tree *t,
			    const struct commit_options *o)
{
	struct json *data = json_object(a), *packages = json_object(a);

	json_put(a, data, "lockfileVersion", json_number(a, LOCKFILE_VERSION));
	json_put_bool(a, data, "requires", true);
	json_put(a, data, "packages", packages);
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i))
		add_entry(a, packages, i->value, lf->path, o);
	style_format_lock(a, out, data, STYLE_DEFAULT);
}
