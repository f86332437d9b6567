/* SPDX-License-Identifier: MIT
 *
 * How many packages ask for funding: each name and version once, as far as the root's dependencies reach.
 */
#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "base/url.h"
#include "cli/cli.h"
#include "cli/summary.h"
#include "resolver/manifest.h"
#include "resolver/tree.h"

static bool is_address(struct arena *a, const char *text)
{
	struct url u;
	if (!text || !url_parse(a, str_from(text), NULL, &u) || !u.hostname || !*u.hostname)
		return false;
	return streq(u.scheme, "https") || streq(u.scheme, "http");
}

static bool is_valid_one(struct arena *a, const struct json *v)
{
	return is_address(a, json_is(v, JSON_STRING) ? v->text : json_find_text(v, "url"));
}

static bool is_valid(struct arena *a, const struct json *funding)
{
	if (!json_truthy(funding))
		return false;
	if (!json_is(funding, JSON_ARRAY))
		return is_valid_one(a, funding);
	for (uint32_t i = 0; i < funding->count; i++)
		if (!json_truthy(funding->items[i]) || !is_valid_one(a, funding->items[i]))
			return false;
	return true;
}

/* Counts a dependency once; true when its own dependencies are still to be looked at. */
static bool take(struct cli *cli, struct map *seen, struct node *n, uint32_t *count)
{
	const char *name = node_package_name(n);
	const char *key = arena_printf(cli->arena, "%s %s", name ? name : "", node_version(n));
	if (map_has(seen, key))
		return false;
	map_put(seen, key, n);
	*count += is_valid(cli->arena, json_find(n->manifest->raw, "funding"));
	return true;
}

uint32_t summary_funding(struct cli *cli, struct node *root)
{
	struct map seen;
	struct vec stack;
	uint32_t count = 0;
	map_init(&seen, cli->arena);
	vec_init(&stack, cli->arena);
	vec_add(&stack, root);
	while (stack.count) {
		struct node *n = vec_pop(&stack);
		for (struct map_entry *i = map_first(&n->edges_out.map); i; i = map_next(&n->edges_out.map, i)) {
			const struct edge *e = i->value;
			struct node *to = e->to ? node_target(e->to) : NULL;
			if (to && !to->inert && take(cli, &seen, to, &count))
				vec_add(&stack, to);
		}
	}
	return count;
}
