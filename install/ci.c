/* SPDX-License-Identifier: MIT */
#include "install/ci.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "resolver/inventory.h"
#include "resolver/tree.h"

#define MAX_TEXT 1500

static void compare(struct node *n, struct node *lock, struct buf *out)
{
	if (!lock)
		buf_printf(out, "Missing: %s@%s from lock file\n", n->name, node_version(n));
	else if (!streq(node_version(n), node_version(lock)))
		buf_printf(out, "Invalid: lock file's %s@%s does not satisfy %s@%s\n", lock->name, node_version(lock), n->name,
			node_version(n));
}

int ci_check(struct arena *a, struct tree *locked, struct tree *ideal, struct err *err)
{
	struct buf out = BUF_INIT((size_t)1 << 20);

	for (struct map_entry *i = inventory_first(ideal->root); i; i = inventory_next(ideal->root, i))
		compare(i->value, inventory_find(locked->root, i->key), &out);
	if (!streq(locked->package_extensions_hash, ideal->package_extensions_hash))
		buf_adds(&out, !locked->package_extensions_hash ? "Missing: packageExtensions state from lock file\n"
			: !ideal->package_extensions_hash
				? "Invalid: lock file records packageExtensions state but package.json has none\n"
				: "Invalid: packageExtensions in package.json do not match the lock file\n");
	if (out.len)
		err_set(err, ERR_EUSAGE,
			"`lode ci` can only install packages when your package.json and package-lock.json are in sync. "
			"Please update your lock file with `lode install` before continuing.\n\n%s",
			out.len > MAX_TEXT ? arena_printf(a, "%.*s…\n", MAX_TEXT, buf_text(&out)) : buf_dup(a, &out));
	buf_release(&out);
	return err->code == ERR_OK ? 0 : -1;
}
