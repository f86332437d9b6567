/* SPDX-License-Identifier: MIT
 *
 * A growing array of pointers in an arena, and helpers to sort it.
 * For arrays of structs use ARENA_ARRAY with a known count or a vec of pointers.
 */
#pragma once

#include "base/base.h"

struct arena;

struct vec {
	struct arena *arena;
	void **items;
	size_t count;
	size_t cap;
};

#define VEC_AT(v, type, i) ((type *)(v)->items[i])

void vec_init(struct vec *v, struct arena *a);
void vec_add(struct vec *v, void *item);
void vec_insert(struct vec *v, size_t at, void *item);
void vec_remove_at(struct vec *v, size_t at);		/* keeps the order */
bool vec_remove(struct vec *v, const void *item);	/* the first one equal; true when found */
ptrdiff_t vec_find(const struct vec *v, const void *item);
void *vec_pop(struct vec *v);				/* NULL when empty */
void vec_clear(struct vec *v);

/* Stable sort (JavaScript's is); cmp gets the items themselves, not pointers to them. */
typedef int vec_cmp(const void *a, const void *b, void *ctx);
void vec_sort(struct vec *v, vec_cmp *cmp, void *ctx);
