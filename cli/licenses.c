/* SPDX-License-Identifier: MIT */
#include "cli/licenses.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "cli/sbom.h"
#include "resolver/collate.h"
#include "resolver/inventory.h"
#include "resolver/manifest.h"
#include "resolver/pkgjson.h"
#include "resolver/tree.h"

static const char *author_of(struct arena *a, const struct json *manifest)
{
	const struct json *author = json_find(manifest, "author");
	return json_find_text(json_is(author, JSON_STRING) ? pkgjson_person(a, author) : author, "name");
}

/* Packages of the same name under the same license are one line. */
static void add(struct arena *a, struct node *n, struct map *seen, struct vec *out)
{
	const struct json *manifest = n->manifest->raw;
	const char *license = sbom_license(a, manifest), *name = sbom_name(n), *key;
	struct licensed *l;
	license = license && *license ? license : "Unknown";
	key = arena_printf(a, "%s\n%s", license, name);
	l = map_find(seen, key);
	if (!l) {
		l = ARENA_NEW(a, struct licensed);
		*l = (struct licensed){.license = license, .name = name};
		l->author = author_of(a, manifest);
		l->homepage = json_find_text(manifest, "homepage");
		l->description = json_find_text(manifest, "description");
		vec_init(&l->versions, a);
		vec_init(&l->paths, a);
		map_put(seen, key, l);
		vec_add(out, l);
	}
	vec_add(&l->paths, (void *)n->path);
	for (size_t i = 0; i < l->versions.count; i++)
		if (streq(l->versions.items[i], node_version(n)))
			return;
	vec_add(&l->versions, (void *)node_version(n));
}

static int by_license(const void *x, const void *y, UNUSED void *ctx)
{
	const struct licensed *a = x, *b = y;
	int order = collate_compare(a->license, b->license);
	return order ? order : collate_compare(a->name, b->name);
}

void licenses_find(struct arena *a, const struct tree *t, unsigned omit, const struct vec *only, struct vec *out)
{
	struct map seen;
	map_init(&seen, a);
	for (struct map_entry *i = inventory_first(t->root); i; i = inventory_next(t->root, i)) {
		struct node *n = i->value;
		if (n->is_link || n->inert || !n->path || node_is_project_root(n) || node_is_workspace(n) || node_should_omit(n, omit))
			continue;
		if (!only || !only->count || vec_find(only, n) >= 0)
			add(a, n, &seen, out);
	}
	vec_sort(out, by_license, NULL);
}

static const char *versions_text(struct arena *a, const struct licensed *l)
{
	const char *text = "";
	for (size_t i = 0; i < l->versions.count; i++)
		text = arena_printf(a, "%s%s%s", text, i ? ", " : "", (const char *)l->versions.items[i]);
	return text;
}

static size_t wider(size_t width, const char *text)
{
	size_t n = strlen(text);
	return n > width ? n : width;
}

static void row(struct buf *out, const char *const cells[4], const size_t widths[3])
{
	for (size_t i = 0; i < 4 && cells[i]; i++) {
		size_t n = strlen(cells[i]);
		buf_adds(out, cells[i]);
		if (i < 3 && cells[i + 1])
			buf_repeat(out, ' ', (widths[i] > n ? widths[i] - n : 0) + 2);
	}
	buf_addc(out, '\n');
}

void licenses_table(struct buf *out, const struct vec *all, bool long_form)
{
	struct arena a = ARENA_INIT;
	size_t widths[3] = {strlen("License"), strlen("Package"), strlen("Version")};
	for (size_t i = 0; i < all->count; i++) {
		const struct licensed *l = all->items[i];
		widths[0] = wider(widths[0], l->license);
		widths[1] = wider(widths[1], l->name);
		widths[2] = wider(widths[2], versions_text(&a, l));
	}
	row(out, (const char *const[]){"License", "Package", "Version", long_form ? "Homepage" : NULL}, widths);
	for (size_t i = 0; i < all->count; i++) {
		const struct licensed *l = all->items[i];
		bool again = i && streq(l->license, VEC_AT(all, struct licensed, i - 1)->license);
		row(out, (const char *const[]){again ? "" : l->license, l->name, versions_text(&a, l),
					       long_form && l->homepage ? l->homepage : NULL}, widths);
	}
	arena_release(&a);
}

static struct json *texts(struct arena *a, const struct vec *list)
{
	struct json *out = json_array(a);
	for (size_t i = 0; i < list->count; i++)
		json_add(a, out, json_string(a, list->items[i]));
	return out;
}

struct json *licenses_json(struct arena *a, const struct vec *all)
{
	struct json *out = json_object(a);
	for (size_t i = 0; i < all->count; i++) {
		const struct licensed *l = all->items[i];
		struct json *group = json_find(out, l->license), *one = json_object(a);
		if (!group) {
			group = json_array(a);
			json_put(a, out, l->license, group);
		}
		json_put_text(a, one, "name", l->name);
		json_put(a, one, "versions", texts(a, &l->versions));
		json_put(a, one, "paths", texts(a, &l->paths));
		json_put_text(a, one, "license", l->license);
		if (l->author)
			json_put_text(a, one, "author", l->author);
		if (l->homepage)
			json_put_text(a, one, "homepage", l->homepage);
		if (l->description)
			json_put_text(a, one, "description", l->description);
		json_add(a, group, one);
	}
	return out;
}
