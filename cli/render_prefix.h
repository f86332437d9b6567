/* SPDX-License-Identifier: MIT
 *
 * Output of several programs on one stream: whole lines, each behind the name of who wrote it.
 *
 *	prefixed_init(&p, render, stdout, "app build: ");
 *	prefixed_add(&p, bytes, n);	as they come, cut anywhere
 *	prefixed_end(&p);		a last line without an end gets one
 *
 * Bytes stay as they are, whatever they stand for. Of a line longer than PREFIXED_MAX its pieces become lines.
 */
#pragma once

#include <stdio.h>

#include "base/base.h"
#include "base/buf.h"

struct render;

#define PREFIXED_MAX ((size_t)1 << 16)

struct prefixed {
	struct render *render;
	FILE *to;
	const char *prefix;	/* with its colour */
	struct buf line;	/* what came since the last end of a line */
};

void prefixed_init(struct prefixed *p, struct render *r, FILE *to, const char *prefix);
void prefixed_add(struct prefixed *p, const char *bytes, size_t n);
void prefixed_end(struct prefixed *p);
