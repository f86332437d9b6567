/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/map.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "cli/parcel.h"
#include "install/actual.h"
#include "install/project.h"
#include "resolver/collate.h"
#include "resolver/inventory.h"
#include "resolver/tree.h"

#define NAMES_MAX ((size_t)1 << 20)

/* Names of packages that the project bundles itself and that an override chose. What those bundle in turn no override reaches. */
static void find_chosen(struct arena *a, const struct tree *t, struct vec *names)
{
	struct map seen;

	map_init(&seen, a);
	vec_init(names, a);
	for (struct map_entry *e = inventory_first(t->root); e; e = inventory_next(t->root, e)) {
		struct node *n = e->value;

		if (n == t->root || !node_in_bundle(n) || node_in_dep_bundle(n) || !node_overridden(n) || map_has(&seen, n->name))
			continue;
		map_put(&seen, n->name, n);
		vec_add(names, (void *)n->name);
	}
	vec_sort(names, collate_compare_items, NULL);
}

static int refuse(struct arena *a, const struct vec *names, struct err *err)
{
	bool one = names->count == 1;
	struct buf list = BUF_INIT(NAMES_MAX);
	const char *text;

	for (size_t i = 0; i < names->count; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", VEC_AT(names, const char, i));
	text = buf_dup(a, &list);
	buf_release(&list);
	return err_set_as(err, "EBUNDLEOVERRIDE",
			  "Cannot pack or publish: \"overrides\" %s (%.1000s). Consumers do not apply your package's overrides, so the "
			  "published bundle will produce invalid dependency edges. Remove %s from "
			  "\"bundledDependencies\"/\"bundleDependencies\" or from \"overrides\" before publishing.",
			  one ? "affects a bundled package" : "affect bundled packages", text, one ? "this package" : "these packages");
}

int parcel_check_overrides(const struct parcel *p, struct err *err)
{
	struct arena *a = p->cli->arena;
	const struct json *overrides = json_find(p->manifest, "overrides");
	const struct project_options o = {.path = p->dir, .ignore_extension = true};
	struct project project;
	struct vec names;
	struct tree *t;

	if (!json_count(json_find(p->manifest, "bundleDependencies")) || !json_is(overrides, JSON_OBJECT) || !json_count(overrides))
		return 0;
	if (project_load(a, &o, &project, err) < 0)
		return -1;
	t = actual_load(a, &project, &(struct actual_options){0}, err);
	if (!t)
		return -1;
	find_chosen(a, t, &names);
	return names.count ? refuse(a, &names, err) : 0;
}
