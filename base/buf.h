/* SPDX-License-Identifier: MIT
 *
 * A growable byte buffer with a maximum given at birth, so that no peer can make it eat the memory.
 * Going over the maximum sets a sticky `failed`: check it once, at the end. The bytes are always
 * followed by a NUL that does not count.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct buf {
	char *ptr;	/* owned; NULL until something is added */
	size_t len;
	size_t cap;
	size_t max;
	bool failed;	/* something did not fit; the contents are incomplete */
};

#define BUF_INIT(limit) {.max = (limit)}

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b);				/* empty, memory kept, failed reset */
void buf_cut(struct buf *b, size_t len);			/* to its first len bytes, when it has more */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addstr(struct buf *b, struct str s);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_repeat(struct buf *b, char c, size_t n);
/* Make room for n more bytes and return where they go (buf_extend counts them); NULL past the maximum. */
char *buf_reserve(struct buf *b, size_t n);
void buf_extend(struct buf *b, size_t n);
const char *buf_text(const struct buf *b);		/* NUL-terminated, "" when empty; borrowed */
struct str buf_str(const struct buf *b);
const char *buf_dup(struct arena *a, const struct buf *b);
