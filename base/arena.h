/* SPDX-License-Identifier: MIT
 *
 * An arena: memory for one lifetime, freed at once. Nothing taken from it is ever freed alone, and
 * taking never fails (out of memory ends the program). All memory is zeroed and aligned to 16 bytes.
 *
 *	struct arena a = ARENA_INIT;
 *	struct node *n = ARENA_NEW(&a, struct node);
 *	const char *s = arena_printf(&a, "%s@%s", name, version);
 *	arena_release(&a);
 *
 * An arena belongs to one thread at a time. A worker fills its own and hands it over; the taker
 * either releases it or lets it live on inside another with arena_absorb(). Where what was made goes on growing (a map, a
 * tree: they keep their arena's address), the worker gets an arena_child() instead.
 */
#pragma once

#include "base/base.h"

struct arena_block;

struct arena {
	struct arena_block *blocks;	/* newest first */
	char *next;			/* free space in the newest block */
	char *end;
	size_t total;			/* bytes taken from the system */
	struct arena *children;		/* newest first */
	struct arena *next_child;	/* of the parent's */
	bool much;			/* blocks are large pages */
	bool clear;			/* the newest block has to be cleared where it is taken */
};

#define ARENA_INIT {0}

/* Megabytes are going to be taken: from now on in large pages, which costs the system a hundredth of the page faults. */
void arena_expect_much(struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc_array((a), (n), sizeof(type)))

/* Zeroed memory, 16-byte aligned; size 0 gives a valid unique pointer. */
void *arena_alloc(struct arena *a, size_t size);
/* As arena_alloc(n * size), with the multiplication checked. */
void *arena_alloc_array(struct arena *a, size_t n, size_t size);
/* Grow an array in place when it is the newest thing taken, else copy; the new part is zeroed. */
void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size);

/* NUL-terminated copies; a NULL source gives NULL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

/* A new arena with a's lifetime: it stays where it is until a is released (or what a was absorbed into), and goes with it.
 * Another thread may fill it meanwhile; releasing a waits for nobody. */
struct arena *arena_child(struct arena *a);
/* Everything in src lives on in dst, with its children; src is empty afterwards, and must not be anyone's child. */
void arena_absorb(struct arena *dst, struct arena *src);
/* Frees everything; the arena can be used again. */
void arena_release(struct arena *a);
