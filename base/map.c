/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include "base/arena.h"
#include "base/os.h"

#include <string.h>

#define FIRST_CAP 4

static uint64_t seed;

__attribute__((constructor)) static void choose_seed(void)
{
	seed = os_random();
}

/* Both halves of a product: every bit of either factor has its say in the result. */
static uint64_t fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = a;

	product *= b;
	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Eight bytes at a time, and with the process's own random number: nobody can choose keys that all fall into one slot. */
uint32_t map_hash(const char *p, size_t len)
{
	uint64_t h = seed ^ len, word;

	for (; len > 8; p += 8, len -= 8) {
		memcpy(&word, p, 8);
		h = fold(h ^ word, 0x9e3779b97f4a7c15u);
	}
	word = 0;
	memcpy(&word, p, len);
	h = fold(h ^ word, 0xd6e8feb86659fd93u);
	return (uint32_t)(h ^ h >> 32);
}

void map_init(struct map *m, struct arena *a)
{
	*m = (struct map){.arena = a};
}

static bool same_key(const struct map_entry *e, struct str key, uint32_t hash)
{
	return e->key && e->hash == hash && e->key_len == key.len && memcmp(e->key, key.ptr, key.len) == 0;
}

/* The slot that holds the key, or NULL. Slots of removed entries stay taken, so that probing goes on past them. */
static uint32_t *find_slot(const struct map *m, struct str key, uint32_t hash)
{
	uint32_t mask = m->n_slots - 1;

	if (!m->count)
		return NULL;
	for (uint32_t i = hash & mask; m->slots[i]; i = (i + 1) & mask)
		if (same_key(&m->entries[m->slots[i] - 1], key, hash))
			return &m->slots[i];
	return NULL;
}

static void index_entry(struct map *m, uint32_t at)
{
	uint32_t mask = m->n_slots - 1, i = m->entries[at].hash & mask;

	while (m->slots[i])
		i = (i + 1) & mask;
	m->slots[i] = at + 1;
}

/* Closing the holes would move entries under a walk, so it happens only when a put needs room. */
static void make_room(struct map *m)
{
	uint32_t live = 0, cap = m->cap;
	struct map_entry *entries = m->entries;

	if (m->used < m->cap)
		return;
	if (m->count >= m->cap - m->cap / 4)
		cap = m->cap ? m->cap * 2 : FIRST_CAP;
	if (cap != m->cap)
		entries = ARENA_ARRAY(m->arena, struct map_entry, cap);
	for (uint32_t i = 0; i < m->used; i++)
		if (m->entries[i].key)
			entries[live++] = m->entries[i];
	if (cap != m->cap) {
		m->n_slots = cap * 2;
		m->slots = ARENA_ARRAY(m->arena, uint32_t, m->n_slots);
	} else {
		memset(m->slots, 0, m->n_slots * sizeof(*m->slots));
	}
	m->entries = entries;
	m->cap = cap;
	m->used = live;
	for (uint32_t i = 0; i < live; i++)
		index_entry(m, i);
}

void map_put(struct map *m, const char *key, void *value)
{
	struct str k = str_from(key);
	uint32_t hash = map_hash(k.ptr, k.len);
	uint32_t *slot = find_slot(m, k, hash);

	if (slot) {
		m->entries[*slot - 1].value = value;
		return;
	}
	make_room(m);
	m->entries[m->used] = (struct map_entry){key, value, hash, (uint32_t)k.len};
	index_entry(m, m->used++);
	m->count++;
}

void *map_find_hashed(const struct map *m, struct str key, uint32_t hash)
{
	uint32_t *slot = m->count ? find_slot(m, key, hash) : NULL;

	return slot ? m->entries[*slot - 1].value : NULL;
}

void *map_find_str(const struct map *m, struct str key)
{
	return m->count ? map_find_hashed(m, key, map_hash(key.ptr, key.len)) : NULL;
}

void *map_find(const struct map *m, const char *key)
{
	return map_find_str(m, str_from(key));
}

const struct map_entry *map_entry(const struct map *m, const char *key)
{
	struct str k = str_from(key);
	uint32_t *slot = m->count ? find_slot(m, k, map_hash(k.ptr, k.len)) : NULL;

	return slot ? &m->entries[*slot - 1] : NULL;
}

bool map_has(const struct map *m, const char *key)
{
	struct str k = str_from(key);

	return m->count && find_slot(m, k, map_hash(k.ptr, k.len));
}

bool map_remove(struct map *m, const char *key)
{
	struct str k = str_from(key);
	uint32_t *slot = m->count ? find_slot(m, k, map_hash(k.ptr, k.len)) : NULL;

	if (!slot)
		return false;
	m->entries[*slot - 1].key = NULL;
	m->entries[*slot - 1].value = NULL;
	m->count--;
	return true;
}

void map_clear(struct map *m)
{
	map_init(m, m->arena);
}

static struct map_entry *live_from(const struct map *m, uint32_t i)
{
	for (; i < m->used; i++)
		if (m->entries[i].key)
			return &m->entries[i];
	return NULL;
}

struct map_entry *map_first(const struct map *m)
{
	return live_from(m, 0);
}

struct map_entry *map_next(const struct map *m, struct map_entry *e)
{
	return live_from(m, (uint32_t)(e - m->entries) + 1);
}
