/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALIGN 16
#define FIRST_BLOCK ((size_t)2 * 1024)
#define MAX_BLOCK ((size_t)4 * 1024 * 1024)
/* Large pages cost before they give: only an arena that holds so much gets some. */
#define LARGE_FROM ((size_t)256 * 1024)
/* From here on calloc() knows of most that it is cleared: the system just gave it. */
#define OWN_BLOCK ((size_t)128 * 1024)

struct arena_block {
	struct arena_block *older;
	size_t size;
	bool mapped;
	bool clean;	/* all of it is zeros until it is taken */
	_Alignas(ALIGN) char data[];
};

void base_out_of_memory(void)
{
	static const char text[] = "lode: out of memory\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(70);
	_exit(70);
}

static size_t align_up(size_t n)
{
	return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

/* Block sizes double with what the arena already holds, so that small lifetimes stay small. */
static size_t block_size(const struct arena *a, size_t need)
{
	size_t size = a->total < FIRST_BLOCK ? FIRST_BLOCK : a->total;

	if (size > MAX_BLOCK)
		size = MAX_BLOCK;
	return size < need ? need : size;
}

static struct arena_block *make_large(size_t need)
{
	size_t whole = (sizeof(struct arena_block) + need + OS_LARGE_PAGE - 1) & ~(OS_LARGE_PAGE - 1);
	struct arena_block *b = os_map_large(whole);

	if (b)
		*b = (struct arena_block){.size = whole - sizeof(*b), .mapped = true, .clean = true};
	return b;
}

/* calloc() would clear, and so take from the system, all of a small block of which a program that ends soon needs a part. */
static struct arena_block *make_block(size_t size)
{
	bool own = size >= OWN_BLOCK;
	struct arena_block *b = own ? calloc(1, sizeof(*b) + size) : malloc(sizeof(*b) + size);

	if (!b)
		base_out_of_memory();
	*b = (struct arena_block){.size = size, .clean = own};
	return b;
}

static void add_block(struct arena *a, size_t need)
{
	struct arena_block *b = a->much && a->total >= LARGE_FROM ? make_large(need) : NULL;

	if (!b)
		b = make_block(block_size(a, need));
	b->older = a->blocks;
	a->blocks = b;
	a->next = b->data;
	a->end = b->data + b->size;
	a->total += b->size;
	a->clear = !b->clean;
}

/* The next so many bytes, of which enough are free. */
static void *take(struct arena *a, size_t size)
{
	char *p = a->next;

	a->next += size;
	return a->clear ? memset(p, 0, size) : p;
}

void arena_expect_much(struct arena *a)
{
	a->much = true;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2)
		base_out_of_memory();
	size = align_up(size ? size : 1);
	if (!a->next || (size_t)(a->end - a->next) < size)
		add_block(a, size);
	return take(a, size);
}

void *arena_alloc_array(struct arena *a, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / 2 / size)
		base_out_of_memory();
	return arena_alloc(a, n * size);
}

void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size)
{
	char *start = old;
	size_t had = align_up(old_size ? old_size : 1), want = align_up(new_size ? new_size : 1);
	void *p;

	if (start && start + had == a->next && want >= had && want - had <= (size_t)(a->end - a->next)) {
		take(a, want - had);
		return old;
	}
	p = arena_alloc(a, new_size);
	if (start && old_size)
		memcpy(p, start, old_size < new_size ? old_size : new_size);
	return p;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *p;

	if (!s)
		return NULL;
	p = arena_alloc(a, len + 1);
	memcpy(p, s, len);
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

/* Most texts fit into what is free, so they are printed there at once. Where one did not, a new block follows, and what was
 * written of it is never given out. */
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	size_t room = a->next ? (size_t)(a->end - a->next) : 0;
	va_list again;
	char *p;
	int len;

	va_copy(again, ap);
	len = vsnprintf(a->next, room, fmt, ap);
	if (len < 0)
		base_out_of_memory();
	if (align_up((size_t)len + 1) > room) {
		p = arena_alloc(a, (size_t)len + 1);
		vsnprintf(p, (size_t)len + 1, fmt, again);
	} else {
		p = a->next;
		a->next += align_up((size_t)len + 1);
	}
	va_end(again);
	return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	p = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return p;
}

struct arena *arena_child(struct arena *a)
{
	struct arena *child = ARENA_NEW(a, struct arena);

	child->next_child = a->children;
	a->children = child;
	return child;
}

static void absorb_children(struct arena *dst, struct arena *src)
{
	struct arena **end = &src->children;

	while (*end)
		end = &(*end)->next_child;
	*end = dst->children;
	dst->children = src->children;
}

void arena_absorb(struct arena *dst, struct arena *src)
{
	struct arena_block *last = src->blocks;

	if (!last)
		return;
	absorb_children(dst, src);
	while (last->older)
		last = last->older;
	if (dst->blocks) {
		/* dst keeps filling its own newest block; src's go behind it. */
		last->older = dst->blocks->older;
		dst->blocks->older = src->blocks;
	} else {
		dst->blocks = src->blocks;
		dst->next = src->next;
		dst->end = src->end;
		dst->clear = src->clear;
	}
	dst->total += src->total;
	*src = (struct arena)ARENA_INIT;
}

static void release_blocks(struct arena_block *b)
{
	while (b) {
		struct arena_block *older = b->older;

		if (b->mapped)
			os_unmap(b, sizeof(*b) + b->size);
		else
			free(b);
		b = older;
	}
}

/* Children lie in the blocks; they have hardly ever any of their own. */
void arena_release(struct arena *a)
{
	for (struct arena *child = a->children, *next; child; child = next) {
		next = child->next_child;
		arena_release(child);
	}
	release_blocks(a->blocks);
	*a = (struct arena)ARENA_INIT;
}
