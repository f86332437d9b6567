/* SPDX-License-Identifier: MIT
 *
 * Texts kept once: adding the same text again gives the same place. For those who write packuments' blocks.
 *
 *	struct interning x;
 *	interning_init(&x, &arena, max);
 *	uint32_t at = interning_add(&x, STR("\"license\":\"MIT\""));	// x.texts.ptr + at - 1, with a NUL behind it
 *	interning_release(&x);
 *
 * The bytes are in `texts`, whose maximum is given at birth: past it, texts.failed is set and places mean nothing.
 */
#pragma once

#include "base/buf.h"

struct arena;

struct interning_slot {
	uint32_t at, hash;		/* at 0: free */
};

struct interning {
	struct buf texts;
	struct arena *arena;
	struct interning_slot *slots;
	uint32_t n_slots, count;
};

void interning_init(struct interning *x, struct arena *a, size_t max);
/* One based; 0 for a text without bytes in memory (STR_NULL). It must not hold a NUL. */
uint32_t interning_add(struct interning *x, struct str text);
void interning_release(struct interning *x);
