/* SPDX-License-Identifier: MIT
 *
 * Packuments on disk: resolver/packument.h's block with where it came from, mapped and not read. Any thread may use it.
 */
#pragma once

#include "base/base.h"

struct cache;
struct err;
struct packument;

/*
 * The kept answer to a URL. want_full: only the full document will do; otherwise either does. The packument lives until
 * packuments_close(), or the end of the program. False: a miss. p->meta tells how fresh it is.
 */
bool packuments_load(struct cache *c, const char *url, bool want_full, struct packument *p);
void packuments_close(struct packument *p);
/* It is not looked at for now: its memory is given back, and taken again at the next look. */
void packuments_rest(const struct packument *p);
/* Keeps a block made by packument_index() under its meta.url. Not being able to is no error: see cache_problem(). */
void packuments_save(struct cache *c, const void *block, size_t size);
/* The registry said it did not change: it is as fresh as if it had just been received. */
void packuments_touch(struct cache *c, const char *url, bool full);
