/* SPDX-License-Identifier: MIT
 *
 * Slices: a pointer and a length, borrowed from whoever owns the bytes; not NUL-terminated.
 * Text that is kept (names, versions, paths) is a NUL-terminated `const char *` in an arena instead;
 * slices are for looking into text while parsing it.
 */
#pragma once

#include "base/base.h"

struct arena;

struct str {
	const char *ptr;
	size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_NULL ((struct str){NULL, 0})
/* For printf("%.*s", STR_ARGS(s)). */
#define STR_ARGS(s) (int)(s).len, (s).ptr

struct str str_from(const char *s);				/* NULL gives STR_NULL */
struct str str_range(const char *from, const char *to);
const char *str_dup(struct arena *a, struct str s);		/* NUL-terminated copy */

bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *b);
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
/* FNV-1a over bytes: the same everywhere, so it may be kept in files. Whoever chooses the bytes can choose the hash. */
uint32_t str_hash(const char *p, size_t len);
int str_cmp(struct str a, struct str b);			/* by byte */
ptrdiff_t str_find(struct str s, char c);			/* index or -1 */
ptrdiff_t str_rfind(struct str s, char c);
struct str str_skip(struct str s, size_t n);			/* without its first n bytes */
struct str str_first(struct str s, size_t n);			/* its first n bytes at the most */
struct str str_trim(struct str s);				/* without JS white space at both ends (ASCII part) */
/* Cut at the first c: returns what is before it, *rest becomes what is after; no c: all of it, *rest empty with ptr NULL. */
struct str str_cut(struct str s, char c, struct str *rest);
/* Decimal digits only, at most 2^53-1 (JS's safe integers); false on anything else. */
bool str_to_u64(struct str s, uint64_t *out);

/* The same questions of NUL-terminated text; NULL is like no text at all: equal to NULL only, starts and ends with nothing. */
bool streq(const char *a, const char *b);
bool cstr_starts(const char *s, const char *prefix);
bool cstr_ends(const char *s, const char *suffix);
bool cstr_eq_nocase(const char *a, const char *b);		/* ASCII */
/* x, a byte and y: what arena_printf would give, without its price. */
char *cstr_join(struct arena *a, const char *x, char between, const char *y);
/* Lower-case copy, ASCII only. */
char *cstr_lower(struct arena *a, const char *s);
/* Every `from` in s replaced by `to`. */
char *cstr_replace(struct arena *a, const char *s, const char *from, const char *to);
