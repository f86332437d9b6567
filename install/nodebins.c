/* SPDX-License-Identifier: MIT */
#include "install/nodebins.h"

#include "base/json.h"
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

