/* SPDX-License-Identifier: MIT
 *
 * Looking into JSON text without building values: walk the members that matter, skip the rest.
 *
 *	struct jscan s;
 *	jscan_init(&s, text, arena);
 *	struct str key;
 *	if (jscan_enter(&s, '{'))
 *		while (jscan_member(&s, &key)) {
 *			if (str_is(key, "name"))
 *				name = jscan_text(&s);
 *			else
 *				jscan_skip(&s);
 *		}
 *	if (!jscan_end(&s))
 *		… the text is not JSON
 *
 * After each member or item exactly one value must be taken or skipped. Strict: what JSON.parse refuses is
 * refused, also in what is skipped, and nesting deeper than JSON_MAX_DEPTH (base/json.h). A failure sticks: every
 * later call gives nothing, so it is enough to look at the end. Memory is needed for decoded text only.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct err;

struct jscan {
	const char *at;
	const char *end;
	const char *start;
	struct arena *arena;		/* for decoded text; NULL: keys with escapes stay as written */
	uint32_t depth;
	bool first;			/* nothing was read in the open object or list yet */
	const char *failed_at;		/* NULL: no failure */
};

enum jscan_type { JSCAN_NONE, JSCAN_NULL, JSCAN_TRUE, JSCAN_FALSE, JSCAN_NUMBER, JSCAN_STRING, JSCAN_ARRAY, JSCAN_OBJECT };

void jscan_init(struct jscan *s, struct str text, struct arena *a);
/* What the next value is, judged by its first byte; JSCAN_NONE after a failure. */
enum jscan_type jscan_peek(struct jscan *s);
/* Opens an object ('{') or a list ('['). False, and nothing taken, when the next value is something else. */
bool jscan_enter(struct jscan *s, char bracket);
/* The next member's key (decoded); false when the object closed, which takes its bracket too. */
bool jscan_member(struct jscan *s, struct str *key);
/*
 * Takes the next member, key and value, when it is written exactly as `member`: the bytes of a member that was taken before
 * at the same depth, whose value ends with a bracket or a quote. False, and nothing taken, when it is another.
 */
bool jscan_repeat(struct jscan *s, struct str member);
/* The same of a list. */
bool jscan_item(struct jscan *s);
/* Skips one value and returns its text, white space around it left out. */
struct str jscan_skip(struct jscan *s);
/* A string's decoded text, NUL-terminated in the arena; NULL when the value is something else, which is skipped. */
const char *jscan_text(struct jscan *s);
/* A string's bytes between the quotes as written, no memory needed; *plain: it holds no escape. STR_NULL when no string. */
struct str jscan_raw(struct jscan *s, bool *plain);
/* Is the value true? Takes it whatever it is. */
bool jscan_true(struct jscan *s);
/* Only white space is left and nothing failed. */
bool jscan_end(struct jscan *s);
/* Sets EJSONPARSE with line and column of the failure; always -1. */
int jscan_error(const struct jscan *s, const char *what, struct err *err);

/* One whole document: is it strict JSON? */
bool jscan_valid(struct str text);
/* The first quote, backslash or control character, or end: how far a string's text can be taken as it is. */
const char *jscan_special(const char *p, const char *end);
/* Decodes what is between the quotes: NUL-terminated in the arena, lone surrogates become U+FFFD. */
const char *jscan_decode(struct arena *a, struct str raw);
/* A member of an object's text, without decoding anything else; the last one of that name, ptr NULL when there is none. */
struct str jscan_find(struct str object, const char *key);
/* The decoded text of a slice that is a string; NULL when it is not. */
const char *jscan_string_of(struct arena *a, struct str value);
