/* SPDX-License-Identifier: MIT
 *
 * JSON.stringify: the writing half of json.h.
 */
#include "base/json.h"

#include "base/buf.h"
#include "base/jsonscan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The digits of the shortest text that reads back as v (at most 17), its exponent in *exp10. */
static int shortest_digits(double v, char digits[32], int *exp10)
{
	char text[40];
	int n = 0;

	for (int precision = 0; precision < 17; precision++) {
		snprintf(text, sizeof(text), "%.*e", precision, v);
		if (!(strtod(text, NULL) < v) && !(strtod(text, NULL) > v))
			break;
	}
	for (const char *p = text; *p && *p != 'e'; p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	*exp10 = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	return n;
}

void json_format_number(struct buf *out, double v)
{
	char digits[32];
	int n, e;

	if (!isfinite(v)) {
		buf_adds(out, "null");
		return;
	}
	if (v < 0)
		buf_addc(out, '-');
	v = fabs(v);
	n = shortest_digits(v, digits, &e);
	if (e >= 21 || e < -6) {
		buf_addc(out, digits[0]);
		if (n > 1)
			buf_printf(out, ".%.*s", n - 1, digits + 1);
		buf_printf(out, "e%+d", e);
	} else if (e < 0) {
		buf_adds(out, "0.");
		buf_repeat(out, '0', (size_t)(-e - 1));
		buf_add(out, digits, (size_t)n);
	} else if (n <= e + 1) {
		buf_add(out, digits, (size_t)n);
		buf_repeat(out, '0', (size_t)(e + 1 - n));
	} else {
		buf_printf(out, "%.*s.%.*s", e + 1, digits, n - e - 1, digits + e + 1);
	}
}

/* ---- text ---- */

static void format_char(struct buf *out, unsigned char c)
{
	static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *p = named; *p; p += 2) {
		if ((unsigned char)p[0] == c) {
			buf_add(out, (const char[]){'\\', p[1]}, 2);
			return;
		}
	}
	buf_printf(out, "\\u%04x", c);
}

static void format_escaped(struct buf *out, const char *text, const char *end, struct str tail)
{
	buf_addc(out, '"');
	for (const char *special; (special = jscan_special(text, end)) < end; text = special + 1) {
		buf_add(out, text, (size_t)(special - text));
		format_char(out, (unsigned char)*special);
	}
	buf_add(out, text, (size_t)(end - text));
	buf_addc(out, '"');
	buf_addstr(out, tail);
}

/* Nearly always there is nothing to escape: then it is one copy. tail, if any, follows the closing quote. */
static void format_string(struct buf *out, const char *text, size_t len, struct str tail)
{
	char *to = buf_reserve(out, len + 2 + tail.len);

	if (!to)
		return;
	if (jscan_special(text, text + len) < text + len) {
		format_escaped(out, text, text + len, tail);
		return;
	}
	*to++ = '"';
	memcpy(to, text, len);
	to += len;
	*to++ = '"';
	memcpy(to, tail.ptr, tail.len);
	buf_extend(out, len + 2 + tail.len);
}

void json_format_string(struct buf *out, const char *text, size_t len)
{
	format_string(out, text, len, STR(""));
}

/* ---- values ---- */

struct writer {
	struct buf *out;
	struct str indent;		/* of one level; empty: all on one line */
	struct str colon;
	struct json_marks *marks;	/* or NULL */
};

/* The character, if any, and then the next line. */
static void new_line(struct writer *w, char before, unsigned depth)
{
	size_t unit = w->indent.len, len = unit ? 1 + depth * unit : 0;
	char *to = buf_reserve(w->out, len + 1);

	if (!to)
		return;
	buf_extend(w->out, len + (before != '\0'));
	if (before)
		*to++ = before;
	if (!unit)
		return;
	*to++ = '\n';
	for (unsigned i = 0; i < depth; i++)
		for (size_t k = 0; k < unit; k++)
			*to++ = w->indent.ptr[k];
}

static void format(struct writer *w, const struct json *v, unsigned depth);

static void format_array(struct writer *w, const struct json *v, unsigned depth)
{
	for (uint32_t i = 0; i < v->count; i++) {
		new_line(w, i ? ',' : '[', depth + 1);
		format(w, v->items[i], depth + 1);
	}
	if (v->count)
		new_line(w, '\0', depth);
	buf_adds(w->out, v->count ? "]" : "[]");
}

static void format_object(struct writer *w, const struct json *v, unsigned depth)
{
	size_t *at = w->marks && w->marks->object == v ? w->marks->at : NULL;

	for (uint32_t i = 0; i < v->count; i++) {
		const struct json_member *m = &v->members[i];

		new_line(w, i ? ',' : '{', depth + 1);
		if (at)
			at[i] = w->out->len;
		format_string(w->out, m->key, strlen(m->key), w->colon);
		format(w, m->value, depth + 1);
	}
	if (at)
		at[v->count] = w->out->len;
	if (v->count)
		new_line(w, '\0', depth);
	buf_adds(w->out, v->count ? "}" : "{}");
}

static void format(struct writer *w, const struct json *v, unsigned depth)
{
	switch (v->type) {
	case JSON_BOOL:
		buf_adds(w->out, v->boolean ? "true" : "false");
		break;
	case JSON_NUMBER:
		json_format_number(w->out, v->number);
		break;
	case JSON_STRING:
		json_format_string(w->out, v->text, v->len);
		break;
	case JSON_ARRAY:
		format_array(w, v, depth);
		break;
	case JSON_OBJECT:
		format_object(w, v, depth);
		break;
	case JSON_WRITTEN:
		buf_add(w->out, v->text, v->len);
		break;
	default:
		buf_adds(w->out, "null");
	}
}

void json_format_marked(struct buf *out, const struct json *v, const char *indent, struct json_marks *marks)
{
	struct writer w = {
		.out = out,
		.indent = str_from(indent ? indent : ""),
		.colon = indent && indent[0] ? STR(": ") : STR(":"),
		.marks = marks,
	};

	format(&w, v, 0);
}

void json_format(struct buf *out, const struct json *v, const char *indent)
{
	json_format_marked(out, v, indent, NULL);
}
