/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "resolver/tree.h"
#include "resolver/tree_int.h"

struct tree *tree_make(struct arena *a)
{
	struct tree *t = ARENA_NEW(a, struct tree);

	t->arena = a;
	map_init(&t->edges, a);
	map_init(&t->specs, a);
	vec_init(&t->scratch, a);
	return t;
}

struct vec *tree_scratch(struct tree *t)
{
	struct vec *v = vec_pop(&t->scratch);

	if (!v) {
		v = ARENA_NEW(t->arena, struct vec);
		vec_init(v, t->arena);
	}
	return v;
}

void tree_scratch_done(struct tree *t, struct vec *v)
{
	vec_clear(v);
	vec_add(&t->scratch, v);
}

void name_map_init(struct name_map *m, struct arena *a)
{
	map_init(&m->map, a);
}

static bool has_upper(const char *s)
{
	for (; *s; s++)
		if (*s >= 'A' && *s <= 'Z')
			return true;
	return false;
}

/* Lower case is what nearly every name is already in; only the others cost memory. */
const char *name_map_key(const struct name_map *m, const char *name)
{
	return has_upper(name) ? cstr_lower(m->map.arena, name) : name;
}

void name_map_put(struct name_map *m, const char *name, void *value)
{
	const char *key = name_map_key(m, name);

	if (m->map.count)
		map_remove(&m->map, key);
	map_put(&m->map, key, value);
}

void *name_map_find(const struct name_map *m, const char *name)
{
	return m->map.count ? map_find(&m->map, name_map_key(m, name)) : NULL;
}

const struct map_entry *name_map_entry(const struct name_map *m, const char *name)
{
	return map_entry(&m->map, name_map_key(m, name));
}

bool name_map_remove(struct name_map *m, const char *name)
{
	return m->map.count && map_remove(&m->map, name_map_key(m, name));
}
