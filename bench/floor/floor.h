/* SPDX-License-Identifier: MIT
 *
 * What the floors share: small programs that do nothing but what any installer has to do, as fast as this machine lets them.
 * They trust their input and end at the first trouble.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *ptr;		/* NUL-terminated; never given back */
	size_t len;
};

/* Lines of a file, without their ends; empty ones are left out. */
struct lines {
	char **items;
	size_t count;
};

_Noreturn void floor_die(const char *what);		/* says so with errno's text and ends */
void *floor_alloc(size_t n);				/* zeroed; never NULL */
int64_t floor_now(void);				/* nanoseconds */
struct text floor_read(const char *path);
struct lines floor_lines(const char *path);
/* The number behind `--name`, or fallback. */
long floor_option(int argc, char **argv, const char *name, long fallback);
/* The same work on several threads at once, this one among them; returns when all are done. */
void floor_threads(unsigned n, void (*work)(void *ctx), void *ctx);
/* One line of JSON: what the benchmark reads. */
void floor_say(int64_t began_ns, uint64_t items, uint64_t bytes);
