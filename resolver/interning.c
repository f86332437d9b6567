/* SPDX-License-Identifier: MIT */
#include "resolver/interning.h"

#include "base/arena.h"
#include "base/checksum.h"

#include <string.h>

enum { FIRST_SLOTS = 256 };

void interning_init(struct interning *x, struct arena *a, size_t max)
{
	*x = (struct interning){.arena = a, .n_slots = FIRST_SLOTS};
	buf_init(&x->texts, max);
	x->slots = ARENA_ARRAY(a, struct interning_slot, x->n_slots);
}

static bool holds(const struct interning *x, const struct interning_slot *s, struct str text, uint32_t hash)
{
	const char *there = x->texts.ptr + s->at - 1;

	return s->hash == hash && s->at - 1 + text.len < x->texts.len && memcmp(there, text.ptr, text.len) == 0 &&
	       !there[text.len];
}

static void grow(struct interning *x)
{
	uint32_t n = x->n_slots * 2;
	struct interning_slot *slots = ARENA_ARRAY(x->arena, struct interning_slot, n);

	for (uint32_t i = 0; i < x->n_slots; i++) {
		uint32_t to = x->slots[i].hash & (n - 1);

		while (slots[to].at)
			to = (to + 1) & (n - 1);
		slots[to] = x->slots[i];
	}
	x->slots = slots;
	x->n_slots = n;
}

uint32_t interning_add(struct interning *x, struct str text)
{
	uint32_t hash, i, mask = x->n_slots - 1;

	if (!text.ptr)
		return 0;
	hash = (uint32_t)checksum64(text.ptr, text.len, 0);
	for (i = hash & mask; x->slots[i].at; i = (i + 1) & mask)
		if (holds(x, &x->slots[i], text, hash))
			return x->slots[i].at;
	x->slots[i] = (struct interning_slot){(uint32_t)x->texts.len + 1, hash};
	buf_addstr(&x->texts, text);
	buf_addc(&x->texts, '\0');
	if (x->texts.failed)
		return 0;
	i = x->slots[i].at;
	if (++x->count > x->n_slots / 2)
		grow(x);
	return i;
}

void interning_release(struct interning *x)
{
	buf_release(&x->texts);
}
