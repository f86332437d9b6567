/* SPDX-License-Identifier: MIT
 *
 * How what is remembered of an install is written into a note (cache/notes.h): numbers, texts, and what is said more than once.
 * Only the machine that wrote it reads it.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct buf;
struct state_places;
struct vec;

void note_put_number(struct buf *b, uint64_t n);
/* ptr NULL stays NULL. */
void note_put_str(struct buf *b, struct str s);
void note_put_text(struct buf *b, const char *s);
void note_put_lines(struct buf *b, const struct vec *lines);		/* struct state_line */
void note_put_pending(struct buf *b, const struct vec *pending);	/* struct allow_pending, without node */
void note_put_places(struct buf *b, const struct state_places *places);

struct note_reader {
	struct arena *arena;
	struct str rest;
	bool bad;		/* there was less than was asked for */
};

uint64_t note_number(struct note_reader *r);
/* Texts live as long as the note. */
struct str note_str(struct note_reader *r);
const char *note_text(struct note_reader *r);
/* One that stays below the folder it is used in; any other is bad. */
const char *note_path(struct note_reader *r);
void note_lines(struct note_reader *r, struct vec *lines);
void note_pending(struct note_reader *r, struct vec *pending);
void note_places(struct note_reader *r, struct state_places *places);
