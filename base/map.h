/* SPDX-License-Identifier: MIT
 *
 * A map from text to pointers that remembers the order in which keys came, as a JavaScript Map does:
 * putting an existing key keeps its place; removing and putting again moves it to the end.
 * Memory comes from the arena given at init; keys are borrowed and must live as long as the map.
 *
 *	struct map m;
 *	map_init(&m, &arena);
 *	map_put(&m, "name", value);
 *	for (struct map_entry *e = map_first(&m); e; e = map_next(&m, e))
 *		use(e->key, e->value);
 *
 * Removing entries while walking is allowed; putting new keys is not: it may move the entries.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;

struct map_entry {
	const char *key;	/* NULL once removed */
	void *value;
	uint32_t hash;
	uint32_t key_len;
};

struct map {
	struct arena *arena;
	struct map_entry *entries;	/* in order of arrival, with holes */
	uint32_t *slots;		/* index + 1 into entries, 0 is free */
	uint32_t used;			/* entries in use, holes counted */
	uint32_t cap;			/* room in entries */
	uint32_t n_slots;		/* a power of two */
	uint32_t count;			/* live entries */
};

void map_init(struct map *m, struct arena *a);
void map_put(struct map *m, const char *key, void *value);
void *map_find(const struct map *m, const char *key);			/* NULL when there is none */
void *map_find_str(const struct map *m, struct str key);
/* For asking many maps about one key: hash is map_hash of it. */
void *map_find_hashed(const struct map *m, struct str key, uint32_t hash);
/* The entry of a key, NULL when there is none; entries of one map compare in their order. Good until the next put. */
const struct map_entry *map_entry(const struct map *m, const char *key);
bool map_has(const struct map *m, const char *key);
bool map_remove(struct map *m, const char *key);			/* true when it was there */
void map_clear(struct map *m);
struct map_entry *map_first(const struct map *m);
struct map_entry *map_next(const struct map *m, struct map_entry *e);

/* For tables in memory; another in every process. */
uint32_t map_hash(const char *p, size_t len);
