/* SPDX-License-Identifier: MIT */
#include "install/pending.h"

#include "base/vec.h"
#include "install/allow.h"
#include "install/lifecycle.h"
#include "resolver/inventory.h"
#include "resolver/tree.h"

void pending_list(struct arena *a, const struct lifecycle_options *o, const struct tree *t, struct vec *out)
{
	vec_init(out, a);
	if (o->ignore_scripts || o->allow_all)
		return;
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i))
		allow_collect(a, o->policy, i->value, out);
}
