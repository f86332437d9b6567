/* SPDX-License-Identifier: MIT
 *
 * JSON as values in an arena, with JavaScript's meaning: objects keep the order in which keys came
 * (integer-like keys first, ascending), a repeated key keeps its first place and takes its last value.
 * Parsing is strict and refuses nesting deeper than JSON_MAX_DEPTH.
 *
 * Values are for documents a person could have written (package.json, lockfiles, answers of a few
 * kilobytes). Packuments are not read through it: base/jsonscan.h looks into text without building values.
 */
#pragma once

#include "base/base.h"
#include "base/str.h"

struct arena;
struct buf;
struct err;

#define JSON_MAX_DEPTH 1000

enum json_type {
	JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT,
	JSON_WRITTEN,			/* text of an object for json_format, laid out for its place; nobody reads it */
};

struct json {
	enum json_type type;
	uint32_t count;			/* items of an array, members of an object */
	union {
		bool boolean;
		double number;
		struct {
			const char *text;	/* NUL-terminated; may hold U+0000 as a byte before len */
			size_t len;
		};
		struct {
			union {
				struct json **items;
				struct json_member *members;
			};
			uint32_t cap;
			uint32_t initials;	/* of an object: a bit for each of its keys' first letters */
			struct map *index;	/* big objects: key to member position + 1; NULL in small ones */
		};
	};
};

struct json_member {
	const char *key;
	struct json *value;
};

/* NULL on error (EJSONPARSE, message with line and column); what names the text in it. Through cJSON, which is
 * loaded with the first. */
struct json *json_parse(struct arena *a, struct str text, const char *what, struct err *err) MUST_USE;
/* The same value in a third of the time, by base/jsonscan.h: for lockfiles, manifests, what else comes by the megabyte or by the
 * thousand, and what is read at every start. Half a surrogate pair is U+FFFD here and an error there. */
struct json *json_parse_fast(struct arena *a, struct str text, const char *what, struct err *err) MUST_USE;

/* Reading: every one takes NULL and gives NULL / fallback, so that look-ups chain. */
struct json *json_find(const struct json *obj, const char *key);
struct json *json_at(const struct json *arr, uint32_t i);
const char *json_text(const struct json *v);			/* a string's text, else NULL */
bool json_has_text(const struct json *list, const char *text);	/* is it an array with this string in it? */
const char *json_find_text(const struct json *obj, const char *key);
bool json_is(const struct json *v, enum json_type type);
bool json_is_true(const struct json *v);			/* the value true itself */
bool json_truthy(const struct json *v);				/* as JavaScript sees it */
bool json_equal(const struct json *a, const struct json *b);	/* order of keys does not matter */

/* Making and changing, all in the arena. Keys and texts are copied. */
struct json *json_null(struct arena *a);
struct json *json_bool(struct arena *a, bool v);
struct json *json_number(struct arena *a, double v);
struct json *json_string(struct arena *a, const char *text);	/* NULL gives null */
struct json *json_array(struct arena *a);
struct json *json_object(struct arena *a);
struct json *json_written(struct arena *a, struct str text);	/* text is borrowed */
/* An object of members in the order in which they came in a text: integer-like keys go first, of a repeated key the last value
 * counts. The members are copied, their keys are not. */
struct json *json_object_of(struct arena *a, const struct json_member *members, uint32_t count);
void json_add(struct arena *a, struct json *arr, struct json *value);
void json_put(struct arena *a, struct json *obj, const char *key, struct json *value);
void json_put_text(struct arena *a, struct json *obj, const char *key, const char *text);
void json_put_bool(struct arena *a, struct json *obj, const char *key, bool v);
/* The object that a member is; one is put there where there is none. */
struct json *json_object_at(struct arena *a, struct json *obj, const char *key);
bool json_remove(struct json *obj, const char *key);
struct json *json_copy(struct arena *a, const struct json *v);	/* deep */

/* JSON.stringify(value, null, indent): indent NULL or "" writes one line. No newline at the end. */
void json_format(struct buf *out, const struct json *v, const char *indent);
/* The same, noting where each member of one object below v begins: at its key's quote. at has room for one more than the
 * members: where the last one ends. */
struct json_marks {
	const struct json *object;
	size_t *at;
};
void json_format_marked(struct buf *out, const struct json *v, const char *indent, struct json_marks *marks);
void json_format_string(struct buf *out, const char *text, size_t len);
void json_format_number(struct buf *out, double v);

/* Walks the members: for (uint32_t i = 0; i < obj->count; i++) obj->members[i]; NULL-safe count: */
static inline uint32_t json_count(const struct json *v)
{
	return v && (v->type == JSON_ARRAY || v->type == JSON_OBJECT) ? v->count : 0;
}
