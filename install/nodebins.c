/* SPDX-License-Identifier: MIT */
#include "install/nodebins.h"

#include "base/fs.h"
#include "base/json.h"
#include "base/vec.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

struct bins_package bins_of_node(const struct node *n)
{
	return (struct bins_package){
		.path = n->path,
		.bin = &n->manifest->bin,
		.man = json_find(n->manifest->raw, "man"),
		.top = node_is_top(n),
		.global = node_is_global_top(n),
	};
}

bool bins_of_node_exist(struct node *n, void *ctx)
{
	struct bins_package p = bins_of_node(n);
	struct vec paths;

	if (!n->parent)
		return true;
	vec_init(&paths, ctx);
	bins_paths(ctx, &p, &paths);
	for (size_t i = 0; i < paths.count; i++)
		if (!fs_exists(paths.items[i]))
			return false;
	return true;
}
