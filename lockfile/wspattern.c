/* SPDX-License-Identifier: MIT */
#include "lockfile/wspattern.h"

#include "base/arena.h"
#include "base/glob.h"
#include "base/json.h"
#include "base/map.h"
#include "base/path.h"
#include "base/str.h"
#include "lockfile/lockfile.h"
#include "lockfile/place.h"
#include "resolver/manifest.h"

/* npm walks the list while it shrinks, so that the one after a removed one is not looked at. */
static void drop_covered(struct vec *negated, const char *pattern)
{
	for (size_t i = 0; i < negated->count; i++)
		if (glob_match(VEC_AT(negated, char, i), pattern, 0))
			vec_remove_at(negated, i);
}

void ws_patterns_make(struct arena *a, const struct text_list *declared, struct ws_patterns *out)
{
	vec_init(&out->wanted, a);
	vec_init(&out->negated, a);
	for (size_t i = 0; i < declared->count; i++) {
		const char *p = declared->items[i];
		size_t bangs = 0;
		while (p[bangs] == '!')
			bangs++;
		p += bangs;
		if (p[0] == '.' && p[1] == '/')
			p++;
		while (*p == '/')
			p++;
		if (bangs % 2) {
			vec_add(&out->negated, (void *)p);
			continue;
		}
		drop_covered(&out->negated, p);
		vec_add(&out->wanted, (void *)p);
	}
	for (size_t n = 0; n < out->negated.count; n++)
		for (size_t i = out->wanted.count; i > 0; i--)
			if (glob_match(VEC_AT(&out->negated, char, n), VEC_AT(&out->wanted, char, i - 1), 0))
				vec_remove_at(&out->wanted, i - 1);
}

/* The texts of `workspaces` or `workspaces.packages`. */
static struct text_list declared_in(struct arena *a, const struct json *root)
{
	const struct json *list = json_find(root, "workspaces");
	if (json_is(list, JSON_OBJECT))
		list = json_find(list, "packages");
	struct text_list out = {ARENA_ARRAY(a, const char *, json_count(list) + 1), 0};
	for (uint32_t i = 0; json_is(list, JSON_ARRAY) && i < list->count; i++)
		if (json_text(list->items[i]))
			out.items[out.count++] = json_text(list->items[i]);
	return out;
}

static bool excluded(const struct ws_patterns *p, const char *location)
{
	if (glob_match("**/node_modules/**", location, 0))
		return true;
	for (size_t i = 0; i < p->negated.count; i++)
		if (glob_match(VEC_AT(&p->negated, char, i), location, 0))
			return true;
	return false;
}

struct map *ws_patterns_locked(struct arena *a, const struct lockfile *lf)
{
	struct map *found = ARENA_NEW(a, struct map);
	struct ws_patterns p;
	struct text_list declared = declared_in(a, lockfile_entry(lf, ""));
	map_init(found, a);
	ws_patterns_make(a, &declared, &p);
	for (size_t n = 0; n < p.wanted.count; n++) {
		for (uint32_t i = 0; i < lf->packages->count; i++) {
			const struct json_member *m = &lf->packages->members[i];
			if (!glob_match(VEC_AT(&p.wanted, char, n), m->key, 0) || excluded(&p, m->key))
				continue;
			const char *path = path_join(a, lf->path, m->key);
			const char *name = json_find_text(m->value, "name");
			map_put(found, name && *name ? name : name_from_folder(a, path), (void *)path);
		}
	}
	return found;
}
