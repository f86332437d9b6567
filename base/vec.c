/* SPDX-License-Identifier: MIT */
#include "base/vec.h"

#include "base/arena.h"

#include <string.h>

void vec_init(struct vec *v, struct arena *a)
{
	*v = (struct vec){.arena = a};
}

static void make_room(struct vec *v)
{
	size_t cap = v->cap ? v->cap * 2 : 8;

	if (v->count < v->cap)
		return;
	v->items = arena_grow(v->arena, v->items, v->cap * sizeof(void *), cap * sizeof(void *));
	v->cap = cap;
}

void vec_add(struct vec *v, void *item)
{
	make_room(v);
	v->items[v->count++] = item;
}

void vec_insert(struct vec *v, size_t at, void *item)
{
	make_room(v);
	memmove(v->items + at + 1, v->items + at, (v->count - at) * sizeof(void *));
	v->items[at] = item;
	v->count++;
}

void vec_remove_at(struct vec *v, size_t at)
{
	memmove(v->items + at, v->items + at + 1, (v->count - at - 1) * sizeof(void *));
	v->count--;
}

ptrdiff_t vec_find(const struct vec *v, const void *item)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->items[i] == item)
			return (ptrdiff_t)i;
	return -1;
}

bool vec_remove(struct vec *v, const void *item)
{
	ptrdiff_t at = vec_find(v, item);

	if (at < 0)
		return false;
	vec_remove_at(v, (size_t)at);
	return true;
}

void *vec_pop(struct vec *v)
{
	return v->count ? v->items[--v->count] : NULL;
}

void vec_clear(struct vec *v)
{
	v->count = 0;
}

/* Merge [from, mid) and [mid, to) of src into dst. */
static void merge(void **dst, void **src, const size_t range[3], vec_cmp *cmp, void *ctx)
{
	size_t i = range[0], j = range[1];

	for (size_t k = range[0]; k < range[2]; k++) {
		bool left = i < range[1] && (j >= range[2] || cmp(src[i], src[j], ctx) <= 0);

		dst[k] = left ? src[i++] : src[j++];
	}
}

void vec_sort(struct vec *v, vec_cmp *cmp, void *ctx)
{
	struct arena scratch = ARENA_INIT;
	void **from = v->items, **to;

	if (v->count < 2)
		return;
	to = ARENA_ARRAY(&scratch, void *, v->count);
	for (size_t width = 1; width < v->count; width *= 2) {
		void **swap = from;

		for (size_t at = 0; at < v->count; at += 2 * width) {
			size_t mid = at + width < v->count ? at + width : v->count;
			size_t end = mid + width < v->count ? mid + width : v->count;

			/* What is sorted in parts stays as it is, at one comparison a part. */
			if (mid == end || cmp(from[mid - 1], from[mid], ctx) <= 0)
				memcpy(to + at, from + at, (end - at) * sizeof(void *));
			else
				merge(to, from, (const size_t[]){at, mid, end}, cmp, ctx);
		}
		from = to;
		to = swap;
	}
	if (from != v->items)
		memcpy(v->items, from, v->count * sizeof(void *));
	arena_release(&scratch);
}
