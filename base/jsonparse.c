/* SPDX-License-Identifier: MIT
 *
 * JSON.parse: the reading half of json.h. Where time counts, keys and strings stay where they are in one copy of the text: most
 * hold no escape, and the quote after one becomes its end.
 */
#include "base/json.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/err.h"
#include "base/jsonlib.h"
#include "base/jsonscan.h"

#include <stdlib.h>
#include <string.h>

struct reader {
	struct jscan scan;
	struct arena *arena;
	struct arena scratch;
	struct json_member *open;	/* what was read of the objects and lists that are still open; items have no key */
	uint32_t count, cap;
};

/* ---- where a mistake is ---- */

static size_t digits_end(struct str t, size_t i)
{
	while (i < t.len && t.ptr[i] >= '0' && t.ptr[i] <= '9')
		i++;
	return i;
}

/* Past the number at i, as far as it is one: a fraction or an exponent without digits is not part of it. */
static size_t number_end(struct str t, size_t i)
{
	size_t from;

	from = i += t.ptr[i] == '-';
	i = i < t.len && t.ptr[i] == '0' ? i + 1 : digits_end(t, i);
	if (i == from)
		return i;
	if (i < t.len && t.ptr[i] == '.') {
		from = i + 1;
		i = digits_end(t, from) > from ? digits_end(t, from) : i;
	}
	if (i < t.len && (t.ptr[i] | 0x20) == 'e') {
		from = i + 1;
		from += from < t.len && (t.ptr[from] == '+' || t.ptr[from] == '-');
		i = digits_end(t, from) > from ? digits_end(t, from) : i;
	}
	return i;
}

static bool four_hex(struct str t, size_t i)
{
	for (size_t end = i + 4; i < end; i++)
		if (i >= t.len || hex_value(t.ptr[i]) < 0)
			return false;
	return true;
}

/* Past the string whose opening quote is at i; false, with *end at it, on a control character or a bad \u. */
static bool skip_string(struct str t, size_t i, size_t *end)
{
	for (i++; i < t.len; i++) {
		i = (size_t)(jscan_special(t.ptr + i, t.ptr + t.len) - t.ptr);
		if (i >= t.len || t.ptr[i] == '"')
			break;
		*end = i;
		if (t.ptr[i] != '\\')
			return false;
		i++;
		if (i < t.len && t.ptr[i] == 'u' && !four_hex(t, i + 1))
			return false;
	}
	*end = i + 1;
	return true;
}

/* Where the first byte is that no JSON text has there, or -1: a number or a string can be wrong in its midst. */
static ptrdiff_t lexical_error(struct str t)
{
	for (size_t i = 0; i < t.len;) {
		char c = t.ptr[i];

		if (c == '"') {
			if (!skip_string(t, i, &i))
				return (ptrdiff_t)i;
			continue;
		}
		if (c == '-' || (c >= '0' && c <= '9')) {
			i = number_end(t, i);
			if (i < t.len && strchr("+-.eE0123456789", t.ptr[i]) && t.ptr[i])
				return (ptrdiff_t)i;
			continue;
		}
		if ((unsigned char)c <= ' ' && c != ' ' && c != '\t' && c != '\n' && c != '\r')
			return (ptrdiff_t)i;
		i++;
	}
	return -1;
}

static struct json *parse_error(struct str text, size_t structural, const char *what, struct err *err)
{
	size_t line = 1, column = 1, at = structural;
	ptrdiff_t lexical = lexical_error(text);

	if (lexical >= 0)
		at = (size_t)lexical;
	for (size_t i = 0; i < at; i++) {
		column = text.ptr[i] == '\n' ? 1 : column + 1;
		line += text.ptr[i] == '\n';
	}
	if (at == text.len)
		err_set(err, ERR_EJSONPARSE, "Invalid JSON in '%s': it ends too early, at line %zu column %zu", what, line,
			column);
	else
		err_set(err, ERR_EJSONPARSE, "Invalid JSON in '%s': unexpected '%c' at line %zu column %zu", what,
			(unsigned char)text.ptr[at] < ' ' ? ' ' : text.ptr[at], line, column);
	return NULL;
}

/* ---- values ---- */

static struct json *read_value(struct reader *r);

static void keep(struct reader *r, const char *key, struct json *value)
{
	if (r->count == r->cap) {
		uint32_t cap = r->cap ? r->cap * 2 : 64;

		r->open = arena_grow(&r->scratch, r->open, r->cap * sizeof(*r->open), cap * sizeof(*r->open));
		r->cap = cap;
	}
	r->open[r->count++] = (struct json_member){key, value};
}

/* The text is ours: what follows a string in it is its quote, and what was decoded has an end already. */
static const char *end_text(struct str s)
{
	((char *)s.ptr)[s.len] = '\0';
	return s.ptr;
}

static struct json *read_object(struct reader *r)
{
	uint32_t from = r->count;
	struct json *out;
	struct str key;

	while (jscan_member(&r->scan, &key)) {
		const char *name = end_text(key);

		keep(r, name, read_value(r));
	}
	out = r->scan.failed_at ? NULL : json_object_of(r->arena, r->open + from, r->count - from);
	r->count = from;
	return out;
}

static struct json *read_array(struct reader *r)
{
	uint32_t from = r->count;
	struct json *out = json_array(r->arena);

	while (jscan_item(&r->scan))
		keep(r, NULL, read_value(r));
	out->cap = out->count = r->count - from;
	if (out->count)
		out->items = ARENA_ARRAY(r->arena, struct json *, out->count);
	for (uint32_t i = 0; i < out->count; i++)
		out->items[i] = r->open[from + i].value;
	r->count = from;
	return out;
}

static struct json *read_string(struct reader *r)
{
	bool plain;
	struct str raw = jscan_raw(&r->scan, &plain);
	struct json *v = json_null(r->arena);

	if (!raw.ptr)
		return NULL;
	v->type = JSON_STRING;
	v->text = plain ? end_text(raw) : jscan_decode(r->arena, raw);
	v->len = plain ? raw.len : strlen(v->text);
	return v;
}

static struct json *read_value(struct reader *r)
{
	enum jscan_type type = jscan_peek(&r->scan);
	struct str word;

	switch (type) {
	case JSCAN_STRING:
		return read_string(r);
	case JSCAN_OBJECT:
		return jscan_enter(&r->scan, '{') ? read_object(r) : NULL;
	case JSCAN_ARRAY:
		return jscan_enter(&r->scan, '[') ? read_array(r) : NULL;
	case JSCAN_NONE:
		return NULL;
	default:
		word = jscan_skip(&r->scan);
	}
	if (!word.ptr)
		return NULL;
	if (type == JSCAN_NUMBER)
		return json_number(r->arena, strtod(word.ptr, NULL));
	return type == JSCAN_NULL ? json_null(r->arena) : json_bool(r->arena, type == JSCAN_TRUE);
}

struct json *json_parse(struct arena *a, struct str text, const char *what, struct err *err)
{
	size_t at = 0;
	/* What cJSON lets through and JSON does not. */
	struct json *out = lexical_error(text) >= 0 ? NULL : jsonlib_read(a, text, &at);

	return out ? out : parse_error(text, at < text.len ? at : text.len, what, err);
}

struct json *json_parse_fast(struct arena *a, struct str text, const char *what, struct err *err)
{
	struct str copy = {str_dup(a, text), text.len};
	struct reader r = {.arena = a, .scratch = ARENA_INIT};
	struct json *out;
	const char *at;

	jscan_init(&r.scan, str_starts(copy, "\xEF\xBB\xBF") ? str_skip(copy, 3) : copy, a);
	out = read_value(&r);
	arena_release(&r.scratch);
	if (out && jscan_end(&r.scan))
		return out;
	at = r.scan.failed_at ? r.scan.failed_at : r.scan.at;
	return parse_error(text, (size_t)(at - copy.ptr), what, err);
}
