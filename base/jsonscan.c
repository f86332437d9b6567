/* SPDX-License-Identifier: MIT */
#include "base/jsonscan.h"

#include "base/encoding.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

#include <endian.h>
#include <string.h>

/* Which of the open brackets are objects, as bits; the innermost is depth - 1. */
struct nest {
	uint64_t objects[(JSON_MAX_DEPTH + 63) / 64];
	uint32_t depth;
	uint32_t max;
};

static const char *skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

/* A high bit for each of the eight bytes below n (n <= 128); above the first such byte there may be false ones. */
static uint64_t bytes_below(uint64_t v, uint64_t n)
{
	return (v - n * 0x0101010101010101u) & ~v & 0x8080808080808080u;
}

/*
 * The first quote, backslash or control character, or end. Nearly all the time of a scan is spent here; eight bytes at a
 * time without any instruction set in mind. A wider version would replace this one function.
 */
const char *jscan_special(const char *p, const char *end)
{
	for (; end - p >= 8; p += 8) {
		uint64_t v, hits;

		memcpy(&v, p, 8);
		v = le64toh(v);
		hits = bytes_below(v, 0x20) | bytes_below(v ^ 0x2222222222222222u, 1) | bytes_below(v ^ 0x5C5C5C5C5C5C5C5Cu, 1);
		if (hits)
			return p + __builtin_ctzll(hits) / 8;
	}
	while (p < end && *p != '"' && *p != '\\' && (uint8_t)*p >= 0x20)
		p++;
	return p;
}

static bool four_hex(const char *p, const char *end)
{
	if (end - p < 4)
		return false;
	for (int i = 0; i < 4; i++)
		if (hex_value(p[i]) < 0)
			return false;
	return true;
}

/* p at a backslash: after the escape, NULL when it is none. */
static const char *skip_escape(const char *p, const char *end)
{
	if (end - p < 2)
		return NULL;
	if (p[1] == 'u')
		return four_hex(p + 2, end) ? p + 6 : NULL;
	return memchr("\"\\/bfnrt", p[1], 8) ? p + 2 : NULL;
}

/* p after the opening quote: after the closing one. *plain becomes false when there is an escape. */
static const char *skip_string(const char *p, const char *end, bool *plain)
{
	for (;;) {
		p = jscan_special(p, end);
		if (p == end)
			return NULL;
		if (*p == '"')
			return p + 1;
		if (*p != '\\')
			return NULL;
		*plain = false;
		p = skip_escape(p, end);
		if (!p)
			return NULL;
	}
}

/* At least one digit. */
static const char *skip_digits(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p > from ? p : NULL;
}

static const char *skip_number(const char *p, const char *end)
{
	if (*p == '-')
		p++;
	if (p < end && *p == '0')
		p++;
	else
		p = skip_digits(p, end);
	if (p && p < end && *p == '.')
		p = skip_digits(p + 1, end);
	if (p && p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		p = skip_digits(p, end);
	}
	return p;
}

static const char *skip_word(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - p) >= len && memcmp(p, word, len) == 0 ? p + len : NULL;
}

/* p at the first byte of something that is no container. */
static const char *skip_scalar(const char *p, const char *end)
{
	bool plain;

	switch (*p) {
	case '"':
		return skip_string(p + 1, end, &plain);
	case 't':
		return skip_word(p, end, "true");
	case 'f':
		return skip_word(p, end, "false");
	case 'n':
		return skip_word(p, end, "null");
	default:
		return *p == '-' || (*p >= '0' && *p <= '9') ? skip_number(p, end) : NULL;
	}
}

static bool in_object(const struct nest *n)
{
	return n->objects[(n->depth - 1) / 64] >> (n->depth - 1) % 64 & 1;
}

static const char *skip_key(const char *p, const char *end)
{
	bool plain;

	p = skip_space(p, end);
	if (p == end || *p != '"')
		return NULL;
	p = skip_string(p + 1, end, &plain);
	if (!p)
		return NULL;
	p = skip_space(p, end);
	return p < end && *p == ':' ? p + 1 : NULL;
}

/* p at an opening bracket. Stops before the first value, or after the closing bracket with *closed set. */
static const char *open_bracket(struct nest *n, const char *p, const char *end, bool *closed)
{
	bool object = *p == '{';

	if (n->depth == n->max)
		return NULL;
	p = skip_space(p + 1, end);
	if (p == end)
		return NULL;
	*closed = *p == (object ? '}' : ']');
	if (*closed)
		return p + 1;
	if (object)
		n->objects[n->depth / 64] |= (uint64_t)1 << n->depth % 64;
	else
		n->objects[n->depth / 64] &= ~((uint64_t)1 << n->depth % 64);
	n->depth++;
	return object ? skip_key(p, end) : p;
}

/* After a value: stops before the next one, or behind the last closing bracket. */
static const char *after_value(struct nest *n, const char *p, const char *end)
{
	while (n->depth) {
		bool object = in_object(n);

		p = skip_space(p, end);
		if (p == end)
			return NULL;
		if (*p == ',')
			return object ? skip_key(p + 1, end) : p + 1;
		if (*p != (object ? '}' : ']'))
			return NULL;
		p++;
		n->depth--;
	}
	return p;
}

/* p at a value's first byte: behind the value. Not recursive: hostile depth costs bits. */
static const char *skip_value(const char *p, const char *end, uint32_t max_depth)
{
	struct nest n;

	n.depth = 0;
	n.max = max_depth;
	do {
		bool complete = true;

		p = skip_space(p, end);
		if (p == end)
			return NULL;
		if (*p == '{' || *p == '[')
			p = open_bracket(&n, p, end, &complete);
		else
			p = skip_scalar(p, end);
		if (p && complete)
			p = after_value(&n, p, end);
	} while (p && n.depth);
	return p;
}

static void fail_at(struct jscan *s, const char *p)
{
	if (!s->failed_at)
		s->failed_at = p;
	s->at = s->end;
}

void jscan_init(struct jscan *s, struct str text, struct arena *a)
{
	if (!text.ptr)
		text = STR("");
	*s = (struct jscan){.at = text.ptr, .start = text.ptr, .end = text.ptr + text.len, .arena = a};
}

enum jscan_type jscan_peek(struct jscan *s)
{
	s->at = skip_space(s->at, s->end);
	if (s->failed_at || s->at == s->end)
		return JSCAN_NONE;
	switch (*s->at) {
	case '{':
		return JSCAN_OBJECT;
	case '[':
		return JSCAN_ARRAY;
	case '"':
		return JSCAN_STRING;
	case 't':
		return JSCAN_TRUE;
	case 'f':
		return JSCAN_FALSE;
	case 'n':
		return JSCAN_NULL;
	default:
		return JSCAN_NUMBER;
	}
}

bool jscan_enter(struct jscan *s, char bracket)
{
	enum jscan_type type = jscan_peek(s);

	if (type == JSCAN_NONE || *s->at != bracket)
		return false;
	if (s->depth == JSON_MAX_DEPTH) {
		fail_at(s, s->at);
		return false;
	}
	s->at++;
	s->depth++;
	s->first = true;
	return true;
}

/* Before a member or an item: takes the comma, or the closing bracket (false). */
static bool take_separator(struct jscan *s, char closing)
{
	bool first = s->first;

	s->at = skip_space(s->at, s->end);
	if (s->failed_at || s->at == s->end) {
		fail_at(s, s->at);
		return false;
	}
	s->first = false;
	if (*s->at == closing) {
		s->at++;
		s->depth--;
		return false;
	}
	if (first)
		return true;
	if (*s->at != ',') {
		fail_at(s, s->at);
		return false;
	}
	s->at++;
	return true;
}

bool jscan_member(struct jscan *s, struct str *key)
{
	bool plain = true;
	const char *colon;

	*key = STR_NULL;
	if (!take_separator(s, '}'))
		return false;
	*key = jscan_raw(s, &plain);
	colon = skip_space(s->at, s->end);
	if (!key->ptr || colon == s->end || *colon != ':') {
		fail_at(s, colon);
		return false;
	}
	s->at = colon + 1;
	if (!plain && s->arena)
		*key = str_from(jscan_decode(s->arena, *key));
	return true;
}

/* What was valid once is valid again: its bytes need only be compared. */
bool jscan_repeat(struct jscan *s, struct str member)
{
	const char *p = skip_space(s->at, s->end);

	if (!s->first) {
		if (p == s->end || *p != ',')
			return false;
		p = skip_space(p + 1, s->end);
	}
	if ((size_t)(s->end - p) < member.len || memcmp(p, member.ptr, member.len) != 0)
		return false;
	s->at = p + member.len;
	s->first = false;
	return true;
}

bool jscan_item(struct jscan *s)
{
	return take_separator(s, ']');
}

struct str jscan_skip(struct jscan *s)
{
	const char *from = skip_space(s->at, s->end), *after;

	after = s->failed_at ? NULL : skip_value(from, s->end, JSON_MAX_DEPTH - s->depth);
	if (!after) {
		fail_at(s, from);
		return STR_NULL;
	}
	s->at = after;
	return str_range(from, after);
}

struct str jscan_raw(struct jscan *s, bool *plain)
{
	const char *from, *after;

	*plain = true;
	if (jscan_peek(s) != JSCAN_STRING) {
		jscan_skip(s);
		return STR_NULL;
	}
	from = s->at + 1;
	after = skip_string(from, s->end, plain);
	if (!after) {
		fail_at(s, from);
		return STR_NULL;
	}
	s->at = after;
	return str_range(from, after - 1);
}

const char *jscan_text(struct jscan *s)
{
	bool plain;
	struct str raw = jscan_raw(s, &plain);

	if (!raw.ptr)
		return NULL;
	return plain ? str_dup(s->arena, raw) : jscan_decode(s->arena, raw);
}

bool jscan_true(struct jscan *s)
{
	bool is = jscan_peek(s) == JSCAN_TRUE;

	jscan_skip(s);
	return is && !s->failed_at;
}

bool jscan_end(struct jscan *s)
{
	if (s->failed_at)
		return false;
	s->at = skip_space(s->at, s->end);
	if (s->at == s->end && !s->depth)
		return true;
	fail_at(s, s->at);
	return false;
}

int jscan_error(const struct jscan *s, const char *what, struct err *err)
{
	const char *p = s->failed_at ? s->failed_at : s->at, *line_start = s->start;
	unsigned line = 1;

	if (p == s->end)
		return err_set(err, ERR_EJSONPARSE, "%s is not valid JSON: it ends too early", what);
	for (const char *q = s->start; q < p; q++)
		if (*q == '\n') {
			line++;
			line_start = q + 1;
		}
	return err_set(err, ERR_EJSONPARSE, "%s is not valid JSON: line %u, column %zu", what, line,
		       (size_t)(p - line_start) + 1);
}

bool jscan_valid(struct str text)
{
	struct jscan s;

	jscan_init(&s, text, NULL);
	jscan_skip(&s);
	return jscan_end(&s);
}

static uint32_t hex4(const char *p)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++)
		v = v << 4 | (uint32_t)hex_value(p[i]);
	return v;
}

static char *put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		*out++ = (char)c;
		return out;
	}
	if (c < 0x800) {
		*out++ = (char)(0xC0 | c >> 6);
	} else if (c < 0x10000) {
		*out++ = (char)(0xE0 | c >> 12);
		*out++ = (char)(0x80 | (c >> 6 & 0x3F));
	} else {
		*out++ = (char)(0xF0 | c >> 18);
		*out++ = (char)(0x80 | (c >> 12 & 0x3F));
		*out++ = (char)(0x80 | (c >> 6 & 0x3F));
	}
	*out++ = (char)(0x80 | (c & 0x3F));
	return out;
}

/* p after "\u", with at least four digits: the character, two escapes making one where they are a pair. */
static const char *decode_unicode(const char *p, const char *end, uint32_t *c)
{
	uint32_t low;

	*c = hex4(p);
	p += 4;
	if (*c < 0xD800 || *c > 0xDFFF)
		return p;
	if (*c < 0xDC00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u' && four_hex(p + 2, end)) {
		low = hex4(p + 2);
		if (low >= 0xDC00 && low <= 0xDFFF) {
			*c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00);
			return p + 6;
		}
	}
	*c = 0xFFFD;
	return p;
}

static char simple_escape(char c)
{
	switch (c) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

/* raw went through skip_string() before: its escapes are whole. Checked again all the same, for whoever calls with other text. */
const char *jscan_decode(struct arena *a, struct str raw)
{
	/* No escape is shorter than what it stands for. */
	char *text = arena_alloc(a, raw.len + 1), *out = text;
	const char *p = raw.ptr, *end = raw.ptr + raw.len;
	uint32_t c;

	while (p < end) {
		if (*p != '\\' || !skip_escape(p, end)) {
			*out++ = *p++;
		} else if (p[1] == 'u') {
			p = decode_unicode(p + 2, end, &c);
			out = put_utf8(out, c);
		} else {
			*out++ = simple_escape(p[1]);
			p += 2;
		}
	}
	*out = '\0';
	return text;
}

struct str jscan_find(struct str object, const char *key)
{
	struct jscan s;
	struct str name, found = STR_NULL;

	jscan_init(&s, object, NULL);
	if (jscan_enter(&s, '{'))
		while (jscan_member(&s, &name)) {
			struct str value = jscan_skip(&s);

			if (str_is(name, key))
				found = value;
		}
	return s.failed_at ? STR_NULL : found;
}

const char *jscan_string_of(struct arena *a, struct str value)
{
	if (value.len < 2 || value.ptr[0] != '"')
		return NULL;
	return jscan_decode(a, (struct str){value.ptr + 1, value.len - 2});
}
